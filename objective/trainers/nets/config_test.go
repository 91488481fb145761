package nets

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"evenkeel/objective"
)

func TestParseConfig(t *testing.T) {
	got := mustParse(t, tinyModel("mlp", "optimizer", "sgd", "momentum", 0.5, "weight_decay", int64(1), "hidden", []int64{3, 4}))
	want := Config{
		Kind: "mlp", Epochs: 3, Batch: 32, Optimizer: "sgd", LearningRate: 0.01, Momentum: 0.5, WeightDecay: 1, Hidden: []int{3, 4},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v; want %+v", got, want)
	}
}

// A spec that went through JSON is read as before.
func TestParseConfigAfterJSON(t *testing.T) {
	model := tinyModel("mlp")
	text, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if a, b := mustParse(t, model), mustParse(t, back); !reflect.DeepEqual(a, b) {
		t.Errorf("%+v became %+v", a, b)
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		kind    string
		changes []any
		want    string
	}{
		{"mlp", []any{"kind", "rnn"}, "model.kind is rnn; want one of softmax, mlp, cnn, resnet8"},
		{"mlp", []any{"kind", 3}, "model.kind is 3"},
		{"mlp", []any{"epochs", int64(0)}, "model.epochs is 0; want an integer from 1"},
		{"mlp", []any{"epochs", 1.5}, "model.epochs is 1.5"},
		{"mlp", []any{"batch", int64(-1)}, "model.batch is -1"},
		{"mlp", []any{"batch", "128"}, `model.batch is "128"`},
		{"mlp", []any{"optimizer", "lion"}, `model.optimizer is "lion"; want adam or sgd`},
		{"mlp", []any{"learning_rate", 0.0}, "model.learning_rate is 0; want a number above 0"},
		{"mlp", []any{"momentum", 0.9}, "model.momentum is not used by kind mlp with optimizer adam"},
		{"mlp", []any{"optimizer", "sgd"}, "model.momentum is missing"},
		{"mlp", []any{"optimizer", "sgd", "momentum", 1.0}, "model.momentum is 1; want a number from 0 to below 1"},
		{"mlp", []any{"dropout", 1.0}, "model.dropout is 1"},
		{"mlp", []any{"weight_decay", -0.1}, "model.weight_decay is -0.1"},
		{"mlp", []any{"early_stopping", int64(-1)}, "model.early_stopping is -1"},
		{"mlp", []any{"hidden", []int64{}}, "model.hidden is []int64{}; want a list of 1 to 16"},
		{"mlp", []any{"hidden", []int64{5, 0}}, "model.hidden is"},
		{"mlp", []any{"hidden", int64(5)}, "model.hidden is 5"},
		{"softmax", []any{"hidden", []int64{5}}, "model.hidden is not used by kind softmax"},
		{"softmax", []any{"dropout", 0.1}, "model.dropout is not used by kind softmax"},
		{"softmax", []any{"augment", "none"}, "model.augment is not used"},
		{"cnn", []any{"augment", "rotate"}, `model.augment is "rotate"; want none, flip or flip-crop`},
		{"resnet8", []any{"dropout", 0.1}, "model.dropout is not used by kind resnet8"},
	} {
		err := Check(tinyModel(c.kind, c.changes...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %v: error %v; want %q in it", c.kind, c.changes, err, c.want)
		}
	}
	err := Check(tinyModel("mlp", "epochs", int64(0), "batch", int64(0)))
	if err == nil || !strings.Contains(err.Error(), "epochs") || !strings.Contains(err.Error(), "batch") {
		t.Errorf("two faults gave %v; want both named", err)
	}
}

// Defaults are valid, and every key says what it is.
func TestKeys(t *testing.T) {
	for _, kind := range Kinds() {
		if err := Check(tinyModel(kind)); err != nil {
			t.Errorf("the defaults of %s: %v", kind, err)
		}
		for _, k := range Keys(kind) {
			if k.Name == "" || k.Type == "" || k.Doc == "" || k.Range == "" || k.Default == nil {
				t.Errorf("%s: key %+v is incomplete", kind, k)
			}
		}
	}
	if Keys("rnn") != nil {
		t.Error("an unknown kind has keys")
	}
}

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
