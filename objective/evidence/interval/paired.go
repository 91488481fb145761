package interval

import "math"

// Paired is the mean of differences that were measured in pairs, with its
// two-sided 95 % confidence interval.
type Paired struct {
	Mean float64
	// Low and High are NaN for fewer than two pairs.
	Low, High float64
}

// PairedDifference returns the mean over pairs of b_i - a_i and its interval,
//
//	mean +- t * sd / sqrt(n)
//
// where sd divides by n - 1 and t is the quantile of Student's t distribution
// with n - 1 degrees of freedom at 0.975. a and b have equal lengths; without a
// pair everything is NaN.
//
// Source: Student (W. S. Gosset), The probable error of a mean, Biometrika 6 (1), 1908.
func PairedDifference(a, b []float64) Paired {
	n := len(a)
	d := make([]float64, n)
	for i := range d {
		d[i] = b[i] - a[i]
	}
	p := Paired{Mean: Mean(d), Low: math.NaN(), High: math.NaN()}
	if n > 1 {
		half := Quantile(TwoSided, float64(n-1)) * math.Sqrt(SumSquares(d)/float64((n-1)*n))
		p.Low, p.High = p.Mean-half, p.Mean+half
	}
	return p
}
