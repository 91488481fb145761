package report

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// TestCosts: a balanced accuracy that rose is not called within what may be lost.
func TestCosts(t *testing.T) {
	page := confirmedPage{def: &search.Definition{Objective: objective.Score{Tolerance: 0.01}}}
	for _, c := range []struct {
		drop, high float64
		held       confirm.Holding
		want       string
	}{
		{-.014, -.004, confirm.Held, " trial 1 round 2: balanced accuracy +1.4 points, higher, beyond noise\n"},
		{-.014, .002, confirm.Held, " trial 1 round 2: balanced accuracy +1.4 points, no loss beyond your limit of 1.0\n"},
		{-.014, .012, confirm.Undecided, " trial 1 round 2: balanced accuracy +1.4 points, may lose more than your limit of 1.0 (90 % -1.2 to 0.0)\n"},
		{.0001, .002, confirm.Held, " trial 1 round 2: balanced accuracy 0.0 points, within your limit of 1.0\n"},
		{.006, .009, confirm.Held, " trial 1 round 2: balanced accuracy -0.6 points, within your limit of 1.0\n"},
		{.02, .03, confirm.NotHeld, " trial 1 round 2: balanced accuracy -2.0 points, OVER your limit of 1.0\n"},
	} {
		got := page.costs("trial 1 round 2", runs.ConfirmedRow{AccuracyDrop: c.drop, AccuracyDropHigh: c.high, Tolerance: c.held})
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("drop %v, at most %v: %q; want %q", c.drop, c.high, got, c.want)
		}
	}
}

// TestLongerGainsAccuracy: said beyond noise only, and from 0.3 points.
func TestLongerGainsAccuracy(t *testing.T) {
	def, err := studyfile.Parse("s.yaml", []byte("study: s\nmodel: {kind: mlp, epochs: 15}\nweighting: {scheme: {name: mean-ratio}}"), "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	page := confirmedPage{def: def}
	for _, c := range []struct {
		what       objective.Option
		drop, high float64
		want       string
	}{
		{objective.OptionLonger, -.141, -.12, " no weights, 30 epochs instead of 15: balanced accuracy +14.1 points\n"},
		{objective.OptionLonger, -.141, .001, ""},
		{objective.OptionLonger, -.141, math.NaN(), ""},
		{objective.OptionLonger, -.003, -.001, ""},
		{objective.OptionLonger, .02, .03, ""},
		{objective.OptionWeightsFixed, -.141, -.12, ""},
	} {
		a := results.Judge([]runs.ConfirmedArm{{Round: 2, Rows: []runs.ConfirmedRow{{What: c.what, Against: objective.OptionNothing, AccuracyDrop: c.drop, AccuracyDropHigh: c.high}}}})[0]
		if got := page.longer(a); got != c.want {
			t.Errorf("%s, drop %v, at most %v: %q; want %q", c.what, c.drop, c.high, got, c.want)
		}
	}
}
