package check

import (
	"cmp"
	"slices"

	"evenkeel/objective"
)

// Thresholds of a reaction; our choices.
const (
	// sure is the probability with which noise may be taken for a reaction.
	sure = 0.01
	// leastRise is the smallest change of recall that matters.
	leastRise = 0.02
	// leastRoom is how far from 1 a recall must be for a rise to be visible.
	leastRoom = 0.05
	// sureRise is the share of 1 - recall by which twenty times the weight is expected
	// to raise the recall.
	sureRise = 0.75
)

// probe is a class whose weight is changed, to see whether its recall follows.
type probe struct {
	class int
	// down says that the weight is divided, since the recall can hardly rise.
	down bool
}

// choose returns the two classes with the lowest recalls, in that order.
func choose(plain sample) (first, second probe) {
	recall := plain.means()
	order := make([]int, len(recall))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(recall[a], recall[b]) })
	down := func(c int) bool { return recall[c] > 1-leastRoom }
	return probe{order[0], down(order[0])}, probe{order[1], down(order[1])}
}

// weights returns the probe's class weights, at any scale.
func (p probe) weights(classes int) []float64 {
	w := make([]float64, classes)
	for c := range w {
		w[c] = 1
	}
	w[p.class] = objective.ProbeFactor
	if p.down {
		w[p.class] = 1 / objective.ProbeFactor
	}
	return w
}

// sign is the direction in which the recall should go.
func (p probe) sign() float64 {
	if p.down {
		return -1
	}
	return 1
}

// room is how far a recall can go in that direction.
func (p probe) room(recall float64) float64 {
	if p.down {
		return recall
	}
	return 1 - recall
}

// times writes the factor on the weight.
func (p probe) times() string {
	if p.down {
		return "/20"
	}
	return "x20"
}

// reaction is the effect of a probe.
type reaction struct {
	probe
	// before and after are the mean recalls of the probe's class.
	before, after float64
	// followed says that the class reacted as it should, by its recall or, where that
	// cannot move further, by how often it is predicted.
	followed bool
	// other is the class that reacted in its place, -1 if none did.
	other int
	// otherBefore and otherAfter are the shares of examples taken for other.
	otherBefore, otherAfter float64
	// same says that weighted and unweighted runs are equal in every figure.
	same bool
	// least is the change of recall that would have counted.
	least float64
}

// measured is a set of runs as recalls and as how often each class is predicted.
type measured struct{ recall, predicted sample }

func measure(runs []*objective.Result) measured { return measured{recalls(runs), predictions(runs)} }

func (m measured) first(n int) measured {
	return measured{m.recall.first(n), m.predicted.first(n)}
}

// judge compares runs with the probe's weights with unweighted ones of the same
// seeds. null are runs of the same seeds as plain that should equal it: they give the
// pair noise. The smaller of that and seed noise is used.
//
// The class followed if its recall moved in the right direction by more than noise
// does with probability sure/2, and by leastRise. Where the recall cannot move that far
// and did not move in the wrong direction, the class followed if it is predicted more
// often (less often for a division) beyond noise, and by a tenth at least. No other class
// may be predicted more often by over twice as much: then the weight acted on that
// class, and the rise is a side effect. Where the class did not follow, another one
// reacted instead if it is predicted more often beyond noise, with probability sure after
// Bonferroni; of several, the one with the largest change.
func (p probe) judge(plain, weighted, null measured) reaction {
	before := plain.first(len(weighted.recall.rates))
	r := reaction{probe: p, other: -1, before: before.recall.mean(p.class), after: weighted.recall.mean(p.class)}
	recall := smaller(plain.recall, before.recall, weighted.recall, null.recall)
	predicted := smaller(plain.predicted, before.predicted, weighted.predicted, null.predicted)
	moved := func(c int, alpha float64) bool {
		change := p.sign() * predicted.diff[c]
		return change > predicted.least(c, alpha) && change >= before.predicted.mean(c)/10
	}
	rise := p.sign() * recall.diff[p.class]
	r.least = max(leastRise, recall.least(p.class, sure/2))
	largest := p.class
	for c, d := range predicted.diff {
		if p.sign()*d > p.sign()*predicted.diff[largest] {
			largest = c
		}
	}
	cramped := p.room(r.before) < r.least && rise >= 0
	elsewhere := p.sign()*predicted.diff[largest] > max(0, 2*p.sign()*predicted.diff[p.class])
	r.followed = (rise >= r.least || cramped && moved(p.class, sure/2)) && !elsewhere
	if !r.followed && largest != p.class && moved(largest, sure/float64(len(predicted.diff)-1)) {
		r.other = largest
	}
	if r.other >= 0 {
		r.otherBefore, r.otherAfter = before.predicted.mean(r.other), weighted.predicted.mean(r.other)
	}
	return r
}

// smaller returns the difference of weighted from before, compared with seed noise or, if
// that is less, with the pair noise of null against plain. Where seeds change nothing,
// seed noise is not used.
func smaller(plain, before, weighted, null sample) contrast {
	seeds, pairs := seedDispersion(plain, weighted), pairDispersion(plain, null)
	if !seeds.none() && seeds.phi() < pairs.phi() {
		return seeds.against(before, weighted)
	}
	return pairs.against(before, weighted)
}
