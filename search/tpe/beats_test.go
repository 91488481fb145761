package tpe_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/testfunc"
	"evenkeel/search/tpe"
)

// The comparison with random. The settings of the sampler were chosen on seeds
// 0 to 59; these are others.
const (
	beatTrials    = 50
	beatSeeds     = 20
	beatFirstSeed = 1000
)

// regrets returns, for every seed, how far the best of 50 trials stays from the
// minimum. Trial n knows the values up to trial n - window; those between are
// pending, as in a study with that window.
func regrets(t testing.TB, s search.Sampler, f testfunc.Function, window int) []float64 {
	t.Helper()
	out := make([]float64, beatSeeds)
	for i := range out {
		var history []search.Observation
		best := math.Inf(1)
		for n := 1; n <= beatTrials; n++ {
			if done := n - window; done >= 1 {
				o := &history[done-1]
				o.Value, o.State, o.Round = f.Value(o.Point), search.ObservedComplete, 1
			}
			point, err := s.Suggest(f.Space, history, search.Rand(int64(beatFirstSeed+i), n, "suggest"))
			if err != nil {
				t.Fatal(err)
			}
			best = min(best, f.Value(point)-f.Minimum)
			history = append(history, search.Observation{Point: point, Value: math.NaN(), State: search.ObservedPending, Weight: 1})
		}
		out[i] = best
	}
	return out
}

// windows are 1, where a trial knows all before it, and a study's default.
var windows = []int{1, 4}

// TestBeatsRandom asserts that tpe comes closer to the minimum than random after
// 50 trials, over 20 paired seeds, on every function and with trials pending.
func TestBeatsRandom(t *testing.T) {
	t.Parallel()
	for _, f := range testfunc.All() {
		for _, window := range windows {
			t.Run(fmt.Sprintf("%s/window %d", f.Name, window), func(t *testing.T) {
				t.Parallel()
				a, b := regrets(t, tpe.New(), f, window), regrets(t, random.New(), f, window)
				if p := signedRank(a, b); !(p < 0.05) {
					t.Errorf("p = %.3g that tpe is no better than random; want less than 0.05\ntpe    %.4g\nrandom %.4g", p, a, b)
				}
			})
		}
	}
}

// BenchmarkBeats prints what [TestBeatsRandom] asserts, with medians and quartiles.
func BenchmarkBeats(b *testing.B) {
	for _, f := range testfunc.All() {
		for _, window := range windows {
			b.Run(fmt.Sprintf("%s/window=%d", f.Name, window), func(b *testing.B) {
				var a, r []float64
				for b.Loop() {
					a, r = regrets(b, tpe.New(), f, window), regrets(b, random.New(), f, window)
				}
				b.Logf("tpe    %s", quartiles(a))
				b.Logf("random %s", quartiles(r))
				b.Logf("p = %.2g, one-sided Wilcoxon signed-rank over %d seeds", signedRank(a, r), beatSeeds)
			})
		}
	}
}

// quartiles describes a sample: its median, and its quartiles by linear interpolation.
func quartiles(x []float64) string {
	x = slices.Sorted(slices.Values(x))
	at := func(u float64) float64 {
		h := u * float64(len(x)-1)
		i := int(h)
		return x[i] + (h-float64(i))*(x[min(i+1, len(x)-1)]-x[i])
	}
	return fmt.Sprintf("median %-7.3g quartiles %.3g to %.3g", at(0.5), at(0.25), at(0.75))
}
