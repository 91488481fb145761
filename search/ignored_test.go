package search_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// TestIgnoredWeights: a search whose training ignores the weights ends at its first trial, after
// one probe, for any number of workers, and ends so again; it goes on if asked to.
func TestIgnoredWeights(t *testing.T) {
	def := define(t, study)
	for _, parallel := range []int{1, 4} {
		store := storetest.NewMemory()
		for _, again := range []bool{false, true} {
			dr := driver(def, store, &trainertest.Synthetic{}, parallel)
			dr.KeepGoing = false
			summary, err := dr.Run(t.Context(), nil)
			var ignored *search.IgnoredError
			if !errors.As(err, &ignored) || ignored.Trial != 1 || ignored.Class == "" || !(ignored.Ratio > 1) {
				t.Fatalf("%d workers: error %v; want an IgnoredError of trial 1", parallel, err)
			}
			if summary.End == search.EndComplete || (summary.Trained == 0) != again {
				t.Errorf("%d workers, again %v: %+v; want no end, and the second time no training", parallel, again, summary)
			}
		}
		complete(t, driver(def, store, &trainertest.Synthetic{}, parallel)) // --keep-going
	}
}

// TestHealthyStudiesAreNotProbed: where weights have an effect, nothing more is trained than by a
// search that does not look.
func TestHealthyStudiesAreNotProbed(t *testing.T) {
	def := define(t, study)
	var trained []int
	for _, keepGoing := range []bool{false, true} {
		dr := driver(def, storetest.NewMemory(), &trainertest.Synthetic{Response: 0.3}, 2)
		dr.KeepGoing = keepGoing
		trained = append(trained, complete(t, dr).Trained)
	}
	if trained[0] != trained[1] {
		t.Errorf("%d trainings, %d without looking", trained[0], trained[1])
	}
}

// TestOneProbeSuffices: a weak response that the first weights do not show is found by the probe,
// and the search goes on.
func TestOneProbeSuffices(t *testing.T) {
	def := define(t, study, "weighting.scheme=[{name: mean-ratio, exponent: {low: 0.001, high: 0.002}}]", "weighting.rounds=1")
	var trained []int
	for _, keepGoing := range []bool{false, true} {
		dr := driver(def, storetest.NewMemory(), &trainertest.Synthetic{Response: 0.3, PerClass: 40}, 2)
		dr.KeepGoing = keepGoing
		trained = append(trained, complete(t, dr).Trained)
	}
	if trained[0] != trained[1]+1 {
		t.Errorf("%d trainings, %d without looking; want one probe", trained[0], trained[1])
	}
}

// noisy is a trainer that does not repeat itself: a share of its predictions is another one each
// time, also with the same seed.
type noisy struct {
	*trainertest.Synthetic
	share  float64
	stream uint64
	runs   *atomic.Uint64
}

func (n noisy) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := n.Synthetic.Train(ctx, job)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(n.stream, n.runs.Add(1)))
	labels := n.Info().ValLabels
	val := objective.NewConfusion(r.Val.Classes())
	for i, p := range r.ValPredictions {
		if rng.Float64() < n.share {
			p = (p + 1) % uint16(val.Classes())
		}
		r.ValPredictions[i] = p
		val.Add(int(labels[i]), int(p), 1)
	}
	return &objective.Result{Val: val, Train: r.Train, ValPredictions: r.ValPredictions, Epochs: r.Epochs}, nil
}

// TestIgnoredWeightsInNoise: of trainers that ignore the weights and do not repeat themselves,
// nearly all are found where noise changes few predictions, and a good part where it changes
// many. One that uses the weights is never accused, and where they show it costs nothing.
func TestIgnoredWeightsInNoise(t *testing.T) {
	def := define(t, study, "search.trials=1", "search.racing=false", "search.replicates=1",
		"weighting.scheme=[{name: error-power, exponent: {low: 0.5, high: 1}}]", "weighting.rounds=2")
	const worlds = 60
	for _, c := range []struct {
		name            string
		response, share float64
		least, most     int
		probes          bool // whether more may be trained
	}{
		{"ignored, a little noise", 0, 0.003, worlds * 9 / 10, worlds, true},
		{"ignored, much noise", 0, 0.08, worlds / 5, worlds, true},
		{"used, a little noise", 0.5, 0.003, 0, 0, false},
		{"used, much noise", 0.5, 0.08, 0, 0, false},
		{"used weakly, much noise", 0.15, 0.08, 0, 0, true},
	} {
		found := 0
		for world := range uint64(worlds) {
			var trained []int
			for _, keepGoing := range []bool{true, false} {
				trainer := noisy{Synthetic: &trainertest.Synthetic{Response: c.response, PerClass: 500}, share: c.share, stream: world, runs: new(atomic.Uint64)}
				dr := driver(def, storetest.NewMemory(), trainer, 1)
				dr.KeepGoing = keepGoing
				summary, err := dr.Run(t.Context(), nil)
				var ignored *search.IgnoredError
				if errors.As(err, &ignored) {
					found++
					if !(ignored.Noise > 0) || ignored.Seed == 0 {
						t.Errorf("%s: %+v; want the noise", c.name, ignored)
					}
				} else if err != nil {
					t.Fatal(err)
				}
				trained = append(trained, summary.Trained)
			}
			if more := trained[1] - trained[0]; more > 2 || more > 0 && !c.probes {
				t.Errorf("%s: %d trainings more", c.name, more)
			}
		}
		if found < c.least || found > c.most {
			t.Errorf("%s: found in %d of %d worlds; want %d to %d", c.name, found, worlds, c.least, c.most)
		}
	}
}
