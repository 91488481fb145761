package tpe

import "math"

// The exponential and the logarithm of this package. Those of math have assembly
// on some processors and may be fused on others, so their last bit depends on
// the machine; these have the same bits everywhere, and are quick.

// ln2High and ln2Low add up to ln 2; the high part times an integer below 2^20
// is exact.
const (
	ln2High = 0x1.62e42feep-01
	ln2Low  = 0x1.a39ef35793c76p-33
)

// expSteps and logSteps are the numbers of table entries per factor 2.
const (
	expSteps = 128
	logSteps = 128
)

// powers[j] is 2^(j/expSteps).
var powers = func() (table [expSteps]float64) {
	for j := range table {
		x := float64(j) * math.Ln2 / expSteps
		sum := 0.0 // Taylor's series; x < 0.7: 20 terms leave less than 1e-20
		for n := 20; n >= 1; n-- {
			sum = float64(x*(1+sum)) / float64(n)
		}
		table[j] = 1 + sum
	}
	return table
}()

// centers[j] is the logarithm, and the reciprocal, of 1 + (j+1/2)/logSteps.
var centers = func() (table [logSteps]struct{ log, inverse float64 }) {
	for j := range table {
		c := 1 + float64((float64(j)+0.5)/logSteps)
		s := (c - 1) / (c + 1)
		t := float64(s * s) // at most 1/9: 20 terms leave less than 1e-20
		sum := 0.0
		for n := 41; n >= 1; n -= 2 {
			sum = float64(t*sum) + 1/float64(n)
		}
		table[j].log, table[j].inverse = float64(2*s*sum), 1/c
	}
	return table
}()

// exp returns e^x for x from -708 to 0 with a relative error of a few 1e-16,
// and 0 below. With x = (k + j/expSteps) ln 2 + r,
//
//	e^x = 2^k powers[j] (1 + r + r^2/2 + ...), abs(r) <= ln 2 / 256
func exp(x float64) float64 {
	if !(x >= -708) {
		return 0
	}
	n := math.Floor(float64(x*(expSteps/math.Ln2)) + 0.5)
	r := (x - float64(n*(ln2High/expSteps))) - float64(n*(ln2Low/expSteps))
	p := 1.0/24 + float64(r*(1.0/120))
	p = 1.0/6 + float64(r*p)
	p = 0.5 + float64(r*p)
	p = r + float64(r*r*p)
	k := int(n)
	y := powers[k&(expSteps-1)]
	return math.Float64frombits(uint64(k>>7+1023)<<52) * (y + float64(y*p))
}

// ln returns the natural logarithm of a finite x > 0 with an absolute error of a
// few 1e-16 and a relative one of a few 1e-16 beyond a factor 2 from 1. With
// x = 2^k c (1 + r), c one of the centers,
//
//	ln x = k ln 2 + ln c + r - r^2/2 + ..., abs(r) < 1/256
func ln(x float64) float64 {
	bits := math.Float64bits(x)
	k := int(bits>>52) - 1023
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52) // 1 <= m < 2
	if k == -1023 {                                      // x is subnormal
		m, k = math.Frexp(x)
		m, k = 2*m, k-1
	}
	c := &centers[int((m-1)*logSteps)]
	r := float64(m*c.inverse) - 1
	p := -1.0/6 + float64(r*(1.0/7))
	p = 1.0/5 + float64(r*p)
	p = -1.0/4 + float64(r*p)
	p = 1.0/3 + float64(r*p)
	p = -0.5 + float64(r*p)
	p = r + float64(r*r*p)
	return float64(float64(k)*ln2High) + (c.log + (p + float64(float64(k)*ln2Low)))
}
