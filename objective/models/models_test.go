package models

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// modelOf returns a valid model of few epochs, changed by pairs of key and value.
func modelOf(kind string, changes ...any) map[string]any {
	m := map[string]any{"kind": kind}
	for _, k := range KeysOf(kind) {
		if k.Needs == nil {
			m[k.Name] = k.Default
		}
	}
	m["epochs"], m["batch"], m["learning_rate"] = int64(3), int64(32), 0.01
	for i := 0; i < len(changes); i += 2 {
		m[changes[i].(string)] = changes[i+1]
	}
	return m
}

func parsed(t *testing.T, model map[string]any) Config {
	t.Helper()
	c, err := Parse(model)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	got := parsed(t, modelOf("mlp", "optimizer", "sgd", "momentum", 0.5, "weight_decay", int64(1), "hidden", []int64{3, 4}))
	want := Config{
		Kind: "mlp", Epochs: 3, Batch: 32, Optimizer: "sgd", LearningRate: 0.01, Momentum: 0.5, WeightDecay: 1, Hidden: []int{3, 4},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v; want %+v", got, want)
	}
}

// A spec that went through JSON is read as before.
func TestParseAfterJSON(t *testing.T) {
	model := modelOf("mlp")
	text, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if a, b := parsed(t, model), parsed(t, back); !reflect.DeepEqual(a, b) {
		t.Errorf("%+v became %+v", a, b)
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		kind    string
		changes []any
		want    string
	}{
		{"mlp", []any{"kind", "rnn"}, "model.kind is rnn; want one of softmax, mlp, "},
		{"mlp", []any{"kind", 3}, "model.kind is 3"},
		{"mlp", []any{"epochs", int64(0)}, "model.epochs is 0; want an integer from 1"},
		{"mlp", []any{"epochs", 1.5}, "model.epochs is 1.5"},
		{"mlp", []any{"batch", int64(-1)}, "model.batch is -1"},
		{"mlp", []any{"batch", "128"}, `model.batch is "128"`},
		{"mlp", []any{"optimizer", "lion"}, `model.optimizer is "lion"; want one of adam, sgd`},
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
		{"cnn", []any{"augment", "rotate"}, `model.augment is "rotate"; want one of none, flip, flip-crop`},
		{"resnet8", []any{"dropout", 0.1}, "model.dropout is not used by kind resnet8"},
	} {
		err := Check(modelOf(c.kind, c.changes...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %v: error %v; want %q in it", c.kind, c.changes, err, c.want)
		}
	}
	err := Check(modelOf("mlp", "epochs", int64(0), "batch", int64(0)))
	if err == nil || !strings.Contains(err.Error(), "epochs") || !strings.Contains(err.Error(), "batch") {
		t.Errorf("two faults gave %v; want both named", err)
	}
}

// TestKinds: every kind is complete, and one that the built-in trainer trains has
// valid defaults.
func TestKinds(t *testing.T) {
	names := Names(Kinds())
	if sorted := slices.Compact(slices.Sorted(slices.Values(names))); len(sorted) < len(names) {
		t.Errorf("kinds %v; want each once", names)
	}
	if _, ok := Lookup(Default); !ok {
		t.Errorf("the default kind %s is none of %v", Default, names)
	}
	for _, k := range Kinds() {
		if k.Name == "" || k.Doc == "" || k.Trainer == "" {
			t.Errorf("kind %+v is incomplete; want a name, a doc and what trains it", k)
		}
		if len(KeysOf(k.Name)) != len(k.Keys) {
			t.Errorf("kind %s has the keys %v, of which only %d exist; want each once and in the table", k.Name, k.Keys, len(KeysOf(k.Name)))
		}
		if k.Trainer != TrainerNets {
			continue
		}
		if err := Check(modelOf(k.Name)); err != nil {
			t.Errorf("the defaults of %s: %v", k.Name, err)
		}
	}
	if KeysOf("rnn") != nil {
		t.Error("an unknown kind has keys")
	}
	if err := CheckShape("rnn", []int{4}); err == nil {
		t.Error("an unknown kind takes a table")
	}
	if err := Check(map[string]any{"kind": Command, "epochs": int64(3)}); err == nil {
		t.Error("the built-in trainer takes a command")
	}
}

// TestKeys: every key is complete, is used by a kind, and has a default that it accepts.
func TestKeys(t *testing.T) {
	types := map[Type]any{Real: 0.0, Integer: int64(0), Word: "", Widths: []int64(nil)}
	for _, k := range Keys() {
		if k.Name == "" || k.Doc == "" || k.set == nil {
			t.Errorf("key %+v is incomplete", k)
		}
		if reflect.TypeOf(k.Default) != reflect.TypeOf(types[k.Type]) {
			t.Errorf("%s has the default %#v; want a value of its type %q", k.Name, k.Default, k.Type)
		}
		if v, ok := k.value(k.Default); !ok || !reflect.DeepEqual(v, k.Default) {
			t.Errorf("%s reads its default %#v as %#v, valid %v", k.Name, k.Default, v, ok)
		}
		uses := func(kind Kind) bool { return slices.Contains(kind.Keys, k.Name) }
		if !slices.ContainsFunc(Kinds(), uses) {
			t.Errorf("no kind uses %s", k.Name)
		}
		if k.Needs == nil {
			continue
		}
		first, second := -1, -1
		for i, other := range Keys() {
			switch other.Name {
			case k.Needs.Key:
				first = i
			case k.Name:
				second = i
			}
		}
		if first < 0 || first > second {
			t.Errorf("%s needs %s, which is no earlier key", k.Name, k.Needs.Key)
		}
		for _, kind := range TrainedBy(TrainerNets) {
			if !uses(kind) || !slices.Contains(kind.Keys, k.Needs.Key) {
				t.Errorf("%s, which needs %s, and that are not both used by %s", k.Name, k.Needs.Key, kind.Name)
			}
		}
	}
}

func TestCheckShape(t *testing.T) {
	for _, shape := range [][]int{{1, 8, 8}, {3, 32, 32}, {4, 9, 200}} {
		for _, kind := range []string{"cnn", "resnet8"} {
			if err := CheckShape(kind, shape); err != nil {
				t.Errorf("%s on %v: %v", kind, shape, err)
			}
		}
	}
	for _, kind := range []string{"softmax", "mlp"} {
		if err := CheckShape(kind, []int{4}); err != nil {
			t.Errorf("%s on a table: %v", kind, err)
		}
	}
	for want, shape := range map[string][]int{
		"images of at least 8x8 pixels; the data is a table with 19 numbers an example": {19},
		"images of at least 8x8 pixels; the data has 7x20":                              {1, 7, 20},
		"images of at least 8x8 pixels; the data has 20x7":                              {3, 20, 7},
	} {
		if err := CheckShape("cnn", shape); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("cnn on %v: error %v; want %q in it", shape, err, want)
		}
	}
}

func TestRange(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		r       Range
		in, out []float64
		want    string
		integer bool
	}{
		{Range{Min: 1, Max: 16}, []float64{1, 16}, []float64{0, 17, nan}, "an integer from 1 to 16", true},
		{Range{Max: 1, Above: true, Below: true}, []float64{0.5}, []float64{0, 1, nan}, "a number above 0 to below 1", false},
		{Range{Min: 1, Max: math.Inf(1), Zero: true}, []float64{0, 1, 1e300}, []float64{0.5, -1, nan}, "a number, 1 or more, or 0", false},
		{Range{Min: -MaxReal, Max: MaxReal}, []float64{-1e300, 1e300}, []float64{nan, math.Inf(1)}, "a number", false},
		{Range{Max: MaxExact}, []float64{0, MaxExact}, []float64{-1}, "an integer, 0 or more", true},
		{Range{Max: 1_000_000}, []float64{0}, []float64{1e7}, "an integer from 0 to 1000000", true},
	} {
		for _, v := range c.in {
			if !c.r.Holds(v) {
				t.Errorf("%+v has no %v", c.r, v)
			}
		}
		for _, v := range c.out {
			if c.r.Holds(v) {
				t.Errorf("%+v has %v", c.r, v)
			}
		}
		if got := c.r.Want(c.integer); got != c.want {
			t.Errorf("%+v wants %q; want %q", c.r, got, c.want)
		}
	}
}
