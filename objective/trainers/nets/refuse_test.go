package nets

import (
	"strings"
	"testing"

	"evenkeel/objective"
)

func TestTrainRefuses(t *testing.T) {
	tr := tinyTrainer(t)
	for want, change := range map[string]func(j *objective.Job){
		`the run's data is "other"`:                      func(j *objective.Job) { j.Spec.Data = "other" },
		`the run's split is`:                             func(j *objective.Job) { j.Spec.Split.Seed++ },
		`the run's numerics is "x"`:                      func(j *objective.Job) { j.Spec.Numerics = "x" },
		`the run's parent is "p"`:                        func(j *objective.Job) { j.Spec.Parent = "p" },
		"2 class weights for 3 classes":                  func(j *objective.Job) { j.Spec.Weights = []float32{1, 2} },
		"the weight of class 1 is 0":                     func(j *objective.Job) { j.Spec.Weights = []float32{1, 0, 2} },
		`applied by "sampling"; want one of loss, logit`: func(j *objective.Job) { j.Spec.Weights, j.Spec.Apply = []float32{1, 1, 2}, "sampling" },
		"the test part was asked for, but tiny has none": func(j *objective.Job) { j.Test = true },
		"model.epochs is missing":                        func(j *objective.Job) { delete(j.Spec.Model, "epochs") },
		"weights_from is 2; want a share of the epochs fro": func(j *objective.Job) {
			j.Spec.Weights, j.Spec.Apply, j.Spec.WeightsFrom = []float32{1, 1, 2}, "loss", 2
		},
	} {
		job := objective.Job{Spec: tinySpec(t, tr, tinyModel("softmax"), 1)}
		change(&job)
		if _, err := tr.Train(t.Context(), job); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q in it", err, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := New(tinySplits(), Options{Kernels: "mmx"}); err == nil || !strings.Contains(err.Error(), `unknown kernels "mmx"`) {
		t.Errorf("kernels mmx: %v", err)
	}
	s := tinySplits()
	s.Val.Y[3] = 7
	if _, err := New(s, Options{}); err == nil || !strings.Contains(err.Error(), "validation part: example 3 has label 7") {
		t.Errorf("label 7 of 3 classes: %v", err)
	}
	s = tinySplits()
	s.Train.X[5] /= 0 * s.Train.X[0]
	if _, err := New(s, Options{}); err == nil || !strings.Contains(err.Error(), "training part: feature 1 of example 1") {
		t.Errorf("a feature that is not finite: %v", err)
	}
}
