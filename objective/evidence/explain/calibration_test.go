package explain_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/evidence/posthoc"
)

// TestNothingIsRarelyMeasured draws studies of one arm whose weights change
// nothing: a change counts as measured in about 5 % of them at most. Over 400
// studies each it was 2.5, 1.0 and 2.5 % on 3, 5 and 8 seeds.
func TestNothingIsRarelyMeasured(t *testing.T) {
	const studies = 200
	for _, seeds := range []int{3, 5} {
		measured := 0
		for n := range studies {
			r := explained(t, nullStudy(t, seeds, rand.New(rand.NewPCG(uint64(n), 99))))
			if math.Abs(figure(t, r, "noise", "score_change")) > figure(t, r, "noise", "half_width") {
				measured++
			}
			if r.Verdict == explain.Works {
				t.Logf("study %d on %d seeds: %s", n, seeds, r.Text)
			}
		}
		if measured > studies*9/100 { // 5 % and two and a half standard deviations
			t.Errorf("on %d seeds a change is measured in %d of %d studies where there is none", seeds, measured, studies)
		}
	}
}

// TestControlIsRarelyMoved: where weights change nothing, the control says otherwise in
// about 5 % of studies at most.
func TestControlIsRarelyMoved(t *testing.T) {
	const studies = 150
	for _, w := range []madeUp{
		{each: 120, scatter: 0.15},
		{each: 400, scatter: 0.03, control: 0.3}, // trainings with weights far from 1 scatter more
	} {
		for _, seeds := range []int{2, 3} {
			moved := 0
			for n := range studies {
				d := controlOf(t, seeds, w, rand.New(rand.NewPCG(uint64(n), 98)))
				if strings.Contains(d.Text, "Weights affect training.") || strings.Contains(d.Text, "wrong way round") {
					moved++
				}
			}
			t.Logf("%+v on %d seeds: %.1f %%", w, seeds, 100*float64(moved)/studies)
			if moved > studies*9/100 { // 5 % and two and a half standard deviations
				t.Errorf("%+v on %d seeds: the control moves in %d of %d studies where weights change nothing", w, seeds, moved, studies)
			}
		}
	}
}

// TestControlIsRarelyClosed: that no weighting can work is said of trainings that weights
// affect in 2.5 % of studies at most, with little noise and with much; and of others, as
// soon as noise allows it.
func TestControlIsRarelyClosed(t *testing.T) {
	const studies = 60
	for _, c := range []struct {
		what        string
		seeds       int
		world       madeUp
		least, most float64 // share of studies
	}{
		// The difference is above 30 points here.
		{"a third has an effect", 2, madeUp{each: 120, scatter: 0.15, response: 0.3}, 0, 0},
		{"a third has an effect, noisy", 2, madeUp{each: 120, scatter: 1, response: 0.3}, 0, 0.05},
		{"a third has an effect, only the control is noisy", 2, madeUp{each: 120, scatter: 0.1, control: 1, response: 0.3}, 0, 0.05},
		// And 5.5 points here, hardly more than what is called futile.
		{"hardly any effect", 3, madeUp{each: 400, scatter: 0.03, response: 0.045}, 0, 0.07},
		{"hardly any effect, only the control is noisy", 3, madeUp{each: 400, scatter: 0.03, control: 0.3, response: 0.045}, 0, 0.07},
		{"no effect, a factor of 20 lowers the class either way", 3, madeUp{each: 400, scatter: 0.02, disturb: 1}, 0, 0},
		{"no effect", 2, madeUp{each: 400, scatter: 0.02}, 0.25, 1},
		{"no effect", 3, madeUp{each: 400, scatter: 0.05}, 0.45, 1},
		{"no effect, noisy", 3, madeUp{each: 120, scatter: 0.5}, 0, 0.1},
	} {
		closed, gap := 0, 0.0
		for n := range studies {
			d := controlOf(t, c.seeds, c.world, rand.New(rand.NewPCG(uint64(n), 97)))
			if strings.Contains(d.Text, "no loss weighting can work here") {
				closed++
			}
			gap += d.Figures[3].Value / studies
		}
		share := float64(closed) / studies
		t.Logf("%s, %d seeds: %.1f %%, difference %.1f points", c.what, c.seeds, 100*share, 100*gap)
		if share < c.least || share > c.most {
			t.Errorf("%s, %d seeds: closed in %.1f %% of studies; want %.0f to %.0f", c.what, c.seeds, 100*share, 100*c.least, 100*c.most)
		}
	}
}

// controlOf probes a made-up study and returns what is found of its control.
func controlOf(t *testing.T, seeds int, w madeUp, rng *rand.Rand) explain.Finding {
	t.Helper()
	c := nullStudy(t, seeds, rng)
	probes, err := explain.Probe(c)
	if err != nil {
		t.Fatal(err)
	}
	c.Probed = &explain.Probed{Probes: probes}
	train, labels := w.trainer(t, rng)
	one := func(weights []float64) explain.Trained {
		p, zero := train(weights), make([]float64, 4)
		return explain.Trained{Val: p.Confusion(zero), Predictions: p.Predict(zero, nil)}
	}
	for range seeds {
		s := explain.ProbedSeed{Labels: labels, Plain: one([]float64{1, 1, 1, 1})}
		for _, change := range probes.Changes() {
			s.Changed = append(s.Changed, one(change.Weights(4)))
		}
		c.Probed.Seeds = append(c.Probed.Seeds, s)
	}
	d, _ := finding(explained(t, c), "control")
	return d
}

// madeUp is a simulated training. The share response of ln w acts on the logits, each
// class's being off by scatter in every training, and by control where a weight is far
// from 1, where it also lowers the logit of class 1 by disturb.
type madeUp struct {
	each                       int
	response, scatter, control float64
	disturb                    float64
}

// trainer returns the training, on images drawn now, and the images' classes.
func (w madeUp) trainer(t *testing.T, rng *rand.Rand) (train func(weights []float64) *posthoc.Logits, labels []uint16) {
	var images []float64
	for i := range 4 * w.each {
		labels = append(labels, uint16(i%4))
		for k := range 4 {
			z := 1.3 * rng.NormFloat64()
			if k == i%4 {
				z += 3
			}
			if k == 1 {
				z--
			}
			images = append(images, z)
		}
	}
	return func(weights []float64) *posthoc.Logits {
		shift, scatter := posthoc.FromWeights(weights), w.scatter
		far := slices.Max(shift)-slices.Min(shift) > 2
		if far {
			scatter = max(scatter, w.control)
		}
		for k := range shift {
			shift[k] = w.response*shift[k] + scatter*rng.NormFloat64()
		}
		if far {
			shift[1] -= w.disturb
		}
		logits := make([]float32, len(images))
		for i, z := range images {
			logits[i] = float32(z + 0.5*rng.NormFloat64() + shift[i%4])
		}
		return part(t, logits, labels)
	}, labels
}

// nullTrainer returns a training that ignores weights.
func nullTrainer(t *testing.T, rng *rand.Rand) (train func() *posthoc.Logits, labels []uint16) {
	of, labels := madeUp{each: 120, scatter: 0.15}.trainer(t, rng)
	return func() *posthoc.Logits { return of([]float64{1, 1, 1, 1}) }, labels
}

// nullStudy returns an arm whose models differ from the unweighted ones by seeds
// alone, on the same images.
func nullStudy(t *testing.T, seeds int, rng *rand.Rand) explain.Case {
	train, labels := nullTrainer(t, rng)
	c := explain.Case{Classes: []string{"car", "dog", "cat", "ship"}, Score: score, Round: 1}
	zero := make([]float64, 4)
	for s := range seeds {
		plain, weighted := train(), train()
		before, after := world{}.round(0, nil, plain.Confusion(zero)), world{}.round(1, []float64{0.5, 2, 0.8, 0.5}, weighted.Confusion(zero))
		c.Replicates = append(c.Replicates, objective.Replicate{Replicate: s, Reference: before, Rounds: []objective.Round{before, after}})
		c.Outputs = append(c.Outputs, explain.Outputs{Labels: labels, Reference: plain.Predict(zero, nil), Before: plain.Predict(zero, nil), After: weighted.Predict(zero, nil)})
	}
	return c
}
