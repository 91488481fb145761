package check

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"evenkeel/objective/evidence/interval"
)

// contrast is the mean difference of two samples, class by class, b - a, compared with a
// dispersion.
type contrast struct {
	diff, se []float64
	k        float64 // how many classes count as independent
	freedom  float64
	expected float64 // the root mean square over classes of the differences that noise makes
}

// against returns the differences of b from a. The dispersion gives them the variance
//
//	v_c = phi_c (b_c / S + b'_c / S')
//
// with b_c and b'_c the binomial variances of a and b, and S and S' their runs.
func (p *dispersion) against(a, b sample) contrast {
	d := contrast{k: p.independent(), freedom: p.freedom()}
	na, nb, classes := float64(len(a.rates)), float64(len(b.rates)), float64(len(a.sizes))
	for c := range a.sizes {
		v := a.binomial(c)/na + b.binomial(c)/nb
		d.diff = append(d.diff, b.mean(c)-a.mean(c))
		d.se = append(d.se, math.Sqrt(p.phiOf(c)*v))
		d.expected += p.phi() * v / classes
	}
	d.expected = math.Sqrt(d.expected)
	return d
}

// shift returns the root mean square over classes of the differences.
func (d contrast) shift() float64 {
	var sum float64
	for _, x := range d.diff {
		sum += x * x / float64(len(d.diff))
	}
	return math.Sqrt(sum)
}

// chance returns how probable a shift of at least this size is if there is
// only noise: the upper tail of F = (shift / expected)^2 with k and freedom
// degrees of freedom.
func (d contrast) chance() float64 {
	f := d.shift() / d.expected
	return distuv.F{D1: d.k, D2: d.freedom}.Survival(f * f)
}

// least returns the difference of class c that noise alone exceeds with the given
// probability, on one side, by Student's t.
func (d contrast) least(c int, alpha float64) float64 {
	return interval.Quantile(1-alpha, d.freedom) * d.se[c]
}
