package objective_test

import (
	"math"
	"testing"

	"evenkeel/objective"
)

func baseSpec() objective.Spec {
	return objective.Spec{
		Schema: objective.SpecVersion, Trainer: "t", Version: "1", Numerics: "n", Data: "d",
		Split: objective.Split{Validation: 0.2, Test: 0.2, Seed: 1},
		Model: map[string]any{"kind": "mlp", "epochs": int64(15), "hidden": []int64{128}, "learning_rate": 0.001},
		Seed:  7,
	}
}

func id(t *testing.T, s objective.Spec) objective.RunID {
	t.Helper()
	v, err := s.ID()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestRunIDIsFixed pins the canonical form: a change of it would orphan every
// stored run; a field that most runs do not use, such as Split.Resplit, is not in it. The wanted hash was computed with sha256sum over the JSON text.
func TestRunIDIsFixed(t *testing.T) {
	s, err := baseSpec().WithWeights([]float64{1, 2, 3}, "loss", 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"schema":1,"trainer":"t","version":"1","numerics":"n","data":"d",` +
		`"split":{"validation":0.2,"test":0.2,"limit":0,"seed":1},` +
		`"model":{"epochs":15,"hidden":[128],"kind":"mlp","learning_rate":0.001},` +
		`"seed":7,"weights":[0.5,1,1.5],"apply":"loss"}`
	if string(text) != want {
		t.Errorf("canonical form\n got %s\nwant %s", text, want)
	}
	if got := id(t, s); got != "2052c4d27ccb216c9c754abfb87e66854b000770931834b291936f48824a36d9" {
		t.Errorf("id %s", got)
	}
}

// TestEqualWeightsAreTheUnweightedRun holds however the equal weights came
// about, at any scale, and however they would have been applied.
func TestEqualWeightsAreTheUnweightedRun(t *testing.T) {
	base := baseSpec()
	want := id(t, base)
	for _, w := range [][]float64{{1, 1, 1}, {7, 7, 7}, {1e-9, 1e-9, 1e-9}, {1, 1 + 1e-12, 1}} {
		s, err := base.WithWeights(w, "logit", 0.5)
		if err != nil {
			t.Fatal(err)
		}
		if id(t, s) != want || !s.Unweighted() {
			t.Errorf("weights %v give another run than the unweighted one", w)
		}
	}
}

func TestScaleOfWeightsIsNotIdentity(t *testing.T) {
	a, _ := baseSpec().WithWeights([]float64{1, 2, 4}, "loss", 0)
	b, _ := baseSpec().WithWeights([]float64{0.1, 0.2, 0.4}, "loss", 0)
	c, _ := baseSpec().WithWeights([]float64{1, 2, 4.001}, "loss", 0)
	if id(t, a) != id(t, b) {
		t.Error("the same weights on another scale are another run")
	}
	if id(t, a) == id(t, c) {
		t.Error("different weights are the same run")
	}
}

// TestEveryFieldIsIdentity changes one field at a time.
func TestEveryFieldIsIdentity(t *testing.T) {
	weighted, err := baseSpec().WithWeights([]float64{1, 2, 3}, "loss", 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[objective.RunID]string{id(t, weighted): "base"}
	for name, change := range map[string]func(*objective.Spec){
		"schema":       func(s *objective.Spec) { s.Schema++ },
		"trainer":      func(s *objective.Spec) { s.Trainer = "u" },
		"version":      func(s *objective.Spec) { s.Version = "2" },
		"numerics":     func(s *objective.Spec) { s.Numerics = "o" },
		"data":         func(s *objective.Spec) { s.Data = "e" },
		"split":        func(s *objective.Spec) { s.Split.Seed = 2 },
		"resplit":      func(s *objective.Spec) { s.Split.Resplit = 1 },
		"model":        func(s *objective.Spec) { s.Model = map[string]any{"kind": "mlp", "epochs": int64(16)} },
		"seed":         func(s *objective.Spec) { s.Seed = 8 },
		"weights":      func(s *objective.Spec) { s.Weights = []float32{0.5, 1, 1.25} },
		"apply":        func(s *objective.Spec) { s.Apply = "logit" },
		"weights_from": func(s *objective.Spec) { s.WeightsFrom = 0.5 },
		"parent":       func(s *objective.Spec) { s.Parent = "p" },
	} {
		s := weighted
		change(&s)
		if other, ok := seen[id(t, s)]; ok {
			t.Errorf("a change of %s gives the same id as %s", name, other)
		}
		seen[id(t, s)] = name
	}
}

func TestWithWeightsRefuses(t *testing.T) {
	for _, w := range [][]float64{{1, 0}, {1, -1}, {1, math.NaN()}, {1, math.Inf(1)}} {
		if _, err := baseSpec().WithWeights(w, "loss", 0); err == nil {
			t.Errorf("weights %v were accepted", w)
		}
	}
}
