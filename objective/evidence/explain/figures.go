package explain

import (
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/schemes"
)

// figures are what every finding reads, computed once.
type figures struct {
	Case
	seeds int
	// before and after are the mean recalls without and with the weights; a NaN
	// belongs to a class without validation examples.
	before, after []float64
	// spreadBefore, spreadAfter and change are means over seeds.
	spreadBefore, spreadAfter, change float64
	balancedBefore, balancedAfter     float64
	support                           []int64
	// shift is ln w of the geometric mean of the seeds' weights; strength is the
	// mean over seeds of ln(max w / min w).
	shift    []float64
	strength float64
	pairs    []pair
	// measured is the arm as the study ranks it, stored what the study stores of it.
	measured    objective.Arm
	stored      Stored
	uncertainty uncertainty
	// even is the spread that perfectly even classes would show.
	even even
	// predicted is what the weights do to the logits, offsets what fitted offsets do.
	predicted predicted
	offsets   *fittedOffsets
	// response is what the probes measured, nil without any.
	response *response
	control  control
	// pairAtLimit says that no shift raises both classes of the hardest pair, one of them
	// the worst class.
	pairAtLimit bool
}

// pair is two classes that are confused.
type pair struct {
	i, j int
	// share is that of all errors of the unweighted model.
	share float64
	// shift is s_ij.
	shift float64
}

// compute fills in the figures of a valid case.
func compute(c Case) *figures {
	n := len(c.Replicates)
	f := &figures{Case: c, seeds: n, support: c.Replicates[0].Rounds[0].Val.Support()}
	k := len(c.Classes)
	f.before, f.after, f.shift = make([]float64, k), make([]float64, k), make([]float64, k)
	for _, rep := range c.Replicates {
		plain, arm := rep.Rounds[0], rep.Rounds[c.Round]
		add(f.before, plain.Val.Recall(), n)
		add(f.after, arm.Val.Recall(), n)
		shift := posthoc.FromWeights(arm.Weights)
		add(f.shift, shift, n)
		f.strength += (slices.Max(shift) - slices.Min(shift)) / float64(n)
		f.spreadBefore += plain.Spread / float64(n)
		f.spreadAfter += arm.Spread / float64(n)
		f.balancedBefore += plain.BalancedAccuracy / float64(n)
		f.balancedAfter += arm.BalancedAccuracy / float64(n)
	}
	f.change = f.spreadAfter - f.spreadBefore
	f.pairs = f.confused()
	f.measured = f.arm()
	f.stored = f.storedOf(f.measured)
	f.uncertainty = f.measureUncertainty()
	f.even = evenAt(c.Score.Spread, f.balancedBefore, f.support)
	f.predicted = f.predict()
	f.offsets = f.compareOffsets()
	f.response = respond(f.Probed)
	f.control = f.controlled()
	return f
}

// add adds a share of x to the sum.
func add(sum, x []float64, n int) {
	for c, v := range x {
		sum[c] += v / float64(n)
	}
}

// mostPairs is the number of confused pairs that are examined.
const mostPairs = 3

// confused returns the pairs of classes that the unweighted models confuse most,
// the worst first.
func (f *figures) confused() []pair {
	k := len(f.Classes)
	var all []pair
	var total float64
	for i := range k {
		for j := i + 1; j < k; j++ {
			var n int64
			for _, rep := range f.Replicates {
				n += rep.Rounds[0].Val.At(i, j) + rep.Rounds[0].Val.At(j, i)
			}
			total += float64(n)
			if n > 0 {
				all = append(all, pair{i: i, j: j, share: float64(n), shift: f.shift[i] - f.shift[j]})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int {
		switch {
		case a.share > b.share:
			return -1
		case a.share < b.share:
			return 1
		}
		return 0
	})
	all = all[:min(len(all), mostPairs)]
	for k := range all {
		all[k].share /= total
	}
	return all
}

// names returns the names of the classes of a pair as sentences show them.
func (f *figures) names(p pair) (i, j string) { return f.class(p.i), f.class(p.j) }

// lowest returns the index of the smallest number, NaN left out.
func lowest(x []float64) int {
	at, _ := objective.Lowest(x)
	return at
}

// highest returns the index of the largest number, NaN left out.
func highest(x []float64) int {
	at := -1
	for c, v := range x {
		if !math.IsNaN(v) && (at < 0 || v > x[at]) {
			at = c
		}
	}
	return max(at, 0)
}

// ratio is exp of a strength.
func ratio(strength float64) float64 { return schemes.Exp(strength) }

// of returns the spread of recalls in the study's measure.
func (f *figures) of(m *objective.Confusion) float64 { return f.Score.Spread.Of(m.Recall()) }
