package main

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// TestCosts: a balanced accuracy that rose is not called within what may be lost.
func TestCosts(t *testing.T) {
	page := confirmedPage{def: &search.Definition{Objective: objective.Score{Tolerance: 0.01}}}
	for _, c := range []struct {
		drop, high float64
		held       confirm.Holding
		want       string
	}{
		{-.014, -.004, confirm.Held, " balanced accuracy +1.4 points: nothing is lost\n"},
		{-.014, .002, confirm.Held, " balanced accuracy +1.4 points: nothing lost beyond your tolerance of 1.0\n"},
		{-.014, .012, confirm.Undecided, " balanced accuracy +1.4 points: too few seeds or images to say that your tolerance of 1.0 holds\n"},
		{.0001, .002, confirm.Held, " balanced accuracy 0.0 points: within your tolerance of 1.0\n"},
		{.006, .009, confirm.Held, " balanced accuracy -0.6 points: within your tolerance of 1.0\n"},
		{.02, .03, confirm.NotHeld, " balanced accuracy -2.0 points: OVER your tolerance of 1.0\n"},
	} {
		got := page.costs(runs.ConfirmedRow{AccuracyDrop: c.drop, AccuracyDropHigh: c.high, Tolerance: c.held})
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("drop %v, at most %v: %q; want %q", c.drop, c.high, got, c.want)
		}
	}
}

// TestLongerGainsAccuracy: said beyond noise only, and from 0.3 points.
func TestLongerGainsAccuracy(t *testing.T) {
	for _, c := range []struct {
		what       string
		drop, high float64
		want       string
	}{
		{followup.WhatLonger, -.141, -.12, " unweighted at the same training cost: balanced accuracy +14.1 points\n"},
		{followup.WhatLonger, -.141, .001, ""},
		{followup.WhatLonger, -.141, math.NaN(), ""},
		{followup.WhatLonger, -.003, -.001, ""},
		{followup.WhatLonger, .02, .03, ""},
		{followup.WhatVector, -.141, -.12, ""},
	} {
		a := runs.ConfirmedArm{Rows: []runs.ConfirmedRow{{What: c.what, Against: followup.WhatReference, AccuracyDrop: c.drop, AccuracyDropHigh: c.high}}}
		if got := longer(a); got != c.want {
			t.Errorf("%s, drop %v, at most %v: %q; want %q", c.what, c.drop, c.high, got, c.want)
		}
	}
}
