package posthoc

import (
	"cmp"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// Our choices, made on simulated models of 10 classes with 120 examples each. Twenty
// restarts instead of two, and passes down to a hundredth of this improvement, took about
// four times as long and lowered the score by .0003 on average, less than one example
// does.
const (
	// ridge is the charge for the squared norm of the offsets, in margins.
	ridge = 1e-3
	// disturbance is how far, in margins, the offset of a class is at most moved
	// away from the best for a restart.
	disturbance = 0.35
	// enough is the improvement of a pass from which on another follows.
	enough = 1e-4
	// widest and narrowest bound, in margins, how far a class is moved at once in
	// the first pass, and in the last.
	widest, narrowest = 1.0, 0.25
	// clearance is the width, in margins, of an interval that rounding cannot close.
	clearance = 1e-9
)

// effort says how long a descent may take.
type effort struct{ restarts, passes int }

// effortFor returns the effort for a part of the given number of logits.
func effortFor(classes, logits int) effort {
	switch {
	case classes <= 3:
		return effort{restarts: 6, passes: 20} // every step is cheap
	case logits <= 100_000:
		return effort{restarts: 2, passes: 20}
	case logits <= 2_000_000:
		return effort{passes: 4}
	default:
		return effort{} // the iteration alone
	}
}

// descent is the search of one [Logits.Fit] with its buffers.
type descent struct {
	part   *Logits
	score  objective.Score
	effort effort
	plain  float64 // balanced accuracy of the unshifted model
	// stopped, if not nil, says to end early; what is found by then is not to be used.
	stopped func() bool
	// margin is the median distance between the two largest logits, the natural
	// unit of a shift.
	margin float64
	counts *Counts
	recall []float64
	// The rest is of one move: the classes that move, how far at most, and what
	// changes on the way.
	inside []bool
	reach  float64
	hits   []int64
	events []event
}

// event is a place on a line of shifts where an example begins to be predicted
// as a class of the moving set: one more hit of class gain, one less of class
// lose; none is -1.
type event struct {
	at         float64
	gain, lose int32
}

func newDescent(p *Logits, score objective.Score, stopped func() bool) *descent {
	d := &descent{
		part: p, score: score, stopped: stopped, effort: effortFor(p.classes, len(p.logits)),
		counts: p.NewCounts(), recall: make([]float64, p.classes),
		inside: make([]bool, p.classes), hits: make([]int64, p.classes), margin: 1,
	}
	p.Count(make([]float64, p.classes), d.counts)
	d.plain = interval.Mean(d.counts.Recall(d.recall))
	if p.classes > 1 {
		gaps := make([]float64, p.Len())
		for i := range gaps {
			gaps[i] = float64(p.value[i*p.kept]) - float64(p.value[i*p.kept+1])
		}
		slices.Sort(gaps)
		if m := gaps[len(gaps)/2]; m > 0 {
			d.margin = m
		}
	}
	return d
}

// ended reports whether to end early.
func (d *descent) ended() bool { return d.stopped != nil && d.stopped() }

// of returns the score of recalls. Where the charge for lost accuracy alone
// reaches bound it returns that: the spread would only add to it.
func (d *descent) of(recall []float64, bound float64) float64 {
	lost := d.score.Charge(d.plain-interval.Mean(recall), 0)
	if lost >= bound {
		return lost
	}
	return d.score.Spread.Of(recall) + lost
}

// measure returns the score of a shift and leaves its recalls in d.recall.
func (d *descent) measure(b []float64) float64 {
	d.part.Count(b, d.counts)
	return d.of(d.counts.Recall(d.recall), math.Inf(1))
}

// cost is measure and the charge for the norm of b.
func (d *descent) cost(b []float64) float64 {
	var norm float64
	for _, v := range b {
		norm += float64(v * v)
	}
	return d.measure(b) + d.charged(norm)
}

// charged returns the charge for a squared norm.
func (d *descent) charged(norm float64) float64 { return ridge * norm / (d.margin * d.margin) }

// levelled returns the best shift on the path of b += eta (mean r - r), with eta
// the margin, halved and set back where the cost has not fallen for a while.
func (d *descent) levelled() []float64 {
	const steps, patience = 40, 5
	b := make([]float64, d.part.classes)
	best, low := slices.Clone(b), d.cost(b)
	eta, idle := d.margin, 0
	for range steps {
		if d.ended() {
			break
		}
		mean := interval.Mean(d.recall)
		for c, r := range d.recall {
			b[c] += float64(eta * (mean - r))
		}
		centre(b)
		if cost := d.cost(b); cost < low {
			best, low, idle = slices.Clone(b), cost, 0
		} else if idle++; idle == patience {
			eta, idle = eta/2, 0
			copy(b, best)
			d.cost(b)
		}
	}
	return best
}

// descend moves the offsets of classes, and where that helps little of pairs of classes,
// as long as the cost falls. It returns where it ends and the cost there.
func (d *descent) descend(start []float64) ([]float64, float64) {
	b := slices.Clone(start)
	low := d.cost(b)
	for n := range d.effort.passes {
		if d.ended() {
			break
		}
		before := low
		d.reach = math.Inf(1)
		if d.part.classes > 3 {
			d.reach = d.margin * max(narrowest, math.Ldexp(widest, -n))
		}
		for c := range b {
			if d.ended() {
				break
			}
			low = d.move(b, low, c, c)
		}
		if before-low > enough {
			continue
		}
		for _, pair := range d.confused(b) {
			if d.ended() {
				break
			}
			low = d.move(b, low, pair[0], pair[1])
		}
		if before-low < enough && (d.part.classes <= 3 || d.reach == d.margin*narrowest) {
			break
		}
	}
	return b, low
}

// confused returns the pairs of classes that are most often taken for each
// other, at most as many as there are classes.
func (d *descent) confused(b []float64) [][2]int {
	k := d.part.classes
	if k <= 3 {
		return nil // moving two of three is moving the third
	}
	d.part.Count(b, d.counts)
	type pair struct {
		n       int64
		classes [2]int
	}
	var pairs []pair
	for i := range k {
		for j := i + 1; j < k; j++ {
			if n := d.counts.n[i*k+j] + d.counts.n[j*k+i]; n > 0 {
				pairs = append(pairs, pair{n, [2]int{i, j}})
			}
		}
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return cmp.Compare(y.n, x.n) })
	out := make([][2]int, 0, k)
	for _, p := range pairs[:min(len(pairs), k)] {
		out = append(out, p.classes)
	}
	return out
}
