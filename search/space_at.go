package search

import (
	"math"
	"strconv"

	"evenkeel/schemes"
)

// Count returns the number of values a parameter can take; 0 means that they
// are not counted, which is so for a [Real] range without a step.
func (p Param) Count() float64 {
	switch {
	case p.Kind == Categorical:
		return float64(len(p.Choices))
	case p.Step != 0:
		return math.Round((p.High-p.Low)/p.Step) + 1
	case p.Kind == Int:
		return p.High - p.Low + 1
	case p.Low == p.High:
		return 1
	}
	return 0
}

// At returns the value that lies the share u of the way through the parameter,
// with u from 0 to 1, both included: the inverse of the distribution function
// under which the parameter is uniform on its own scale. So a uniform u gives a
// uniform value.
//
//	counted values, n of them   value number min(floor(u n), n-1)
//	real                        low + u (high - low)
//	real, log                   low (high/low)^u
//	integer, log                the nearest integer to a (b/a)^u, a = low - 1/2, b = high + 1/2
//
// At(0) is low and At(1) is high. Every counted value gets its share of u (on a
// logarithmic scale the share of its own unit interval), so both ends are
// reached. Logarithmic values are rounded to 12 significant digits, so that the
// last bit of a processor's exponential function does not show.
//
// For a categorical parameter the value is the index of the choice. At panics
// on u outside 0 to 1 and NaN.
func (p Param) At(u float64) float64 {
	if !(u >= 0 && u <= 1) {
		panic("search: Param.At of " + strconv.FormatFloat(u, 'g', -1, 64) + "; want a number from 0 to 1")
	}
	switch n := p.Count(); {
	case u == 1 && p.Kind != Categorical:
		return p.High
	case p.Kind == Int && p.Log:
		return p.clamp(math.Round(between(p.Low-0.5, p.High+0.5, u)))
	case n > 0:
		return p.gridValue(min(math.Floor(float64(u*n)), n-1))
	case p.Log && u > 0:
		return p.clamp(round(between(p.Low, p.High, u), 12))
	}
	return p.clamp(p.Low + float64(u*(p.High-p.Low)))
}

// between returns the point at share u between a and b on a logarithmic scale,
// a^(1-u) b^u. Its powers have the same bits on every machine.
func between(a, b, u float64) float64 {
	return schemes.Pow(a, 1-u) * schemes.Pow(b, u)
}

// gridValue returns value number k, from 0, of a parameter whose values are
// counted. The product is rounded before the sum, so that every processor
// agrees; the sum is rounded to what its decimal literals mean, 0.3 and not
// 0.30000000000000004.
func (p Param) gridValue(k float64) float64 {
	switch {
	case p.Kind == Categorical:
		return k
	case p.Step == 0:
		return p.Low + k
	case p.Kind == Int:
		return p.clamp(p.Low + float64(k*p.Step))
	case k >= p.Count()-1:
		return p.High
	}
	v := p.Low + float64(k*p.Step)
	if math.Abs(v) < 1e-12*p.Step { // what is left of 0 after cancellation
		v = 0
	}
	return p.clamp(decimal(v))
}

// clamp returns v moved into the bounds.
func (p Param) clamp(v float64) float64 { return min(max(v, p.Low), p.High) }

// decimal rounds v to 15 significant digits, the most that every decimal
// literal survives.
func decimal(v float64) float64 { return round(v, 15) }

// round rounds v to the given number of significant decimal digits.
func round(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil { // overflow of the largest numbers
		return v
	}
	return r
}
