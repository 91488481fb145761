package main

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/confirm"
	"evenkeel/runs"
	"evenkeel/search"
)

// TestVerdictSentence: every sentence follows from the rows, and none is there
// without its reason.
func TestVerdictSentence(t *testing.T) {
	const sure, unsure = 0.001, 0.4
	up := []runs.ClassChange{{Class: "Shirt", Before: 0.6, After: 0.7}}
	down := []runs.ClassChange{{Class: "T-shirt", Before: 0.8, After: 0.7}}
	row := func(what, against string, from, to, p float64) runs.ConfirmedRow {
		return runs.ConfirmedRow{
			What: what, Against: against, AgainstSpread: from, Spread: to, Difference: to - from, PValue: p,
			Measurable: 0.02, Tolerance: confirm.Held, AgainstBalancedAccuracy: 0.83,
		}
	}
	main := row(search.Recipe, search.AgainstReference, 0.11, 0.08, sure)
	main.Gained, main.Lost = up, down
	changed := func(change func(*runs.ConfirmedRow)) runs.ConfirmedRow {
		r := main
		change(&r)
		return r
	}
	slight := row(search.Recipe, search.AgainstReference, 0.11, 0.105, sure)
	noise := row(search.Recipe, search.AgainstReference, 0.11, 0.105, unsure)
	worse := row(search.Recipe, search.AgainstReference, 0.11, 0.13, sure)
	dear := row(search.Recipe, search.AgainstOffsets, 0.09, 0.08, sure)
	dear.AgainstBalancedAccuracy = 0.80
	for _, c := range []struct {
		rows []runs.ConfirmedRow
		want string
	}{
		{nil, ""},
		{[]runs.ConfirmedRow{main}, "Verdict: the classes are more even beyond noise; T-shirt paid for Shirt."},
		{[]runs.ConfirmedRow{slight}, "Verdict: the classes are slightly more even, beyond noise."},
		{[]runs.ConfirmedRow{noise}, "Verdict: no change of the spread beyond noise; below .020 it may go unseen."},
		{[]runs.ConfirmedRow{worse}, "Verdict: the classes are less even than without weights, beyond noise."},
		{
			[]runs.ConfirmedRow{changed(func(r *runs.ConfirmedRow) { r.Tolerance = confirm.NotHeld })},
			"Verdict: the classes are more even beyond noise; T-shirt paid for Shirt; it costs more accuracy than you allow.",
		},
		{
			[]runs.ConfirmedRow{main, row(search.Recipe, search.AgainstOffsets, 0.07, 0.08, sure)},
			"Verdict: the classes are more even beyond noise; T-shirt paid for Shirt. Offsets on the unweighted model's logits do better, for free.",
		},
		{
			[]runs.ConfirmedRow{main, row(search.Recipe, search.AgainstOffsets, 0.082, 0.08, unsure)},
			"Verdict: the classes are more even beyond noise; T-shirt paid for Shirt. Offsets do as much for free, as far as can be told.",
		},
		{ // offsets .11 -> .09 is two thirds of .11 -> .08
			[]runs.ConfirmedRow{main, row(search.Recipe, search.AgainstOffsets, 0.09, 0.08, sure)},
			"Verdict: the classes are more even beyond noise; T-shirt paid for Shirt. Offsets do most of it for free.",
		},
		{
			[]runs.ConfirmedRow{main, row(search.Recipe, search.AgainstOffsets, 0.105, 0.08, sure), row(search.Longer, search.AgainstReference, 0.11, 0.09, sure)},
			"Verdict: the classes are more even beyond noise; T-shirt paid for Shirt. Training the unweighted model longer does most of it.",
		},
		{
			[]runs.ConfirmedRow{main, dear, row(search.Longer, search.AgainstReference, 0.11, 0.105, sure)},
			"Verdict: the classes are more even beyond noise; T-shirt paid for Shirt. Offsets alone cost more accuracy than you allow.",
		},
		{
			[]runs.ConfirmedRow{noise, row(search.Recipe, search.AgainstOffsets, 0.106, 0.105, unsure), row(search.Longer, search.AgainstReference, 0.11, 0.09, sure)},
			"Verdict: no change of the spread beyond noise; below .020 it may go unseen.",
		},
	} {
		arm := runs.ConfirmedArm{Trial: 1, Round: 1, Rows: c.rows}
		page := confirmedPage{def: &search.Definition{Objective: objective.Score{Tolerance: 0.02}}, arms: []runs.ConfirmedArm{arm}}
		if got := page.sentence(arm); got != c.want {
			t.Errorf("%+v:\n%s\nwant\n%s", c.rows, got, c.want)
		}
	}
}
