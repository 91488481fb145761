package objective

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestGradient compares with central differences of the spread itself.
func TestGradient(t *testing.T) {
	const h = 1e-6
	rng := rand.New(rand.NewPCG(3, 5))
	for _, s := range Spreads() {
		for _, classes := range []int{1, 2, 3, 10} {
			recall := make([]float64, classes+1)
			for c := range recall {
				recall[c] = 0.1 + 0.8*rng.Float64()
			}
			recall[classes/2] = math.NaN() // a class without examples
			g := s.Gradient(recall)
			for c := range recall {
				var want float64
				if !math.IsNaN(recall[c]) && (classes > 1 || s == Worst || s == GMean) {
					above, below := slices.Clone(recall), slices.Clone(recall)
					above[c] += h
					below[c] -= h
					want = (s.Of(above) - s.Of(below)) / (2 * h)
				}
				if math.Abs(g[c]-want) > 1e-7 {
					t.Errorf("%s of %d classes: derivative by recall %d is %v, want %v", s, classes, c, g[c], want)
				}
			}
		}
	}
}

// TestGradientAtKinks: what equal classes share, by hand, and 0 where there is no
// derivative.
func TestGradientAtKinks(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		spread       Spread
		recall, want []float64
	}{
		{StdDev, []float64{.5, .5, .5}, []float64{0, 0, 0}},
		{CV, []float64{0, 0}, []float64{0, 0}},
		{Gap, []float64{.5, .9, .5}, []float64{-.5, 1, -.5}},
		{Gap, []float64{.5, .5}, []float64{0, 0}},
		{Worst, []float64{.5, .9, .5}, []float64{-.5, 0, -.5}},
		// Ranks 1, 2.5, 2.5 of 3, mean 2/3, s = (2 * .5) / (9 * 2/3) = 1/6:
		// ((2 - 4)/3 - 1/6)/2 and ((5 - 4)/3 - 1/6)/2.
		{Gini, []float64{1. / 3, 5. / 6, 5. / 6}, []float64{-5. / 12, 1. / 12, 1. / 12}},
		{Gini, []float64{0, 0}, []float64{0, 0}},
		{GMean, []float64{0, .5}, []float64{0, 0}},
		{StdDev, []float64{nan, nan}, []float64{0, 0}},
	} {
		got := c.spread.Gradient(c.recall)
		for k := range got {
			if math.Abs(got[k]-c.want[k]) > 1e-12 {
				t.Errorf("%s of %v: gradient %v, want %v", c.spread, c.recall, got, c.want)
				break
			}
		}
	}
}
