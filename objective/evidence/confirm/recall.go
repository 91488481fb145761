package confirm

import (
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// Recall is the recall of one class under one procedure: the mean over seeds with its 95 %
// interval, for other seeds and other test examples; all NaN for a class without examples.
type Recall struct{ Mean, Low, High float64 }

// Recalls returns the recall of every class. The variance is that of the package comment,
// for the recall itself; the interval is cut at 0 and 1. Where no seed and no example
// differs from another, as with recalls of exactly 0 or 1, it is Wilson's for so many
// examples.
//
// Source: E. B. Wilson, Probable inference, the law of succession, and statistical
// inference, Journal of the American Statistical Association 22 (158), 1927.
func (m *Measured) Recalls() []Recall {
	one := []term{{m, constant(m.Seeds(), m.sample.classes, 1)}}
	none := make([]float64, m.Seeds())
	all := make([]Recall, m.sample.classes)
	for c := range all {
		n := float64(len(m.sample.examples[c]))
		if n == 0 {
			all[c] = Recall{math.NaN(), math.NaN(), math.NaN()}
			continue
		}
		values := make([]float64, m.Seeds())
		for s := range values {
			values[s] = m.recall[s][c]
		}
		d := newDifference(values, none, crossedOf(one, c))
		all[c] = Recall{d.Estimate, max(0, d.Low), min(1, d.High)}
		if d.SE == 0 {
			all[c].Low, all[c].High = wilson(d.Estimate, n)
		}
	}
	return all
}

// wilson returns Wilson's interval for a share p of n examples.
func wilson(p, n float64) (low, high float64) {
	z := interval.Quantile(interval.TwoSided, math.Inf(1))
	square := float64(z*z) / n
	center := (p + square/2) / (1 + square)
	half := z * math.Sqrt(float64(p*(1-p))/n+square/n/4) / (1 + square)
	return max(0, center-half), min(1, center+half)
}

// BalancedAccuracy returns the mean over seeds of the balanced accuracy.
func (m *Measured) BalancedAccuracy() float64 { return interval.ShiftedMean(m.balanced()) }

// Spread returns the means over seeds of the spread f of the recalls, corrected for the
// noise of the examples and as measured.
func (m *Measured) Spread(f objective.Spread) (corrected, plain float64) {
	all := m.spreads(f)
	return interval.ShiftedMean(all.value), interval.ShiftedMean(all.plain)
}
