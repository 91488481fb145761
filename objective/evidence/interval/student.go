package interval

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// Confidence is that of every two-sided interval, and of one-sided bounds.
	Confidence = 0.95
	// power is the probability with which a true difference of [Detectable] is found.
	power = 0.8
	// TwoSided is the level of the upper end of a single two-sided interval.
	TwoSided = (1 + Confidence) / 2
)

// normalFrom is the number of degrees of freedom from which on Student's
// distribution is taken to be the normal one; quantiles then agree to six digits.
const normalFrom = 1e6

// Quantile returns the quantile of Student's t distribution at p, in (0, 1), for
// freedom > 0 degrees of freedom; +Inf gives that of the normal distribution.
//
// Source: Student (W. S. Gosset), The probable error of a mean, Biometrika 6 (1), 1908.
func Quantile(p, freedom float64) float64 {
	if freedom >= normalFrom {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(p)
}

// PValue returns the probability that Student's t is at least estimate/se from
// 0, on either side; 1 for an estimate of 0 with any se, 0 for another one with se 0.
func PValue(estimate, se, freedom float64) float64 {
	t := math.Abs(estimate) / se
	switch {
	case estimate == 0:
		return 1
	case freedom >= normalFrom || math.IsInf(t, 1):
		return math.Erfc(t / math.Sqrt2)
	}
	return min(1, 2*distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.CDF(-t))
}

// Below returns the probability that Student's t is at most estimate/se: the one-sided
// p-value of the test against a figure of 0 or more. A negative estimate with se 0 gives 0,
// a positive one 1; an estimate of 0 gives 0.5 with any se.
func Below(estimate, se, freedom float64) float64 {
	p := PValue(estimate, se, freedom) / 2
	if estimate > 0 {
		return 1 - p
	}
	return p
}

// Satterthwaite returns the degrees of freedom of the sum of two independent
// variances v and w on n and m degrees of freedom, of which one may be +Inf,
//
//	(v + w)^2 / (v^2/n + w^2/m),
//
// and +Inf if both are 0.
//
// Source: F. E. Satterthwaite, An approximate distribution of estimates of variance
// components, Biometrics Bulletin 2 (6), 1946.
func Satterthwaite(v, n, w, m float64) float64 {
	below := float64(v*v)/n + float64(w*w)/m
	if below == 0 {
		return math.Inf(1)
	}
	return (v + w) * (v + w) / below
}

// Detectable returns the smallest true difference that is found with a probability of
// 80 % (about), given the standard error of its estimate and how many of these make an
// estimate stand out,
//
//	(critical + t(0.8)) se
//
// with the given degrees of freedom. A null result says "not measurable below
// this", never "no effect".
//
// Source: H. S. Bloom, Minimum detectable effects: a simple way to report the
// statistical power of experimental designs, Evaluation Review 19 (5), 1995.
func Detectable(critical, se, freedom float64) float64 {
	return (critical + Quantile(power, freedom)) * se
}
