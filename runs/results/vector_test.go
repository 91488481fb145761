package results

import (
	"math"
	"testing"

	"evenkeel/objective"
)

// TestVectorOverSeeds by hand: two seeds that are each other's reciprocals in the
// first two classes have the mean 1, 1, 1, which they miss by a factor of 2 in two
// classes of three.
func TestVectorOverSeeds(t *testing.T) {
	v, err := VectorOf([]objective.Replicate{
		{Rounds: []objective.Round{{}, {Weights: []float64{2, 0.5, 1}}}}, {Rounds: []objective.Round{{}, {Weights: []float64{0.5, 2, 1}}}},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	typical := math.Exp(math.Log(2) * math.Sqrt(2./3))
	for c, w := range v.Weights {
		if math.Abs(w-1) > 1e-15 {
			t.Errorf("weight %d is %v, want 1", c, w)
		}
	}
	if math.Abs(v.Most-2) > 1e-12 || math.Abs(v.Typical-typical) > 1e-12 || v.Lowest[0] != 0.5 || v.Highest[1] != 2 {
		t.Errorf("%+v; want factors %v and 2, lowest and highest .5 and 2", v, typical)
	}
}
