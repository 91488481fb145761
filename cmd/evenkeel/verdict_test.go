package main

import (
	"fmt"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
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
			Measurable: 0.02, Tolerance: confirm.Held, BalancedAccuracy: 0.83, AgainstBalancedAccuracy: 0.83,
		}
	}
	main := row(followup.WhatRecipe, followup.WhatReference, 0.11, 0.08, sure)
	main.Gained, main.Lost = up, down
	changed := func(change func(*runs.ConfirmedRow)) runs.ConfirmedRow {
		r := main
		change(&r)
		return r
	}
	offsets := func(cost confirm.Holding) runs.ConfirmedRow {
		r := row(followup.WhatOffsets, followup.WhatReference, 0.11, 0.09, sure)
		r.Tolerance = cost
		return r
	}
	slight := row(followup.WhatRecipe, followup.WhatReference, 0.11, 0.105, sure)
	noise := row(followup.WhatRecipe, followup.WhatReference, 0.11, 0.105, unsure)
	worse := row(followup.WhatRecipe, followup.WhatReference, 0.11, 0.13, sure)
	const better = "Verdict on trial 1/2: the classes are more even beyond noise; Shirt gains most; T-shirt pays most"
	for _, c := range []struct {
		rows []runs.ConfirmedRow
		want string
	}{
		{nil, ""},
		{[]runs.ConfirmedRow{main}, better + "."},
		{[]runs.ConfirmedRow{changed(func(r *runs.ConfirmedRow) { r.Gained = nil })}, "Verdict on trial 1/2: the classes are more even beyond noise; T-shirt pays most."},
		{[]runs.ConfirmedRow{slight}, "Verdict on trial 1/2: the classes are slightly more even, beyond noise."},
		{[]runs.ConfirmedRow{noise}, "Verdict on trial 1/2: no change of the spread beyond noise."},
		{[]runs.ConfirmedRow{worse}, "Verdict on trial 1/2: the classes are less even than the unweighted model's, beyond noise."},
		{
			[]runs.ConfirmedRow{changed(func(r *runs.ConfirmedRow) { r.Tolerance = confirm.NotHeld })},
			better + "; it costs more accuracy than you allow.",
		},
		{
			[]runs.ConfirmedRow{changed(func(r *runs.ConfirmedRow) { r.Tolerance = confirm.Undecided })},
			better + "; whether it costs more accuracy than you allow is not certain.",
		},
		{ // .83 -> .83 both
			[]runs.ConfirmedRow{main, row(followup.WhatRecipe, followup.WhatOffsets, 0.07, 0.08, sure)},
			better + ". Offsets on the unweighted model's logits do better, without training.",
		},
		{ // offsets lose 1 point, the weights none
			[]runs.ConfirmedRow{main, dearer(row(followup.WhatRecipe, followup.WhatOffsets, 0.07, 0.08, sure), 0.82)},
			better + ". Offsets on the unweighted model's logits do better, without training, at -1.0 points of balanced accuracy.",
		},
		{
			[]runs.ConfirmedRow{main, row(followup.WhatRecipe, followup.WhatOffsets, 0.082, 0.08, unsure)},
			better + ". Offsets do as much without training, as far as can be told.",
		},
		{ // offsets .11 -> .109 is next to nothing, but too few seeds tell it from .08
			[]runs.ConfirmedRow{main, row(followup.WhatRecipe, followup.WhatOffsets, 0.109, 0.08, 0.06)},
			better + ". Whether offsets, without training, do as much cannot be told.",
		},
		{ // offsets .11 -> .09 is two thirds of .11 -> .08
			[]runs.ConfirmedRow{main, row(followup.WhatRecipe, followup.WhatOffsets, 0.09, 0.08, sure)},
			better + ". Offsets do most of it without training.",
		},
		{
			[]runs.ConfirmedRow{main, row(followup.WhatRecipe, followup.WhatOffsets, 0.105, 0.08, sure), row(followup.WhatLonger, followup.WhatReference, 0.11, 0.09, sure)},
			better + ". Training the unweighted model as long does most of it (-.020).",
		},
		{ // as much, and within noise
			[]runs.ConfirmedRow{main, row(followup.WhatLonger, followup.WhatReference, 0.11, 0.09, unsure)},
			better + ".",
		},
		{
			[]runs.ConfirmedRow{main, row(followup.WhatLonger, followup.WhatReference, 0.11, 0.07, sure)},
			better + ". Training the unweighted model as long does as much (-.040).",
		},
		{
			[]runs.ConfirmedRow{main, offsets(confirm.NotHeld), dearer(row(followup.WhatRecipe, followup.WhatOffsets, 0.09, 0.08, sure), 0.80), row(followup.WhatLonger, followup.WhatReference, 0.11, 0.105, sure)},
			better + ". Offsets alone cost more accuracy than you allow.",
		},
		{ // a confirmation of an earlier version, which has no row of the offsets alone
			[]runs.ConfirmedRow{main, dearer(row(followup.WhatRecipe, followup.WhatOffsets, 0.07, 0.08, sure), 0.80)},
			better + ". Offsets alone cost more accuracy than you allow.",
		},
		{ // a point estimate beyond the tolerance decides nothing, as for the weights
			[]runs.ConfirmedRow{main, offsets(confirm.Undecided), dearer(row(followup.WhatRecipe, followup.WhatOffsets, 0.07, 0.08, sure), 0.809)},
			better + ". Offsets on the unweighted model's logits do better, without training, at -2.1 points of balanced accuracy, perhaps more than you allow.",
		},
		{ // what both cost too much tells them not apart
			[]runs.ConfirmedRow{
				changed(func(r *runs.ConfirmedRow) { r.Tolerance, r.BalancedAccuracy = confirm.NotHeld, 0.80 }), offsets(confirm.NotHeld),
				row(followup.WhatRecipe, followup.WhatOffsets, 0.07, 0.08, sure),
			},
			better + "; it costs more accuracy than you allow. Offsets on the unweighted model's logits do better, without training.",
		},
		{ // not certain, and said so where the spread does not change either
			[]runs.ConfirmedRow{func() runs.ConfirmedRow { r := noise; r.Tolerance = confirm.Undecided; return r }()},
			"Verdict on trial 1/2: no change of the spread beyond noise; whether it costs more accuracy than you allow is not certain.",
		},
		{ // what longer training does is said where the weights do nothing
			[]runs.ConfirmedRow{noise, row(followup.WhatRecipe, followup.WhatOffsets, 0.106, 0.105, unsure), row(followup.WhatLonger, followup.WhatReference, 0.11, 0.09, sure)},
			"Verdict on trial 1/2: no change of the spread beyond noise. Training the unweighted model as long does even them out (-.020).",
		},
	} {
		arm := runs.ConfirmedArm{Trial: 1, Round: 2, Rows: c.rows}
		page := confirmedPage{def: &search.Definition{Objective: objective.Score{Tolerance: 0.02}}, arms: []runs.ConfirmedArm{arm}}
		if got := page.sentence(arm); got != c.want {
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

// TestJudged: the verdict is about the leader, on the study's own split, and never
// about an invalid trial.
func TestJudged(t *testing.T) {
	arm := func(trial, round int, resplit, invalid bool) runs.ConfirmedArm {
		return runs.ConfirmedArm{Trial: trial, Round: round, Resplit: resplit, Invalid: invalid}
	}
	led := &runs.Board{Rows: []runs.Row{{Trial: 2, Round: 1, Seeds: 3, Holds: true}}}
	for _, c := range []struct {
		board *runs.Board
		arms  []runs.ConfirmedArm
		want  string
	}{
		{led, nil, ""},
		{led, []runs.ConfirmedArm{arm(1, 1, false, false), arm(2, 1, false, false), arm(3, 1, false, false)}, "2/1 false"},
		{led, []runs.ConfirmedArm{arm(2, 1, true, false), arm(2, 1, false, false)}, "2/1 false"},
		{led, []runs.ConfirmedArm{arm(2, 1, false, false), arm(2, 1, true, false)}, "2/1 false"},
		{led, []runs.ConfirmedArm{arm(2, 1, true, false), arm(3, 1, false, false)}, "2/1 true"},
		{led, []runs.ConfirmedArm{arm(1, 1, false, false), arm(3, 1, false, true)}, "1/1 false"},
		{&runs.Board{}, []runs.ConfirmedArm{arm(1, 1, false, false), arm(3, 1, false, false)}, "3/1 false"},
	} {
		got := ""
		if a := (confirmedPage{arms: c.arms}).judged(c.board); a != nil {
			got = fmt.Sprintf("%d/%d %v", a.Trial, a.Round, a.Resplit)
		}
		if got != c.want {
			t.Errorf("%+v: the verdict is about %q, want %q", c.arms, got, c.want)
		}
	}
}
