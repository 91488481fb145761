package explain_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/explain"
	"evenkeel/objective/posthoc"
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
			if stateOf(r, "noise") == note {
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

// TestControlIsRarelyMoved: where weights change nothing, the control moves the worst
// class by 2 standard errors in about 5 % of studies at most. Over 400 studies each it
// was 2.5 and 1.5 % on 2 and 3 seeds.
func TestControlIsRarelyMoved(t *testing.T) {
	const studies = 200
	for _, seeds := range []int{2, 3} {
		moved := 0
		for n := range studies {
			rng := rand.New(rand.NewPCG(uint64(n), 98))
			c := nullStudy(t, seeds, rng)
			probes, err := explain.Probe(c)
			if err != nil {
				t.Fatal(err)
			}
			c.Probed = &explain.Probed{Probes: probes}
			train, labels := nullTrainer(t, rng)
			one := func() explain.Trained {
				p, zero := train(), make([]float64, 4)
				return explain.Trained{Val: p.Confusion(zero), Predictions: p.Predict(zero, nil)}
			}
			for range seeds {
				s := explain.ProbedSeed{Labels: labels, Plain: one()}
				for range probes.Changes() {
					s.Changed = append(s.Changed, one())
				}
				c.Probed.Seeds = append(c.Probed.Seeds, s)
			}
			if d, _ := finding(explained(t, c), "control"); !strings.Contains(d.Text, "no loss weighting can work here") {
				moved++
			}
		}
		if moved > studies*9/100 { // 5 % and two and a half standard deviations
			t.Errorf("on %d seeds the control moves in %d of %d studies where weights change nothing", seeds, moved, studies)
		}
	}
}

// nullTrainer returns a training that ignores weights, on images drawn now, and the
// images' classes.
func nullTrainer(t *testing.T, rng *rand.Rand) (train func() *posthoc.Part, labels []uint16) {
	const each = 120
	var images []float64
	for i := range 4 * each {
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
	return func() *posthoc.Part {
		var scatter [4]float64
		for k := range scatter {
			scatter[k] = 0.15 * rng.NormFloat64()
		}
		logits := make([]float32, len(images))
		for i, z := range images {
			logits[i] = float32(z + 0.5*rng.NormFloat64() + scatter[i%4])
		}
		return part(t, logits, labels)
	}, labels
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
		c.Outputs = append(c.Outputs, explain.Outputs{Labels: labels, Before: plain.Predict(zero, nil), After: weighted.Predict(zero, nil)})
	}
	return c
}
