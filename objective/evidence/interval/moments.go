package interval

import "math"

// Mean returns the arithmetic mean, summed in order; NaN of nothing.
func Mean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// SumSquares returns the sum of squares about the [Mean].
func SumSquares(x []float64) float64 { return squaresAbout(Mean(x), x) }

// ShiftedMean returns the arithmetic mean, NaN of nothing,
//
//	x_0 + mean(x - x_0),
//
// which differs from [Mean] by rounding only. That of equal numbers is exactly that
// number.
func ShiftedMean(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	var sum float64
	for _, v := range x {
		sum += v - x[0]
	}
	return x[0] + sum/float64(len(x))
}

// Variance returns the variance of a sample about its [ShiftedMean], dividing by
// n - 1. That of equal numbers is exactly 0, that of one number is NaN.
func Variance(x []float64) float64 {
	return squaresAbout(ShiftedMean(x), x) / float64(len(x)-1)
}

// squaresAbout returns the sum of squared distances from m.
func squaresAbout(m float64, x []float64) float64 {
	var sum float64
	for _, v := range x {
		d := v - m
		sum += float64(d * d)
	}
	return sum
}
