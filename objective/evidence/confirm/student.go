package confirm

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// normalFrom is the number of degrees of freedom from which on Student's
// distribution is taken to be the normal one; quantiles then agree to six digits.
const normalFrom = 1e6

// quantile returns the quantile of Student's t distribution.
func quantile(p, freedom float64) float64 {
	if freedom >= normalFrom {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(p)
}

// twoSided returns the probability that Student's t is at least estimate/se from
// 0; 1 for an estimate of 0 whatever se is, 0 for another one with se 0.
func twoSided(estimate, se, freedom float64) float64 {
	t := math.Abs(estimate) / se
	switch {
	case estimate == 0:
		return 1
	case freedom >= normalFrom || math.IsInf(t, 1):
		return math.Erfc(t / math.Sqrt2)
	}
	return min(1, 2*distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.CDF(-t))
}

// satterthwaite returns the degrees of freedom of the sum of two independent
// variances v and w on n and m degrees of freedom,
//
//	(v + w)^2 / (v^2/n + w^2/m).
func satterthwaite(v, n, w, m float64) float64 {
	below := float64(v*v)/n + float64(w*w)/m
	if below == 0 {
		return math.Inf(1)
	}
	return (v + w) * (v + w) / below
}
