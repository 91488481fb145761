package main

import (
	"context"
	"slices"
	"testing"

	"evenkeel/objective"
)

// recorder remembers what it was asked for.
type recorder struct{ asked []objective.Spec }

func (r *recorder) Info() objective.Info {
	return objective.Info{Trainer: "recorder", Version: "1", Classes: []string{"a", "b"}}
}

func (r *recorder) Train(_ context.Context, job objective.Job) (*objective.Result, error) {
	r.asked = append(r.asked, job.Spec)
	return &objective.Result{}, nil
}

// specOf returns a spec for a trainer.
func specOf(t objective.Trainer, seed int64, weights ...float32) objective.Spec {
	s := objective.Spec{Version: t.Info().Version, Seed: seed}
	if len(weights) > 0 {
		s.Weights, s.Apply, s.WeightsFrom = weights, "loss", 0.5
	}
	return s
}

// Where weights do nothing, a weighted run is unweighted on a seed of its own.
func TestWithoutEffect(t *testing.T) {
	inner := &recorder{}
	null := withoutEffect(inner)
	// Of Python: int.from_bytes(sha256(struct.pack(">qff", 7, .5, 1.5)).digest()[:8], "big") & (2**31-1).
	const seed = 1583055418
	for _, c := range []struct{ asked, want objective.Spec }{
		{specOf(null, 7), specOf(inner, 7)},
		{specOf(null, 7, 0.5, 1.5), specOf(inner, seed)},
	} {
		inner.asked = nil
		if _, err := null.Train(t.Context(), objective.Job{Spec: c.asked}); err != nil {
			t.Fatal(err)
		}
		got := inner.asked[0]
		if got.Seed != c.want.Seed || got.Weights != nil || got.Apply != "" || got.WeightsFrom != 0 || got.Version != "1" {
			t.Errorf("%+v trained %+v; want %+v", c.asked, got, c.want)
		}
	}
	if noiseSeed(7, []float32{1.5, 0.5}) == seed || noiseSeed(8, []float32{0.5, 1.5}) == seed {
		t.Error("other weights or another seed train the same model")
	}
	if null.Info().Version == inner.Info().Version {
		t.Error("another world has the same version")
	}
	if _, err := null.Train(t.Context(), objective.Job{Spec: specOf(inner, 7)}); err == nil {
		t.Error("a run of the real world was trained")
	}
}

// No class keeps its own weight, and none gets lost.
func TestOnOtherClasses(t *testing.T) {
	inner := &recorder{}
	shuffled := onOtherClasses(inner)
	if _, err := shuffled.Train(t.Context(), objective.Job{Spec: specOf(shuffled, 1, 1, 2, 3, 4, 5, 6)}); err != nil {
		t.Fatal(err)
	}
	if got, want := inner.asked[0].Weights, []float32{3, 4, 5, 6, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("weights %v; want %v", got, want)
	}
	for k := 2; k <= 12; k++ {
		weights := make([]float32, k)
		for c := range weights {
			weights[c] = float32(c + 1)
		}
		asked := slices.Clone(weights)
		if _, err := shuffled.Train(t.Context(), objective.Job{Spec: specOf(shuffled, 1, asked...)}); err != nil {
			t.Fatal(err)
		}
		got := inner.asked[len(inner.asked)-1].Weights
		for c := range got {
			if got[c] == weights[c] {
				t.Errorf("of %d classes, class %d keeps its weight", k, c)
			}
		}
		if !slices.Equal(asked, weights) {
			t.Error("the run's own weights were changed")
		}
		if sorted := slices.Sorted(slices.Values(got)); !slices.Equal(sorted, weights) {
			t.Errorf("weights %v are not those of %v", got, weights)
		}
	}
}
