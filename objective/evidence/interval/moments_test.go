package interval

import (
	"math"
	"testing"
)

// TestMoments: 2, 4, 9 have mean 5 and squares 9 + 1 + 16 about it.
func TestMoments(t *testing.T) {
	x := []float64{2, 4, 9}
	if Mean(x) != 5 || ShiftedMean(x) != 5 || SumSquares(x) != 26 || Variance(x) != 13 {
		t.Errorf("mean %v and %v, squares %v, variance %v; want 5, 5, 26, 13", Mean(x), ShiftedMean(x), SumSquares(x), Variance(x))
	}
	for _, v := range []float64{Mean(nil), ShiftedMean(nil), Variance(x[:1])} {
		if !math.IsNaN(v) {
			t.Errorf("a moment of too few numbers is %v; want NaN", v)
		}
	}
}

// TestShiftedMeanOfEqualNumbers: the plain sum of ten times .1 is not 1, so its mean is
// not .1; the shifted one is, and the variance is exactly 0.
func TestShiftedMeanOfEqualNumbers(t *testing.T) {
	x := []float64{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}
	if Mean(x) == x[0] {
		t.Fatal("these numbers do not tell the two means apart")
	}
	if ShiftedMean(x) != x[0] || Variance(x) != 0 {
		t.Errorf("mean %v, variance %v; want .1 and 0 exactly", ShiftedMean(x), Variance(x))
	}
}
