package posthoc_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// leaning returns a world of classes that are alike, with thresholds shifted by up to lean
// either way: a model that favours the later classes.
func leaning(classes int, margin, lean float64) world {
	w := even(classes, margin)
	for t := range w.mean {
		for c := range w.mean[t] {
			w.mean[t][c] += lean * (2*float64(c)/float64(classes-1) - 1)
		}
	}
	return w
}

// fixedCoverage is what became of many estimates with a known truth.
type fixedCoverage struct {
	truth, estimate       float64 // of the change, means
	error, se             float64 // root mean squares
	covered, cost, gained float64 // per cent
}

// cover draws parts of n examples a class, estimates what fixed offsets do, and measures
// that on many fresh examples.
func (w world) cover(t testing.TB, spread objective.Spread, n, repetitions int) fixedCoverage {
	t.Helper()
	k := len(w.mean)
	score := objective.Score{Spread: spread, Tolerance: 0.01, Penalty: 2}
	fresh := w.draw(t, generator(999), 20000/k)
	plain := fresh.Confusion(make([]float64, k))
	var v fixedCoverage
	share := 1 / float64(repetitions)
	for seed := range uint64(repetitions) {
		f, err := posthoc.EstimateFixed(score, nil, folds(t, w.draw(t, rand.New(rand.NewPCG(seed, 77)), n)))
		if err != nil {
			t.Fatal(err)
		}
		shifted := fresh.Confusion(f.Offsets)
		truth := spread.Of(shifted.Recall()) - spread.Of(plain.Recall())
		cost := shifted.BalancedAccuracy() - plain.BalancedAccuracy()
		v.truth += share * truth
		v.estimate += share * f.Change.Estimate
		v.error += share * (f.Change.Estimate - truth) * (f.Change.Estimate - truth)
		half := (f.Change.High - f.Change.Low) / 2
		v.se += share * half * half / (1.96 * 1.96)
		for _, c := range []struct {
			to *float64
			so bool
		}{
			{&v.covered, f.Change.Low <= truth && truth <= f.Change.High},
			{&v.cost, f.Cost.Low <= cost && cost <= f.Cost.High},
			{&v.gained, f.Gains()},
		} {
			if c.so {
				*c.to += 100 * share
			}
		}
	}
	v.error, v.se = math.Sqrt(v.error), math.Sqrt(v.se)
	return v
}

// TestFixedCoverage holds the intervals against known truths: symmetric classes with
// shifted thresholds, and even ones, of which no gain may be claimed. The standard error
// of a share is up to 2 points. BenchmarkFixedCoverage is the thorough form.
func TestFixedCoverage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		classes, n   int
		margin, lean float64
	}{{3, 60, 4, 1}, {3, 60, 4, 0}, {3, 60, 4, 0.3}, {2, 40, 3, 0.7}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			t.Parallel()
			v := leaning(c.classes, c.margin, c.lean).cover(t, objective.StdDev, c.n, 120)
			t.Logf("%+v", v)
			if v.covered < 90 || v.cost < 90 {
				t.Errorf("intervals hold in %.1f %% (spread) and %.1f %% (balanced accuracy)", v.covered, v.cost)
			}
			if c.lean == 0 && v.gained > 2.5 {
				t.Errorf("a gain is claimed in %.1f %% of even worlds", v.gained)
			}
			if c.lean == 1 && v.gained < 30 {
				t.Errorf("a gain is found in %.1f %%; want more, or the estimate is of no use", v.gained)
			}
		})
	}
}

// BenchmarkFixedCoverage prints the table of docs/statistics.md (minutes):
//
//	go test -run '^$' -bench FixedCoverage -benchtime 1x ./objective/evidence/posthoc
func BenchmarkFixedCoverage(b *testing.B) {
	for range b.N {
		fmt.Println("| spread | classes | examples | lean | truth | estimate | error | se | covered % | cost covered % | gain % |")
		for _, c := range []struct {
			spread       objective.Spread
			classes, n   int
			margin, lean float64
		}{
			{objective.StdDev, 2, 100, 3, 0.7}, {objective.StdDev, 3, 60, 4, 0}, {objective.StdDev, 3, 60, 4, 0.3}, {objective.StdDev, 3, 60, 4, 1},
			{objective.StdDev, 3, 300, 4, 0}, {objective.StdDev, 3, 300, 4, 0.2}, {objective.StdDev, 3, 300, 4, 0.7},
			{objective.StdDev, 10, 60, 4, 0}, {objective.StdDev, 10, 60, 4, 1}, {objective.StdDev, 10, 200, 5, 0.6},
			{objective.Gap, 3, 300, 4, 0.7}, {objective.Gap, 10, 200, 5, 0.6}, {objective.Worst, 10, 200, 5, 0.6},
		} {
			v := leaning(c.classes, c.margin, c.lean).cover(b, c.spread, c.n, 200)
			fmt.Printf("| %s | %d | %d | %.1f | %+.4f | %+.4f | %.4f | %.4f | %.1f | %.1f | %.1f |\n",
				c.spread, c.classes, c.n, c.lean, v.truth, v.estimate, v.error, v.se, v.covered, v.cost, v.gained)
		}
	}
}

// seedWorld is a procedure whose models share the examples and lean by chance: the lean of
// each class is fixed plus normal, and half of the variance of the logits is the model's.
type seedWorld struct {
	classes      int
	margin       float64
	lean, leanSD float64
}

// models draws n examples a class under the given number of models.
func (w seedWorld) models(t testing.TB, rng *rand.Rand, n, models int) []*posthoc.Logits {
	t.Helper()
	labels := make([]uint16, n*w.classes)
	shared := make([]float64, n*w.classes*w.classes)
	for i := range shared {
		e := i / w.classes
		labels[e] = uint16(e % w.classes)
		if shared[i] = rng.NormFloat64(); e%w.classes == i%w.classes {
			shared[i] += w.margin
		}
	}
	parts := make([]*posthoc.Logits, models)
	for s := range parts {
		bias := make([]float64, w.classes)
		for c := range bias {
			bias[c] = w.lean*(2*float64(c)/float64(w.classes-1)-1) + w.leanSD*rng.NormFloat64()
		}
		logits := make([]float32, len(shared))
		for i, z := range shared {
			logits[i] = float32(z + rng.NormFloat64() + bias[i%w.classes])
		}
		parts[s] = part(t, w.classes, logits, labels)
	}
	return parts
}

// TestFixedCoverageOverModels: with several models the interval holds for models that were
// not among them.
func TestFixedCoverageOverModels(t *testing.T) {
	t.Parallel()
	for _, w := range []seedWorld{{3, 3, 0.7, 0.3}, {3, 3, 0, 0.3}} {
		t.Run(fmt.Sprint(w), func(t *testing.T) {
			t.Parallel()
			const repetitions, fresh = 60, 12
			var others []*posthoc.Logits
			for seed := range uint64(fresh) {
				others = append(others, w.models(t, generator(1000+seed), 400, 1)...)
			}
			spread := func(b []float64) (sum, balanced float64) {
				for _, o := range others {
					m := o.Confusion(b)
					sum += objective.StdDev.Of(m.Recall()) / fresh
					balanced += m.BalancedAccuracy() / fresh
				}
				return sum, balanced
			}
			plain, balanced := spread(make([]float64, w.classes))
			var covered, cost, gained float64
			for seed := range uint64(repetitions) {
				var cut []*posthoc.Folds
				for _, p := range w.models(t, generator(seed), 60, 4) {
					cut = append(cut, folds(t, p))
				}
				f, err := posthoc.EstimateFixed(score, nil, cut...)
				if err != nil {
					t.Fatal(err)
				}
				after, accuracy := spread(f.Offsets)
				if truth := after - plain; f.Change.Low <= truth && truth <= f.Change.High {
					covered += 100.0 / repetitions
				}
				if truth := accuracy - balanced; f.Cost.Low <= truth && truth <= f.Cost.High {
					cost += 100.0 / repetitions
				}
				if f.Gains() {
					gained += 100.0 / repetitions
				}
			}
			t.Logf("covered %.1f %%, cost %.1f %%, gains %.1f %%", covered, cost, gained)
			if covered < 90 || cost < 90 {
				t.Errorf("intervals hold in %.1f %% (spread) and %.1f %% (balanced accuracy)", covered, cost)
			}
			if w.lean == 0 && gained > 2.5 {
				t.Errorf("a gain is claimed in %.1f %% of procedures without a lean", gained)
			}
		})
	}
}

// TestFixedIsWhatIsFitted: the offsets are those of FitAll, the recalls those of the
// cross-fitted matrix, and a set that is given is kept.
func TestFixedIsWhatIsFitted(t *testing.T) {
	t.Parallel()
	f := folds(t, uneven(4, generator(1)).draw(t, generator(2), 30))
	fixed, err := posthoc.EstimateFixed(score, nil, f)
	if err != nil {
		t.Fatal(err)
	}
	want := f.Fit(score)
	if !slices.Equal(fixed.Offsets, want.All.Offsets) || !slices.Equal(fixed.After, want.Confusion.Recall()) ||
		fixed.PlainAfter != want.Spread(score.Spread) || fixed.Cost.Estimate != -want.Drop() || fixed.Models != 1 {
		t.Errorf("%+v", fixed)
	}
	again, err := posthoc.EstimateFixed(score, nil, f)
	if err != nil || again.Change != fixed.Change || again.Cost != fixed.Cost {
		t.Errorf("the same part gives %v and then %v, %v", fixed.Change, again.Change, err)
	}
	given := []float64{1, -1, 0, 0}
	if fixed, err = posthoc.EstimateFixed(score, given, f); err != nil || !slices.Equal(fixed.Offsets, given) {
		t.Errorf("%+v, %v", fixed, err)
	}
}

// TestFixedOverModels: models of one procedure are judged by the offsets of the others, so
// that of one that leans the other way is not flattered.
func TestFixedOverModels(t *testing.T) {
	t.Parallel()
	rng := generator(3)
	a, b := folds(t, leaning(3, 4, 1).draw(t, rng, 60)), folds(t, leaning(3, 4, -1).draw(t, rng, 60))
	like, err := posthoc.EstimateFixed(score, nil, a, folds(t, leaning(3, 4, 1).draw(t, rng, 60)))
	if err != nil || like.Models != 2 || like.Change.Estimate > -0.02 {
		t.Errorf("two models that lean one way: %+v, %v", like, err)
	}
	unlike, err := posthoc.EstimateFixed(score, nil, a, b)
	if err != nil || unlike.Change.Estimate < 0.02 || unlike.Gains() {
		t.Errorf("two models that lean different ways: %+v, %v", unlike, err)
	}
}

func TestFixedFaults(t *testing.T) {
	few, more := even(3, 4).draw(t, generator(1), 5), even(3, 4).draw(t, generator(1), 6)
	for word, parts := range map[string][]*posthoc.Folds{
		"class 0 has 5 examples; want at least 6": {folds(t, few)},
		"no model": nil,
		"model 1 has other examples than the first": {folds(t, more), folds(t, even(3, 4).draw(t, generator(1), 7))},
	} {
		if _, err := posthoc.EstimateFixed(score, nil, parts...); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("error %v; want %q in it", err, word)
		}
	}
}

// TestEstimationIsTheSameAndStops: however many models are fitted at once, the figures are the
// same to the last bit. Where it is stopped, at once or in the middle of a fit, it gives up.
func TestEstimationIsTheSameAndStops(t *testing.T) {
	score := objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2}
	var parts []*posthoc.Folds
	w := leaning(5, 1, 0.5)
	for seed := range uint64(3) {
		parts = append(parts, folds(t, w.draw(t, generator(seed), 30)))
	}
	want, err := posthoc.EstimateFixed(score, nil, parts...)
	if err != nil {
		t.Fatal(err)
	}
	var looks atomic.Int64
	count := func() bool { looks.Add(1); return false }
	got, err := posthoc.Estimation{AtOnce: 3, Stopped: count}.Fixed(score, nil, parts...)
	if err != nil || !slices.Equal(got.Offsets, want.Offsets) || got.Change != want.Change || got.Cost != want.Cost {
		t.Errorf("three at once: %v, %+v; want %+v", err, got, want)
	}
	all := looks.Load()
	for _, at := range []int64{1, all / 2} {
		looks.Store(0)
		stopped := func() bool { return looks.Add(1) >= at }
		if _, err := (posthoc.Estimation{Stopped: stopped}).Fixed(score, nil, parts...); !errors.Is(err, posthoc.ErrStopped) || looks.Load() > at+300 {
			t.Errorf("stopped at look %d of %d: %v after %d", at, all, err, looks.Load())
		}
	}
	looks.Store(0)
	some := posthoc.Estimation{Stopped: func() bool { return looks.Add(1) >= all*9/10 }, Fewest: 2}
	of, err := posthoc.EstimateFixed(score, nil, parts[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := some.Fixed(score, nil, parts...); err != nil || got.Models != 2 || got.Change != of.Change || !slices.Equal(got.Offsets, of.Offsets) {
		t.Errorf("stopped in the third model: %v, %+v; want the figures of two, %+v", err, got, of)
	}
	if _, err := (posthoc.Estimation{Stopped: func() bool { return true }}).FitAll(parts[0], score); !errors.Is(err, posthoc.ErrStopped) {
		t.Errorf("a single fit that is stopped: %v", err)
	}
}
