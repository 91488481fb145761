package search_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/schemes"
	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/studyfile"
)

const wide = `
study: wide
model:
  kind: [softmax, mlp]
  epochs: {low: 1, high: 4}
  optimizer: [adam, sgd]
  learning_rate: {low: 1e-4, high: 1e-2, log: true}
  momentum: {low: 0, high: 0.8}
  dropout: 0.1
  hidden: [[64], [128, 64]]
weighting:
  scheme: [{name: mean-ratio, exponent: {low: 1, high: 4}}, {name: error-power, strength: [1, 2]}, {name: mean-ratio, exponent: 2}]
  rounds: {low: 1, high: 3}
  signal: [recall, f1]
  update: accumulate
  damping: 0.25
  clip: 10
  apply: [loss, logit]
  weights_from: {low: 0, high: 0.5}
`

func parse(t *testing.T, text string) *search.Definition {
	t.Helper()
	def, err := studyfile.Parse("s.yaml", []byte(text), "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return def
}

func TestPlan(t *testing.T) {
	def := parse(t, wide)
	meanRatio, err := schemes.Lookup("mean-ratio")
	if err != nil {
		t.Fatal(err)
	}
	errorPower, err := schemes.Lookup("error-power")
	if err != nil {
		t.Fatal(err)
	}
	sameScheme := cmp.Comparer(func(a, b *schemes.Scheme) bool { return a == b })
	common := search.Point{
		"model.epochs": 3, "model.learning_rate": 0.002,
		"weighting.rounds": 2, "weighting.signal": 1, "weighting.apply": 1, "weighting.weights_from": 0.5,
	}
	for name, c := range map[string]struct {
		point search.Point
		want  objective.Plan
	}{
		"softmax with adam, exponent": {
			search.Point{"model.kind": 0, "model.optimizer": 0, "weighting.scheme": 0, "weighting.scheme.0.exponent": 3},
			objective.Plan{
				Model: map[string]any{
					"kind": "softmax", "epochs": int64(3), "batch": int64(128), "optimizer": "adam",
					"learning_rate": 0.002, "weight_decay": 0.0, "early_stopping": int64(0),
				},
				Recipe: schemes.Recipe{Scheme: meanRatio, Values: schemes.Values{"exponent": 3}},
			},
		},
		"mlp with sgd, strength": {
			search.Point{
				"model.kind": 1, "model.hidden": 1, "model.optimizer": 1, "model.momentum": 0.5,
				"weighting.scheme": 1, "weighting.scheme.1.strength": 1,
			},
			objective.Plan{
				Model: map[string]any{
					"kind": "mlp", "epochs": int64(3), "batch": int64(128), "optimizer": "sgd",
					"learning_rate": 0.002, "momentum": 0.5, "weight_decay": 0.0, "dropout": 0.1, "early_stopping": int64(0), "hidden": []int64{128, 64},
				},
				Recipe: schemes.Recipe{Scheme: errorPower, Values: schemes.Values{}, Strength: 2},
			},
		},
		"fixed entry": {
			search.Point{"model.kind": 0, "model.optimizer": 0, "weighting.scheme": 2},
			objective.Plan{
				Model: map[string]any{
					"kind": "softmax", "epochs": int64(3), "batch": int64(128), "optimizer": "adam",
					"learning_rate": 0.002, "weight_decay": 0.0, "early_stopping": int64(0),
				},
				Recipe: schemes.Recipe{Scheme: meanRatio, Values: schemes.Values{"exponent": 2}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for key, v := range common {
				c.point[key] = v
			}
			c.want.Rounds, c.want.Apply, c.want.WeightsFrom = 2, "logit", 0.5
			r := &c.want.Recipe
			r.Signal, r.Smoothing, r.Update, r.Normalize = schemes.F1, schemes.Laplace, schemes.Accumulate, schemes.NormalizeMean
			r.Damping, r.Clip = 0.25, 10
			got, err := def.Plan(c.point)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, sameScheme); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPlansDoNotShare checks that a plan is the caller's.
func TestPlansDoNotShare(t *testing.T) {
	def := parse(t, "weighting: {scheme: {name: mean-ratio}}")
	a, errA := def.Plan(search.Point{})
	a.Recipe.Values["exponent"] = 9
	a.Model["hidden"].([]int64)[0] = 9
	b, errB := def.Plan(search.Point{})
	if errA != nil || errB != nil || b.Recipe.Values["exponent"] != 2 || b.Model["hidden"].([]int64)[0] != 128 {
		t.Errorf("second plan %+v (%v, %v); want it untouched by changes to the first", b, errA, errB)
	}
}

func TestPlanOfAWrongPoint(t *testing.T) {
	_, err := parse(t, wide).Plan(search.Point{"model.kind": 0})
	if err == nil || !strings.Contains(err.Error(), "has no value") {
		t.Errorf("error %v; want it to say what has no value", err)
	}
}

// TestReferenceModel has the middles by hand: epochs 2.5 rounded half up, the
// learning rate sqrt(1e-4 * 1e-2), first choices; hidden and dropout are not
// softmax's, momentum not adam's.
func TestReferenceModel(t *testing.T) {
	def := parse(t, wide)
	want := map[string]any{
		"kind": "softmax", "epochs": int64(3), "batch": int64(128), "optimizer": "adam",
		"learning_rate": 1e-3, "weight_decay": 0.0, "early_stopping": int64(0),
	}
	if diff := cmp.Diff(want, def.ReferenceModel()); diff != "" {
		t.Error(diff)
	}
	def = parse(t, "model: {optimizer: sgd, hidden: [[8, 4], [8]], momentum: {low: 0.5, high: 0.7, step: 0.1}}\nweighting: {scheme: {name: uniform}}")
	want = map[string]any{
		"kind": "mlp", "epochs": int64(15), "batch": int64(128), "optimizer": "sgd", "learning_rate": 0.001, "momentum": 0.6,
		"weight_decay": 0.0, "dropout": 0.0, "early_stopping": int64(0), "hidden": []int64{8, 4},
	}
	if diff := cmp.Diff(want, def.ReferenceModel()); diff != "" {
		t.Error(diff)
	}
}

// TestReferenceIsTheModelOfEveryTrial holds where no model key is searched, so
// that all trials share the reference's runs.
func TestReferenceIsTheModelOfEveryTrial(t *testing.T) {
	def := parse(t, "weighting: {scheme: [{name: uniform}, {name: mean-ratio, exponent: {low: 1, high: 9}}], rounds: {low: 1, high: 3}}")
	for trial := range 20 {
		point, err := random.New().Suggest(def.Space, nil, search.Rand(0, trial, "suggest"))
		if err != nil {
			t.Fatal(err)
		}
		plan, err := def.Plan(point)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(def.ReferenceModel(), plan.Model); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestDiff(t *testing.T) {
	base := "study: s\nmodel: {epochs: {low: 1, high: 4}}\nweighting: {scheme: [{name: uniform}, {name: mean-ratio}]}\nsearch: {trials: 3, parallel: 2}\n"
	for _, c := range []struct {
		name, text string
		want       []search.Change
		budget     bool
	}{
		{"same, otherwise written", "search: {parallel: 2, trials: 3.0}\nstudy: s\nweighting: {scheme: [{name: uniform}, {name: inverse-recall, exponent: 2}]}\nmodel: {batch: 128, epochs: {low: 1, high: 4, log: false}}", nil, true},
		{"budget", strings.Replace(base, "trials: 3, parallel: 2", "trials: 5, time: 8h, until: 07:00", 1), []search.Change{
			{Key: "search.parallel", Old: "2", New: "0"},
			{Key: "search.time", Old: `"0s"`, New: `"8h0m0s"`},
			{Key: "search.trials", Old: "3", New: "5"},
			{Key: "search.until", Old: `""`, New: `"07:00"`},
		}, true},
		{"range", strings.Replace(base, "low: 1", "low: 2", 1), []search.Change{{Key: "model.epochs", Old: `{"low":1,"high":4}`, New: `{"low":2,"high":4}`}}, false},
		{"fixed", strings.Replace(base, "{low: 1, high: 4}", "4", 1), []search.Change{{Key: "model.epochs", Old: `{"low":1,"high":4}`, New: "4"}}, false},
		{"kind", strings.Replace(base, "epochs:", "kind: softmax, epochs:", 1), []search.Change{
			{Key: "model.dropout", Old: "0"}, {Key: "model.hidden", Old: "[[128]]"}, {Key: "model.kind", Old: `"mlp"`, New: `"softmax"`},
		}, false},
		{"entry", strings.Replace(base, "mean-ratio", "mean-ratio, exponent: [1, 2]", 1), []search.Change{{Key: "weighting.scheme.1.exponent", Old: "2", New: "[1,2]"}}, false},
		{"fewer entries", strings.Replace(base, ", {name: mean-ratio}", "", 1), []search.Change{
			{Key: "weighting.scheme.1.exponent", Old: "2"}, {Key: "weighting.scheme.1.name", Old: `"mean-ratio"`},
		}, false},
		{"legible", strings.Replace(base, "[{name: uniform}", `[{formula: "x > 0.5 ? 1 : 2"}`, 1), []search.Change{
			{Key: "weighting.scheme.0.formula", New: `"x > 0.5 ? 1 : 2"`}, {Key: "weighting.scheme.0.name", Old: `"uniform"`},
		}, false},
		{"budget and more", strings.Replace(base, "trials: 3", "trials: 4, seed: 1", 1), []search.Change{
			{Key: "search.seed", Old: "0", New: "1"}, {Key: "search.trials", Old: "3", New: "4"},
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := search.Diff(parse(t, base), parse(t, c.text))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if beyond := search.BeyondBudget(got); (len(beyond) == 0) != c.budget || c.name == "budget and more" && (len(beyond) != 1 || beyond[0].Key != "search.seed") {
				t.Errorf("beyond the budget: %v", beyond)
			}
			if search.BudgetOnly(got) != c.budget {
				t.Errorf("budget only: %v; want %v", !c.budget, c.budget)
			}
		})
	}
}

// TestDiffOfOtherText checks that a form that is not JSON is still compared.
func TestDiffOfOtherText(t *testing.T) {
	a, b := &search.Definition{Canonical: []byte("{")}, &search.Definition{Canonical: []byte("{}")}
	if got := search.Diff(a, b); len(got) != 1 || got[0].Old != "{" {
		t.Errorf("changes %v; want the one text", got)
	}
}
