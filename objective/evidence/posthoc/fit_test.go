package posthoc_test

import (
	"math"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
)

// scored returns the score of a shift as the fit's documentation has it.
func scored(s objective.Score, p *posthoc.Logits, b []float64) float64 {
	plain, m := p.Confusion(make([]float64, len(b))), p.Confusion(b)
	return s.Spread.Of(m.Recall()) + s.Penalty*max(0, plain.BalancedAccuracy()-m.BalancedAccuracy()-s.Tolerance)
}

// scores are those that a study may ask for.
func scores() []objective.Score {
	var out []objective.Score
	for _, s := range objective.Spreads() {
		out = append(out, objective.Score{Spread: s, Tolerance: 0.01, Penalty: 2})
	}
	return append(out, objective.Score{Spread: objective.StdDev}) // accuracy may go
}

// checkFitted compares what Fit says with what the part says.
func checkFitted(t *testing.T, s objective.Score, p *posthoc.Logits, f posthoc.Fitted) {
	t.Helper()
	var sum float64
	for _, b := range f.Offsets {
		sum += b
	}
	if math.Abs(sum) > 1e-9 {
		t.Errorf("%v: offsets sum to %v; want 0", s, sum)
	}
	if got, want := f.Score, scored(s, p, f.Offsets); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v: score %v; the part has %v", s, got, want)
	}
	if got, want := f.Plain, scored(s, p, make([]float64, len(f.Offsets))); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v: unshifted score %v; the part has %v", s, got, want)
	}
	if f.Score > f.Plain {
		t.Errorf("%v: score %v; no offsets have %v", s, f.Score, f.Plain)
	}
}

// TestFitOfTwoClasses tries every place between two examples.
func TestFitOfTwoClasses(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		logits, labels := uneven(2, generator(seed)).logits(generator(100+seed), 60)
		p := part(t, 2, logits, labels)
		var places []float64
		for i := range labels {
			places = append(places, float64(logits[2*i+1])-float64(logits[2*i]))
		}
		slices.Sort(places)
		for _, s := range scores() {
			f := p.Fit(s)
			checkFitted(t, s, p, f)
			low := math.Inf(1)
			for i := range len(places) - 1 {
				x := (places[i] + places[i+1]) / 4
				low = min(low, scored(s, p, []float64{x, -x}))
			}
			// The charge for the norm may prefer a nearer place by that much.
			if f.Score > low+0.002 {
				t.Errorf("seed %d, %v: score %v; the best is %v", seed, s, f.Score, low)
			}
		}
	}
}

// TestFitOfThreeClasses compares with an exhaustive grid of a tenth of a nat.
func TestFitOfThreeClasses(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		p := uneven(3, generator(seed)).draw(t, generator(100+seed), 60)
		low := make([]float64, len(scores()))
		for i := range low {
			low[i] = math.Inf(1)
		}
		counts, recall := p.NewCounts(), make([]float64, 3)
		p.Count(make([]float64, 3), counts)
		plain := interval.Mean(counts.Recall(recall))
		for x := -4.0; x <= 4; x += 0.1 {
			for y := -4.0; y <= 4; y += 0.1 {
				p.Count([]float64{x, y, -x - y}, counts)
				counts.Recall(recall)
				for i, s := range scores() {
					low[i] = min(low[i], s.Spread.Of(recall)+s.Penalty*max(0, plain-interval.Mean(recall)-s.Tolerance))
				}
			}
		}
		for i, s := range scores() {
			f := p.Fit(s)
			checkFitted(t, s, p, f)
			if f.Score > low[i]+0.003 {
				t.Errorf("seed %d, %v: score %v; the best of the grid is %v", seed, s, f.Score, low[i])
			}
		}
	}
}

// TestFitOfTenClasses compares with a random search that has far more time: it
// disturbs the best so far, ever less, from many starts.
func TestFitOfTenClasses(t *testing.T) {
	t.Parallel()
	p := uneven(10, generator(1)).draw(t, generator(2), 60)
	rng := generator(3)
	counts, recall := p.NewCounts(), make([]float64, 10)
	for _, s := range []objective.Score{score, {Spread: objective.Worst, Tolerance: 0.01, Penalty: 2}} {
		p.Count(make([]float64, 10), counts)
		plain, low := interval.Mean(counts.Recall(recall)), math.Inf(1)
		for range 10 {
			best, at := make([]float64, 10), math.Inf(1)
			for size := 2.0; size > 0.02; size *= 0.99 {
				b := slices.Clone(best)
				for c := range b {
					if rng.IntN(3) == 0 {
						b[c] += size * rng.NormFloat64()
					}
				}
				p.Count(b, counts)
				counts.Recall(recall)
				if v := s.Spread.Of(recall) + s.Penalty*max(0, plain-interval.Mean(recall)-s.Tolerance); v < at {
					best, at = b, v
				}
			}
			low = min(low, at)
		}
		f := p.Fit(s)
		checkFitted(t, s, p, f)
		t.Logf("%s: unshifted %.4f, fitted %.4f, random search %.4f", s.Spread, f.Plain, f.Score, low)
		if f.Score > low+0.001 {
			t.Errorf("%v: score %v; random search finds %v", s, f.Score, low)
		}
		if f.Score > f.Plain/2 {
			t.Errorf("%v: score %v from %v; want less than half, the model leans", s, f.Score, f.Plain)
		}
	}
}

// TestFitOfManyClasses takes the ways that spare effort.
func TestFitOfManyClasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		classes, per int
		share        float64
	}{{40, 65, .75}, {300, 25, .92}} {
		p := uneven(c.classes, generator(1)).draw(t, generator(2), c.per)
		f := p.Fit(score)
		checkFitted(t, score, p, f)
		if f.Score > c.share*f.Plain {
			t.Errorf("%d classes: score %v from %v; want at most %v of it", c.classes, f.Score, f.Plain, c.share)
		}
	}
	f := part(t, 1, []float32{1, 2}, []uint16{0, 0}).Fit(score)
	if !slices.Equal(f.Offsets, []float64{0}) || f.Score != 0 {
		t.Errorf("one class: %+v; want no offset", f)
	}
}

// TestFitScalesWithTheLogits: the unit of the logits does not matter. Powers of
// two change no bit.
func TestFitScalesWithTheLogits(t *testing.T) {
	t.Parallel()
	logits, labels := uneven(6, generator(1)).logits(generator(2), 40)
	once := part(t, 6, logits, labels).Fit(score)
	large := slices.Clone(logits)
	for k := range large {
		large[k] *= 8
	}
	eight := part(t, 6, large, labels).Fit(score)
	for c, b := range once.Offsets {
		if eight.Offsets[c] != 8*b {
			t.Errorf("class %d: offset %v on logits times 8; want 8 times %v", c, eight.Offsets[c], b)
		}
	}
}

// TestEvenRecallsNeedNoOffsets: nothing to gain, so exactly nothing is done.
func TestEvenRecallsNeedNoOffsets(t *testing.T) {
	t.Parallel()
	p := part(t, 2, []float32{1, 0, 0, 1, 0, 2, 2, 0}, []uint16{0, 1, 0, 1}) // both recalls 1/2
	if f := p.Fit(score); !slices.Equal(f.Offsets, []float64{0, 0}) {
		t.Errorf("offsets %v; want none", f.Offsets)
	}
}

// TestFitAllIsTheFitOfFolds, without what judges it on validation.
func TestFitAllIsTheFitOfFolds(t *testing.T) {
	t.Parallel()
	for _, classes := range []int{2, 3, 12} {
		f := folds(t, uneven(classes, generator(4)).draw(t, generator(5), 30))
		for _, s := range scores() {
			want, got := f.Fit(s).All, f.FitAll(s)
			if !slices.Equal(got.Offsets, want.Offsets) || got.Score != want.Score || got.Plain != want.Plain {
				t.Errorf("%d classes, %v: %+v; want %+v", classes, s, got, want)
			}
		}
	}
}
