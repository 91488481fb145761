package schemes

import (
	"maps"
	"math"
	"slices"
)

// strengthTolerance is how far the reached strength may lie from the wanted one.
const strengthTolerance = 1e-12

// solve returns the value of the scheme's StrengthOf parameter at which
//
//	ln(max w / min w) = r.Strength
//
// for the raw weights of in. It looks only at the formula itself, so that any
// scheme whose ratio is monotone in a positive parameter can be solved: from
// the default it doubles or halves until the wanted strength is enclosed, then
// bisects until the two ends are neighbouring numbers.
//
// The result is not bounded by the range accepted for given values: near-equal
// signals need large exponents. ok is false if no value reaches the strength.
func (r Recipe) solve(in Input, p Values) (value float64, ok bool) {
	p = maps.Clone(p)
	strength := func(v float64) float64 {
		p[r.Scheme.StrengthOf] = v
		return logRatio(r.Scheme.Raw(in, p))
	}
	low := p[r.Scheme.StrengthOf]
	high := 2 * low
	rises := strength(1024*low) > strength(low/1024) // far apart: no rounding decides
	// tooLow: the wanted value is above v.
	tooLow := func(v float64) bool { return (strength(v) < r.Strength) == rises }
	const doublings = 200
	for n := 0; tooLow(high) && n < doublings; n++ {
		low, high = high, 2*high
	}
	for n := 0; !tooLow(low) && n < doublings; n++ {
		low, high = low/2, low
	}
	for mid := low + float64((high-low)/2); low < mid && mid < high; mid = low + float64((high-low)/2) {
		if tooLow(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	value = low
	if math.Abs(strength(high)-r.Strength) < math.Abs(strength(low)-r.Strength) {
		value = high
	}
	return value, math.Abs(strength(value)-r.Strength) <= strengthTolerance*max(1, r.Strength)
}

// logRatio returns ln(max w / min w): 0 for equal weights, +Inf if a weight is
// 0 or not finite.
func logRatio(w []float64) float64 {
	low, high := slices.Min(w), slices.Max(w) // NaN if any entry is
	if !(low > 0) || math.IsInf(high, 0) {
		return math.Inf(1)
	}
	return Log(high / low)
}
