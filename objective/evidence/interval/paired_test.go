package interval_test

import (
	"math"
	"testing"

	"evenkeel/objective/evidence/interval"
)

// TestPairedDifference: the differences are 1, 2, 3, 4, 10 (mean 4, standard
// deviation sqrt(50/4)), and Student's t at 0.975 with 4 degrees of freedom is
// 2.7764451051977987 (scipy.stats.t.ppf).
func TestPairedDifference(t *testing.T) {
	a := []float64{1, 1, 1, 1, 1}
	b := []float64{2, 3, 4, 5, 11}
	got := interval.PairedDifference(a, b)
	half := 2.7764451051977987 * math.Sqrt(12.5/5)
	if math.Abs(got.Mean-4) > 1e-15 || math.Abs(got.Low-(4-half)) > 1e-9 || math.Abs(got.High-(4+half)) > 1e-9 {
		t.Errorf("got %+v, want 4 +- %v", got, half)
	}
	if one := interval.PairedDifference(a[:1], b[:1]); one.Mean != 1 || !math.IsNaN(one.Low) || !math.IsNaN(one.High) {
		t.Errorf("one pair gives %+v; want a mean and no interval", one)
	}
	if none := interval.PairedDifference(nil, nil); !math.IsNaN(none.Mean) {
		t.Errorf("no pair gives %+v", none)
	}
}
