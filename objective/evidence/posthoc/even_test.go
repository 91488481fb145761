package posthoc_test

import (
	"math"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// TestEvenStdDev compares the closed form with binomial counts drawn here, one
// example at a time.
func TestEvenStdDev(t *testing.T) {
	t.Parallel()
	rng := generator(1)
	for _, c := range []struct {
		r       float64
		support []int64
	}{
		{.838, slices.Repeat([]int64{120}, 10)}, {.6, slices.Repeat([]int64{50}, 3)},
		{.97, slices.Repeat([]int64{100}, 10)}, {.8, []int64{20, 40, 80, 160, 320}}, {.7, []int64{50, 0, 50}},
	} {
		recall, sum := make([]float64, len(c.support)), 0.0
		const draws = 3000
		for range draws {
			for k, n := range c.support {
				hits := 0
				for range n {
					if rng.Float64() < c.r {
						hits++
					}
				}
				recall[k] = float64(hits) / float64(n) // NaN without examples
			}
			sum += objective.StdDev.Of(recall) / draws
		}
		if got := posthoc.EvenSpread(objective.StdDev, c.r, c.support); math.Abs(got/sum-1) > .03 {
			t.Errorf("r %v, support %v: %v; drawn %v", c.r, c.support, got, sum)
		}
	}
}

// TestEvenLimit: of even classes, whose mean recall is measured like the spread, about
// one in twenty exceeds the limit, for any spread and number of classes.
func TestEvenLimit(t *testing.T) {
	t.Parallel()
	rng := generator(7)
	for _, c := range []struct {
		spread  objective.Spread
		r       float64
		support []int64
	}{
		{objective.StdDev, .83, slices.Repeat([]int64{120}, 2)},
		{objective.StdDev, .83, slices.Repeat([]int64{120}, 3)},
		{objective.StdDev, .83, slices.Repeat([]int64{120}, 10)},
		{objective.StdDev, .7, []int64{500, 100, 60, 0, 300}},
		{objective.Worst, .83, slices.Repeat([]int64{120}, 10)},
		{objective.Worst, .7, slices.Repeat([]int64{200}, 3)},
		{objective.GMean, .83, slices.Repeat([]int64{120}, 10)},
		{objective.GMean, .7, slices.Repeat([]int64{200}, 3)},
		{objective.Gap, .83, slices.Repeat([]int64{120}, 10)},
		{objective.CV, .83, slices.Repeat([]int64{120}, 3)},
		{objective.Gini, .83, slices.Repeat([]int64{120}, 10)},
	} {
		const studies = 2000
		limits, exceeded := make(map[float64]float64), 0
		recall := make([]float64, len(c.support))
		for range studies {
			var mean, classes float64
			for k, n := range c.support {
				hits := 0
				for range n {
					if rng.Float64() < c.r {
						hits++
					}
				}
				recall[k] = float64(hits) / float64(n) // NaN without examples
				if n > 0 {
					mean, classes = mean+recall[k], classes+1
				}
			}
			// To the nearest half point, since a limit takes some milliseconds, and all
			// recalls with it.
			mean /= classes
			at := math.Round(200*mean) / 200
			for k := range recall {
				recall[k] += at - mean
			}
			if _, ok := limits[at]; !ok {
				limits[at] = posthoc.EvenLimit(c.spread, at, c.support)
			}
			if c.spread.Of(recall) > limits[at] {
				exceeded++
			}
		}
		if share := float64(exceeded) / studies; share < .03 || share > .07 {
			t.Errorf("%s, recall %v, support %v: %.1f %% of even classes exceed the limit; want 5", c.spread, c.r, c.support, 100*share)
		}
	}
	if got := posthoc.EvenLimit(objective.StdDev, math.NaN(), []int64{5, 5}); !math.IsNaN(got) {
		t.Errorf("without a recall: %v", got)
	}
	if got := posthoc.EvenLimit(objective.Worst, 1, []int64{5, 5}); got != 0 {
		t.Errorf("of perfect classes: %v", got)
	}
}

// TestEvenSpreadOfTheLeaderboard: 10 classes of 120 examples at a recall of .838,
// by hand: sqrt(.838 * .162 / 120) = .03363 for one recall, and for the standard
// deviation of ten times sqrt(2/10) * 4! / gamma(4.5) = .9227.
func TestEvenSpreadOfTheLeaderboard(t *testing.T) {
	t.Parallel()
	got := posthoc.EvenSpread(objective.StdDev, .838, slices.Repeat([]int64{120}, 10))
	if math.Abs(got-.03363*.9227) > 1e-5 {
		t.Errorf("%v; want .03104", got)
	}
}

// TestEvenSpreads: the vectors have E[max - min] in standard errors, d2, for
// normal variables.
func TestEvenSpreads(t *testing.T) {
	t.Parallel()
	support := slices.Repeat([]int64{500}, 10)
	if got, want := posthoc.EvenSpread(objective.Gap, .85, support), .04914; math.Abs(got/want-1) > .02 {
		t.Errorf("gap %v; want %v", got, want)
	}
	sd := posthoc.EvenSpread(objective.StdDev, .85, support)
	for s, want := range map[objective.Spread]float64{
		objective.CV: sd / .85, objective.Worst: .15 + 1.5388*.01597, // E[max] of ten normals
		objective.GMean: .15 + .15/500/2*.9, objective.Gini: 9 * 1.1284 / 20 * .01597 / .85, // E|x - y| = d2 of two
	} {
		if got := posthoc.EvenSpread(s, .85, support); math.Abs(got/want-1) > .04 {
			t.Errorf("%s %v; want about %v", s, got, want)
		}
		if again := posthoc.EvenSpread(s, .85, support); again != posthoc.EvenSpread(s, .85, support) {
			t.Errorf("%s differs between two calls", s)
		}
	}
	for _, s := range objective.Spreads() {
		for _, r := range []float64{math.NaN(), -1, 1.1} {
			if got := posthoc.EvenSpread(s, r, support); !math.IsNaN(got) {
				t.Errorf("%s at recall %v is %v; want NaN", s, r, got)
			}
		}
		if got := posthoc.EvenSpread(s, 1, support); got != 0 {
			t.Errorf("%s at recall 1 is %v; want 0", s, got)
		}
		if got := posthoc.EvenSpread(s, .5, []int64{0}); !math.IsNaN(got) {
			t.Errorf("%s without examples is %v; want NaN", s, got)
		}
		// Far more examples than a naive sum of probabilities survives.
		if got, level := posthoc.EvenSpread(s, .3, []int64{1 << 20, 1 << 20}), s == objective.Worst || s == objective.GMean; !level && !(got > 0 && got < .002) {
			t.Errorf("%s of a million examples is %v; want a small number", s, got)
		}
	}
}
