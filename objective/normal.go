package objective

import "evenkeel/schemes"

// The standard normal distribution, with the same bits on every machine: what it says
// decides ranks.

// invSqrt2Pi is 1/sqrt(2 pi), the density's largest value.
const invSqrt2Pi = 0.3989422804014326779399460599343819

// NormalDensity returns phi(z) = exp(-z^2/2) / sqrt(2 pi), with a relative error of some
// 1e-15.
func NormalDensity(z float64) float64 {
	return float64(invSqrt2Pi * schemes.Exp(-float64(z*z)/2))
}

// NormalUpper returns the upper tail Q(z) = 1 - Phi(z) of the normal distribution, for
// z >= 0, with a relative error below 1e-13. See [NormalTail].
func NormalUpper(z float64) float64 { return NormalTail(z, NormalDensity(z)) }

// NormalTail returns Q(z) for z >= 0, given phi(z): near 0 by the series
// Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/15 + ...), further out by Laplace's
// continued fraction Q(z) = phi(z) / (z + 1/(z + 2/(z + 3/(z + ...)))).
// Both are in G. Marsaglia, "Evaluating the normal distribution", Journal of
// Statistical Software 11 (2004), no. 4.
func NormalTail(z, density float64) float64 {
	if z < 2 {
		sum, term := 0.0, z
		for n := 3; term > 1e-20; n += 2 {
			sum += term
			term *= float64(z*z) / float64(n)
		}
		return 0.5 - float64(density*sum)
	}
	f := z
	for n := 10 + int(1000/float64(z*z)); n >= 1; n-- {
		f = z + float64(n)/f
	}
	return density / f
}
