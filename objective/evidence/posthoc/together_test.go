package posthoc_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// twice draws models of one procedure and, on the same examples and seeds, the same trained
// longer: their margin is larger by more, and each keeps this part of its lean.
func (w seedWorld) twice(t testing.TB, rng *rand.Rand, n, models int, more, keeps float64) (plain, longer []*posthoc.Logits) {
	t.Helper()
	labels := make([]uint16, n*w.classes)
	shared := make([]float64, n*w.classes*w.classes)
	for i := range shared {
		labels[i/w.classes] = uint16(i / w.classes % w.classes)
		shared[i] = rng.NormFloat64()
	}
	for range models {
		bias := make([]float64, w.classes)
		for c := range bias {
			bias[c] = w.lean*(2*float64(c)/float64(w.classes-1)-1) + w.leanSD*rng.NormFloat64()
		}
		first, second := make([]float32, len(shared)), make([]float32, len(shared))
		for i, z := range shared {
			own, margin := 0.5*rng.NormFloat64(), 0.0
			if int(labels[i/w.classes]) == i%w.classes {
				margin = 1
			}
			first[i] = float32(z + own + w.margin*margin + bias[i%w.classes])
			second[i] = float32(z + own + (w.margin+more)*margin + keeps*bias[i%w.classes] + 0.3*rng.NormFloat64())
		}
		plain, longer = append(plain, part(t, w.classes, first, labels)), append(longer, part(t, w.classes, second, labels))
	}
	return plain, longer
}

// runOf is a model's run on its examples.
func runOf(p *posthoc.Logits, labels []uint16) objective.Round {
	predictions := p.Predict(make([]float64, len(p.Support())), nil)
	m := objective.NewConfusion(len(p.Support()))
	for i, c := range labels {
		m.Add(int(c), int(predictions[i]), 1)
	}
	return objective.Round{Val: m, Hits: objective.NewHits(m, labels, predictions)}
}

// TestTogether: what longer training and offsets do together has standard errors that are
// those of repeated experiments, which are known by making many of them. A part of the lean of
// each model goes with longer training and the rest with the offsets, so the two changes
// depend on each other.
func TestTogether(t *testing.T) {
	t.Parallel()
	const repetitions, n, slope = 60, 45, 1.5
	const most = 1.5 // it is meant for Student's distribution
	for _, c := range []struct {
		world  seedWorld
		models int
		keeps  float64
	}{
		{seedWorld{3, 2.5, 0.8, 0}, 6, 0.5},
		{seedWorld{3, 2.5, 0.8, 0.4}, 8, 0.5},
	} {
		labels := make([]uint16, n*c.world.classes)
		for e := range labels {
			labels[e] = uint16(e % c.world.classes)
		}
		var change, cost, figure, changeSE, costSE, figureSE []float64
		for seed := range uint64(repetitions) {
			plain, longer := c.world.twice(t, generator(seed), n, c.models, 0.5, c.keeps)
			var cut []*posthoc.Folds
			var from []objective.Round
			for s := range plain {
				cut, from = append(cut, folds(t, longer[s])), append(from, runOf(plain[s], labels))
			}
			f, err := posthoc.EstimateFixed(score, nil, cut...)
			if err != nil {
				t.Fatal(err)
			}
			x := f.Together(score.Spread, slope, from)
			change, cost = append(change, x.Change.Estimate), append(cost, x.Cost.Estimate)
			figure = append(figure, x.Change.Estimate-slope*x.Cost.Estimate)
			changeSE, costSE = append(changeSE, (x.Change.High-x.Change.Low)/2/1.96), append(costSE, (x.Cost.High-x.Cost.Low)/2/1.96)
			figureSE = append(figureSE, x.ScoreSE)
			var spread float64
			for _, r := range from {
				spread += score.Spread.Of(r.Val.Recall()) / float64(len(from))
			}
			if math.Abs(x.Change.Estimate-(f.PlainAfter-spread)) > 1e-12 {
				t.Fatalf("a change of %v; want %v less %v", x.Change.Estimate, f.PlainAfter, spread)
			}
		}
		for name, of := range map[string][2][]float64{"spread": {change, changeSE}, "balanced accuracy": {cost, costSE}, "score": {figure, figureSE}} {
			real, said := deviation(of[0]), rootMeanSquare(of[1])
			t.Logf("%+v, %s: %.4f, said to be %.4f", c.world, name, real, said)
			if !(said > 0.85*real && said < most*real) {
				t.Errorf("%+v, %s: repeated experiments differ by %.4f, and are said to by %.4f", c.world, name, real, said)
			}
		}
	}
}

// TestTogetherAlone: against its own models without offsets the figures are those of the
// offsets alone.
func TestTogetherAlone(t *testing.T) {
	t.Parallel()
	var cut []*posthoc.Folds
	for _, p := range (seedWorld{3, 3, 0.7, 0.3}).models(t, generator(1), 60, 4) {
		cut = append(cut, folds(t, p))
	}
	f, err := posthoc.EstimateFixed(score, nil, cut...)
	if err != nil {
		t.Fatal(err)
	}
	x := f.Together(score.Spread, 0, nil)
	if math.Abs(x.Cost.Low-f.Cost.Low) > 1e-12 || math.Abs(x.Cost.High-f.Cost.High) > 1e-12 {
		t.Errorf("a cost of %+v; want %+v", x.Cost, f.Cost)
	}
	if want := f.PlainAfter - f.PlainSpread; math.Abs(x.Change.Estimate-want) > 1e-12 || math.Abs(x.ScoreSE-(x.Change.High-x.Change.Low)/2/1.959964) > 1e-6 {
		t.Errorf("a change of %+v, score +- %v; want %v, and its standard error", x.Change, x.ScoreSE, want)
	}
}

// deviation is the standard deviation of a sample, rootMeanSquare what standard errors are
// compared by.
func deviation(x []float64) float64 {
	var mean, squares float64
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / float64(len(x)-1))
}

func rootMeanSquare(x []float64) float64 {
	var squares float64
	for _, v := range x {
		squares += v * v / float64(len(x))
	}
	return math.Sqrt(squares)
}
