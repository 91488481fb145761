package objective

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Paired is the mean of differences that were measured in pairs, with its
// two-sided confidence interval.
type Paired struct {
	Mean float64
	// Low and High are NaN for fewer than two pairs.
	Low, High float64
}

// PairedDifference returns the mean over pairs of b_i - a_i and its interval at
// the given level, in (0, 1):
//
//	mean +- t * sd / sqrt(n)
//
// where sd divides by n - 1 and t is the quantile of Student's t distribution
// with n - 1 degrees of freedom at (1 + level) / 2. a and b have equal lengths;
// without a pair everything is NaN.
//
// Source: Student (W. S. Gosset), The probable error of a mean, 1908.
func PairedDifference(a, b []float64, level float64) Paired {
	n := len(a)
	if n == 0 {
		return Paired{math.NaN(), math.NaN(), math.NaN()}
	}
	d := make([]float64, n)
	for i := range d {
		d[i] = b[i] - a[i]
	}
	p := Paired{Mean: mean(d), Low: math.NaN(), High: math.NaN()}
	if n > 1 {
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile((1 + level) / 2)
		half := t * math.Sqrt(sumSquares(d)/float64((n-1)*n))
		p.Low, p.High = p.Mean-half, p.Mean+half
	}
	return p
}
