package schemes

import "math"

// Pow returns x raised to the power y, with the same bits on every machine.
//
//	Pow(x, y) = x^y
//
// [math.Pow] is not used because its result depends on the processor: math.Exp
// has assembly that uses fused multiply-add where it finds it, and elsewhere
// the compiler may fuse. Weights identify training runs, so they must not.
//
// Range: x >= 0, any y. The relative error stays below 1e-14 times the larger
// of 1 and abs(y)/16 (a test compares with math.Pow).
//
// Special cases, those of math.Pow for x >= 0:
//
//	Pow(x, 0) = 1, Pow(1, y) = 1, Pow(x, 1) = x
//	Pow(0, y) = 0 for y > 0, +Inf for y < 0
//	Pow(+Inf, y) = +Inf for y > 0, 0 for y < 0
//	Pow(x, ±Inf) is the limit
//	Pow(x, y) = NaN if x < 0 or an argument is NaN
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case math.IsNaN(x) || math.IsNaN(y) || x < 0:
		return math.NaN()
	case y < 0 && x > 0 && x < math.MaxFloat64 && y >= -64:
		return 1 / Pow(x, -y)
	case x == 0 || math.IsInf(x, 1) || math.IsInf(y, 0):
		if (x > 1) == (y > 0) {
			return math.Inf(1)
		}
		return 0
	case y < 0 || y > 64:
		// Repeated squaring would multiply its rounding error by y.
		return Exp(y * Log(x))
	}
	whole, part := math.Modf(y)
	if part > 0.5 {
		whole, part = whole+1, part-1
	}
	p := 1.0
	if part != 0 {
		p = Exp(part * Log(x))
	}
	for n, square := int(whole), x; n > 0; n >>= 1 {
		if n&1 == 1 {
			p *= square
		}
		square *= square
	}
	return p
}

// ln2 in two parts: the high part times an integer below 2^20 is exact.
const (
	ln2High = 0x1.62e42feep-01
	ln2Low  = 0x1.a39ef35793c76p-33
)

// Log returns the natural logarithm of x, with the same bits on every machine
// (see [Pow]) and accurate to a few units in the last place. With x = m * 2^k,
// m in [sqrt 1/2, sqrt 2), and s = (m-1)/(m+1),
//
//	ln x = k ln 2 + 2 (s + s^3/3 + s^5/5 + ...)
//
// Special cases, those of math.Log: Log(0) = -Inf, Log(+Inf) = +Inf, and NaN
// for NaN and x < 0.
func Log(x float64) float64 {
	switch {
	case math.IsNaN(x) || x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case math.IsInf(x, 1):
		return x
	}
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	s := (m - 1) / (m + 1)
	t := float64(s * s) // at most 0.0295: 12 terms leave less than 1e-18
	series := 0.0
	for n := 23; n >= 3; n -= 2 {
		series = float64(t*series) + 1/float64(n)
	}
	series *= t
	low := float64(2*s*series) + float64(float64(k)*ln2Low)
	return float64(float64(k)*ln2High) + (2*s + low)
}

// Exp returns e^x, with the same bits on every machine (see [Pow]) and accurate
// to a few units in the last place. With x = k ln 2 + r and abs(r) <= ln(2)/2,
// it sums the Taylor series of e^r.
//
// Special cases, those of math.Exp: +Inf where e^x overflows, 0 where it
// underflows, NaN for NaN.
func Exp(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x > 709.79:
		return math.Inf(1)
	case x < -745.14:
		return 0
	}
	k := math.RoundToEven(float64(x * math.Log2E))
	r := (x - float64(k*ln2High)) - float64(k*ln2Low)
	series := 0.0 // (e^r - 1 - r) / r^2; 14 terms leave less than 1e-18
	for n := 14; n >= 2; n-- {
		series = (float64(series*r) + 1) / float64(n)
	}
	return math.Ldexp(1+float64(r+float64(r*float64(r*series))), int(k))
}
