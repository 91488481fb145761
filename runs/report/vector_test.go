package report

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// someVector is the vector of three classes over the given seeds' weights.
func someVector(t *testing.T, seeds ...[]float64) vector {
	t.Helper()
	trial := &runs.Trial{Number: 3, Study: runs.StudyHead{Name: "s", Classes: []string{`the "new"`, "Straße\n2", "c"}}}
	for _, w := range seeds {
		trial.Replicates = append(trial.Replicates, objective.Replicate{Rounds: []objective.Round{{}, {Weights: w}}})
	}
	w := &results.Weights{Trial: trial, Round: 1, Plan: objective.Plan{Apply: "loss"}}
	var err error
	if w.Vector, err = results.VectorOf(trial.Replicates, 1); err != nil {
		t.Fatal(err)
	}
	return vector{w, "uniform"}
}

// TestVectorIsPython: names are quoted, comments stay comments.
func TestVectorIsPython(t *testing.T) {
	v := someVector(t, []float64{0.5, 1, 1.5})
	for format, want := range map[string]string{
		"torch":   "\nclass_weight = torch.tensor([0.5, 1, 1.5])\ncriterion = nn.CrossEntropyLoss(weight=class_weight)\n",
		"keras":   "\nclass_weight={0: 0.5, 1: 1, 2: 1.5}\n",
		"sklearn": "\n" + `class_weight={"the \"new\"": 0.5, "Straße\n2": 1, "c": 1.5}` + "\n",
	} {
		var out bytes.Buffer
		v.paste(&out, format)
		comments, ok := strings.CutSuffix(out.String(), want)
		if !ok {
			t.Errorf("%s:\n%swant at its end%s", format, out.String(), want)
		}
		for line := range strings.Lines(comments) {
			if !strings.HasPrefix(line, "# ") || len([]rune(line)) > pageWidth+1 {
				t.Errorf("%s: %q is not a comment of at most %d columns", format, line, pageWidth)
			}
		}
	}
}

// TestVectorKeeps: what a confirmation measured, and no promise without one. The verdict
// follows the p-value after correction, not the interval.
func TestVectorKeeps(t *testing.T) {
	const sure, unsure = 0.001, 0.4
	v := someVector(t, []float64{0.5, 1, 1.5})
	row := func(what objective.Option, change, low, high, p float64) runs.ConfirmedRow {
		return runs.ConfirmedRow{
			What: what, Against: objective.OptionNothing, AgainstSpread: 0.1, Spread: 0.1 + change,
			Difference: change, DifferenceLow: low, DifferenceHigh: high, PValue: p,
		}
	}
	recipe := func(change, low, high, p float64) runs.ConfirmedRow {
		return row(objective.OptionWeightsRemeasured, change, low, high, p)
	}
	single := func(change, low, high, p float64) runs.ConfirmedRow {
		return row(objective.OptionWeightsFixed, change, low, high, p)
	}
	arm := func(seeds int, rows ...runs.ConfirmedRow) runs.ConfirmedArm {
		return runs.ConfirmedArm{Trial: 3, Round: 1, Seeds: seeds, Rows: rows}
	}
	other := runs.ConfirmedArm{Trial: 4, Round: 1, Rows: []runs.ConfirmedRow{recipe(0, 0, 0, unsure), single(0, 0, 0, unsure)}}
	for want, arms := range map[string][]runs.ConfirmedArm{
		"pasted, these weights are the same for every model; the trial measured new ones for every seed, which usually gains more. Not confirmed yet: evenkeel confirm 3/1": nil,
		"confirmed on 10 fresh seeds: the recipe, with weights measured anew for each model, changes the spread by -.029 (95 % -.040 to -.018), this vector by -.018 (95 % -.030 to -.006), which is 62 % of it": {
			arm(10, recipe(-0.029, -0.04, -0.018, sure), single(-0.018, -0.03, -0.006, sure)),
		},
		"this vector by +.012 (95 % +.002 to +.022): it keeps nothing of the gain": {
			arm(6, recipe(-0.02, -0.03, -0.01, sure), single(0.012, 0.002, 0.022, sure)),
		},
		"this vector by -.008 (95 % -.020 to +.004): what it keeps of the gain cannot be distinguished from noise": {
			arm(6, recipe(-0.02, -0.03, -0.01, sure), single(-0.008, -0.02, 0.004, unsure)),
		},
		"by -.021 (95 % -.085 to +.042), this vector by -.091 (95 % -.129 to -.052): the vector's gain is beyond noise, the recipe's is not": {
			arm(10, recipe(-0.021, -0.085, 0.042, unsure), single(-0.091, -0.129, -0.052, sure)),
		},
		// No share of a gain that may be none.
		"by -.010 (95 % -.023 to +.003), this vector by +.008 (95 % -.012 to +.027): there is no gain beyond noise to keep": {
			arm(10, recipe(-0.01, -0.023, 0.003, unsure), single(0.008, -0.012, 0.027, unsure)),
		},
		"by +.003, this vector by -.001: there is no gain beyond noise to keep": {
			arm(6, recipe(0.003, math.NaN(), math.NaN(), math.NaN()), single(-0.001, math.NaN(), math.NaN(), math.NaN())),
		},
		// 0.04 is 0.08 beside another arm.
		"by -.020 (95 % -.039 to -.001), this vector by -.020 (95 % -.039 to -.001), judged with Holm's correction for the 2 arms that were confirmed: there is no gain beyond noise to keep": {
			arm(6, recipe(-0.02, -0.039, -0.001, 0.04), single(-0.02, -0.039, -0.001, 0.04)), other,
		},
		// The study's own split is what the leaderboard judges too.
		"confirmed on 7 fresh seeds: the recipe,": {
			arm(7, recipe(-0.02, -0.03, -0.01, sure), single(-0.01, -0.03, -0.01, sure)),
			{Trial: 3, Round: 1, Seeds: 9, Resplit: true, Rows: []runs.ConfirmedRow{recipe(0, -1, 1, unsure), single(0, -1, 1, unsure)}},
		},
	} {
		v.Confirmed = results.Of(results.Judge(arms), 3, 1)
		if got := strings.ReplaceAll(v.keeps(), blankInCommand, " "); !strings.Contains(got, want) {
			t.Errorf("%+v: %q; want %q in it", arms, got, want)
		}
	}
}

// TestVectorHasItsCost: what the one vector costs in accuracy, and what the offsets after it do,
// is what the confirmation measured of exactly that.
func TestVectorHasItsCost(t *testing.T) {
	v := someVector(t, []float64{0.5, 1, 1.5})
	v.Definition = &search.Definition{Objective: objective.Score{Tolerance: 0.02}}
	row := func(what objective.Option, change, drop, over float64) runs.ConfirmedRow {
		return runs.ConfirmedRow{
			What: what, Against: objective.OptionNothing, Difference: change, DifferenceLow: change - 0.01, DifferenceHigh: change + 0.01,
			AccuracyDrop: drop, AccuracyLow: -drop - 0.004, AccuracyHigh: -drop + 0.004, OverTolerance: over,
		}
	}
	v.Confirmed = &results.Judge([]runs.ConfirmedArm{{Trial: 3, Round: 1, Seeds: 10, Rows: []runs.ConfirmedRow{
		row(objective.OptionWeightsRemeasured, -0.023, 0.011, 0.1), row(objective.OptionWeightsFixed, -0.001, 0.033, 0.99), row(objective.OptionWeightsThenOffsets, -0.02, 0.009, 0.1),
	}}})[0]
	const cost = "this vector changes the balanced accuracy by -3.3 points (95 % -3.7 to -2.9), probably more than your limit of 2.0"
	const after = "with the offsets below after it, confirmed on 10 fresh seeds: the spread changes by -.020 (95 % -.030 to -.010), the balanced accuracy by -0.9 points (95 % -1.3 to -0.5)"
	if notes := v.notes(); !slices.Contains(notes, cost) || slices.Contains(notes, after) {
		t.Errorf("%q; want %q and nothing of offsets", notes, cost)
	}
	hasAccuracy(t, v, -0.033, -0.037, -0.029, 0.99)
	v.Offsets = []float64{0.1, 0, -0.1}
	if notes := v.notes(); !slices.Contains(notes, after) {
		t.Errorf("%q; want %q", notes, after)
	}
	hasAccuracy(t, v, -0.009, -0.013, -0.005, 0.1)
	v.Offsets, v.Confirmed = nil, nil
	hasAccuracy(t, v, math.NaN(), math.NaN(), math.NaN(), math.NaN())
}

// hasAccuracy holds what the JSON of a vector says of the balanced accuracy; NaN is nothing.
func hasAccuracy(t *testing.T, v vector, change, low, high, risk float64) {
	t.Helper()
	want := map[string]float64{"balanced_accuracy_change": change, "balanced_accuracy_low": low, "balanced_accuracy_high": high, "loss_probability": risk}
	var out bytes.Buffer
	if err := (Out{W: &out, Format: "json"}).write(v.object()); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got) != 1 {
		t.Fatalf("%s: %v; want one object", out.String(), err)
	}
	for name, x := range want {
		if y, ok := got[0][name].(float64); ok != !math.IsNaN(x) || ok && math.Abs(x-y) > 1e-12 {
			t.Errorf("%s is %v; want %v", name, got[0][name], x)
		}
	}
}
