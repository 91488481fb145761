package objective_test

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
)

func TestCheckFor(t *testing.T) {
	t.Parallel()
	info := objective.Info{
		Trainer: "t", Version: "1", Numerics: "n", Data: "d", Split: objective.Split{Validation: 0.2, Seed: 1},
		Classes: []string{"a", "b"}, Supports: []string{objective.ApplyLogit, objective.SupportsWeightsFrom},
	}
	good := objective.Spec{
		Trainer: "t", Version: "1", Numerics: "n", Data: "d", Split: info.Split,
		Weights: []float32{0.5, 1.5}, Apply: objective.ApplyLogit, WeightsFrom: 0.5,
	}
	plain := good
	plain.Weights, plain.Apply, plain.WeightsFrom = nil, "", 0
	for _, s := range []objective.Spec{good, plain} {
		if err := s.CheckFor(info); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for want, change := range map[string]func(*objective.Spec){
		`trainer is "x"; this trainer has "t"`:     func(s *objective.Spec) { s.Trainer = "x" },
		`version is "2"; this trainer has "1"`:     func(s *objective.Spec) { s.Version = "2" },
		`numerics is ""; this trainer has "n"`:     func(s *objective.Spec) { s.Numerics = "" },
		`data is "e"; this trainer has "d"`:        func(s *objective.Spec) { s.Data = "e" },
		`parent is "p"; this trainer starts from`:  func(s *objective.Spec) { s.Parent = "p" },
		`split is {Validation:0.3 `:                func(s *objective.Spec) { s.Split.Validation = 0.3 },
		"3 class weights for 2 classes":            func(s *objective.Spec) { s.Weights = []float32{1, 2, 3} },
		"the weight of class 1 is NaN":             func(s *objective.Spec) { s.Weights = []float32{1, float32(math.NaN())} },
		"the weight of class 0 is +Inf":            func(s *objective.Spec) { s.Weights = []float32{float32(math.Inf(1)), 1} },
		"the weight of class 0 is 0":               func(s *objective.Spec) { s.Weights = []float32{0, 1} },
		`applied by "loss"; want one of logit`:     func(s *objective.Spec) { s.Apply = objective.ApplyLoss },
		"weights_from is 1.5; want a share of the": func(s *objective.Spec) { s.WeightsFrom = 1.5 },
		"weights_from is NaN; want a share of the": func(s *objective.Spec) { s.WeightsFrom = math.NaN() },
	} {
		s := good
		change(&s)
		if err := s.CheckFor(info); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q in it", err, want)
		}
	}
	info.Supports = []string{objective.ApplyLogit}
	if err := good.CheckFor(info); err == nil || !strings.Contains(err.Error(), "from the first epoch only") {
		t.Errorf("weights_from, which the trainer does not support: error %v", err)
	}
	info.Supports = []string{objective.SupportsWarmStart}
	plain.Parent = "p"
	if err := plain.CheckFor(info); err != nil {
		t.Errorf("a parent, which the trainer supports: %v", err)
	}
}
