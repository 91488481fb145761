package report

import (
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/runs/results"
)

// TestVerdictSentence: every sentence follows from the rows, and none is there
// without its reason.
func TestVerdictSentence(t *testing.T) {
	const sure, unsure = 0.001, 0.4
	up := []runs.ClassChange{{Class: "Shirt", Before: 0.6, After: 0.7}}
	down := []runs.ClassChange{{Class: "T-shirt", Before: 0.8, After: 0.7}}
	row := func(what, against objective.Option, from, to, p float64) runs.ConfirmedRow {
		return runs.ConfirmedRow{
			What: what, Against: against, AgainstSpread: from, Spread: to, Difference: to - from, PValue: p,
			Measurable: 0.02, Tolerance: confirm.Held, BalancedAccuracy: 0.83, AgainstBalancedAccuracy: 0.83,
		}
	}
	main := row(objective.OptionWeightsRemeasured, objective.OptionNothing, 0.11, 0.08, sure)
	main.Gained, main.Lost = up, down
	changed := func(change func(*runs.ConfirmedRow)) runs.ConfirmedRow {
		r := main
		change(&r)
		return r
	}
	offsets := func(cost confirm.Holding) runs.ConfirmedRow {
		r := row(objective.OptionOffsetsRefitted, objective.OptionNothing, 0.11, 0.09, sure)
		r.Tolerance = cost
		return r
	}
	slight := row(objective.OptionWeightsRemeasured, objective.OptionNothing, 0.11, 0.105, sure)
	noise := row(objective.OptionWeightsRemeasured, objective.OptionNothing, 0.11, 0.105, unsure)
	worse := row(objective.OptionWeightsRemeasured, objective.OptionNothing, 0.11, 0.13, sure)
	const better = "Verdict on trial 1 round 2: the recalls are more even, beyond noise; Shirt gains most; T-shirt loses most"
	for _, c := range []struct {
		rows []runs.ConfirmedRow
		want string
	}{
		{nil, ""},
		{[]runs.ConfirmedRow{main}, better + "."},
		{[]runs.ConfirmedRow{changed(func(r *runs.ConfirmedRow) { r.Gained = nil })}, "Verdict on trial 1 round 2: the recalls are more even, beyond noise; T-shirt loses most."},
		{[]runs.ConfirmedRow{slight}, "Verdict on trial 1 round 2: the recalls are slightly more even, beyond noise."},
		{[]runs.ConfirmedRow{noise}, "Verdict on trial 1 round 2: no change of the spread beyond noise."},
		{[]runs.ConfirmedRow{worse}, "Verdict on trial 1 round 2: the recalls are less even than without weights, beyond noise."},
		{
			[]runs.ConfirmedRow{changed(func(r *runs.ConfirmedRow) { r.Tolerance = confirm.NotHeld })},
			better + "; it loses more accuracy than you allow.",
		},
		{
			[]runs.ConfirmedRow{changed(func(r *runs.ConfirmedRow) { r.Tolerance = confirm.Undecided })},
			better + "; it may lose more accuracy than you allow.",
		},
		{ // .83 -> .83 both
			[]runs.ConfirmedRow{main, row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.07, 0.08, sure)},
			better + ". Offsets on the unweighted model's logits give more even recalls, without training.",
		},
		{ // offsets lose 1 point, the weights none
			[]runs.ConfirmedRow{main, dearer(row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.07, 0.08, sure), 0.82)},
			better + ". Offsets on the unweighted model's logits give more even recalls, without training, at -1.0 points of balanced accuracy.",
		},
		{
			[]runs.ConfirmedRow{main, row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.082, 0.08, unsure)},
			better + ". Offsets, without training, differ from the weights by no more than noise.",
		},
		{ // offsets .11 -> .109 is next to nothing, but too few seeds tell it from .08
			[]runs.ConfirmedRow{main, row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.109, 0.08, 0.06)},
			better + ". Whether offsets, without training, give as much is not known: too few seeds.",
		},
		{ // offsets .11 -> .09 is two thirds of .11 -> .08
			[]runs.ConfirmedRow{main, row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.09, 0.08, sure)},
			better + ". Offsets give at least half of the gain without training.",
		},
		{
			[]runs.ConfirmedRow{main, row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.105, 0.08, sure), row(objective.OptionLonger, objective.OptionNothing, 0.11, 0.09, sure)},
			better + ". Training longer without weights gives at least half of it (-.020).",
		},
		{ // as much, and within noise
			[]runs.ConfirmedRow{main, row(objective.OptionLonger, objective.OptionNothing, 0.11, 0.09, unsure)},
			better + ".",
		},
		{
			[]runs.ConfirmedRow{main, row(objective.OptionLonger, objective.OptionNothing, 0.11, 0.07, sure)},
			better + ". Training longer without weights gives at least as much (-.040).",
		},
		{
			[]runs.ConfirmedRow{main, offsets(confirm.NotHeld), dearer(row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.09, 0.08, sure), 0.80), row(objective.OptionLonger, objective.OptionNothing, 0.11, 0.105, sure)},
			better + ". Offsets on the unweighted model's logits lose more accuracy than you allow.",
		},
		{ // a point estimate beyond the tolerance decides nothing, as for the weights
			[]runs.ConfirmedRow{main, offsets(confirm.Undecided), dearer(row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.07, 0.08, sure), 0.809)},
			better + ". Offsets on the unweighted model's logits give more even recalls, without training, at -2.1 points of balanced accuracy, which may be more than you allow.",
		},
		{ // what both cost too much tells them not apart
			[]runs.ConfirmedRow{
				changed(func(r *runs.ConfirmedRow) { r.Tolerance, r.BalancedAccuracy = confirm.NotHeld, 0.80 }), offsets(confirm.NotHeld),
				row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.07, 0.08, sure),
			},
			better + "; it loses more accuracy than you allow. Offsets on the unweighted model's logits give more even recalls, without training.",
		},
		{ // not certain, and said so where the spread does not change either
			[]runs.ConfirmedRow{func() runs.ConfirmedRow { r := noise; r.Tolerance = confirm.Undecided; return r }()},
			"Verdict on trial 1 round 2: no change of the spread beyond noise; it may lose more accuracy than you allow.",
		},
		{ // what longer training does is said where the weights do nothing
			[]runs.ConfirmedRow{noise, row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted, 0.106, 0.105, unsure), row(objective.OptionLonger, objective.OptionNothing, 0.11, 0.09, sure)},
			"Verdict on trial 1 round 2: no change of the spread beyond noise. Training longer without weights lowers the spread beyond noise (-.020).",
		},
	} {
		arm := runs.ConfirmedArm{Trial: 1, Round: 2, Rows: c.rows}
		if !slices.ContainsFunc(c.rows, func(r runs.ConfirmedRow) bool { return r.What == objective.OptionOffsetsRefitted }) {
			arm.Rows = append(arm.Rows, offsets(confirm.Held))
		}
		got := ""
		if found := results.Conclude(results.Judge([]runs.ConfirmedArm{arm})[0]); found != nil {
			got = concluded(*found)
		}
		if got != c.want {
			t.Errorf("%+v:\n%s\nwant\n%s", c.rows, got, c.want)
		}
	}
}

// dearer is a row against offsets that have another balanced accuracy; that of the
// weights is .83.
func dearer(r runs.ConfirmedRow, balanced float64) runs.ConfirmedRow {
	r.AgainstBalancedAccuracy = balanced
	return r
}
