package results

import (
	"math"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/search/followup"
)

// TestRecommendationOfTwoConfirmedArms: from the stored rows of two confirmed arms to what to
// use. P-values of the scores are adjusted by Holm's method, by hand: of .01 and .02 the
// smaller counts twice, of .04 and .5 it is .08. The two-sided ones are made of the raw
// ones: .55 is .9, and not 0, which an adjusted 1 would give. An arm without p-values, which
// an earlier version confirmed, is no part of the family.
func TestRecommendationOfTwoConfirmedArms(t *testing.T) {
	nan := math.NaN()
	row := func(what, against objective.Option, score, p float64) runs.ConfirmedRow {
		r := finding(what, against, 0.1, 0.1+score, p)
		r.ScoreDifference, r.ScorePValue = score, p
		return r
	}
	arm := func(trial int, weights, offsets, pair float64) runs.ConfirmedArm {
		a := runs.ConfirmedArm{Trial: trial, Round: 1, Seeds: 10, Rows: []runs.ConfirmedRow{
			row(remeasured, nothing, -0.03, weights), row(refitted, nothing, -0.031, offsets), row(remeasured, refitted, 0.001, pair),
		}}
		for _, o := range []objective.Option{nothing, refitted, remeasured} {
			a.Options = append(a.Options, followup.Measured{Option: o})
		}
		return a
	}
	for _, c := range []struct {
		name            string
		judged, other   runs.ConfirmedArm
		oneSided, twice float64 // of the weights
		pair            float64
		use             objective.Option
		why             Why
	}{
		{"both are sure", arm(1, 0.01, 0.3, 0.55), arm(2, 0.02, 0.3, 0.6), 0.02, 0.04, 1, remeasured, ChosenBySearch},
		{"alone it would pass", arm(1, 0.04, 0.3, 0.55), arm(2, 0.5, 0.3, 0.6), 0.08, 0.16, 1, nothing, NotConfirmedBetter},
		{"the other has no p-values", arm(1, 0.04, 0.3, 0.55), arm(2, nan, nan, nan), 0.04, 0.08, 0.9, remeasured, ChosenBySearch},
		{"better beyond noise", arm(1, 0.01, 0.001, 0.99), arm(2, 0.02, 0.001, 0.6), 0.02, 0.04, 0.04, refitted, BetterOnTest},
		{"better, and not by Holm", arm(1, 0.01, 0.001, 0.98), arm(2, 0.02, 0.001, 0.6), 0.02, 0.04, 0.08, remeasured, ChosenBySearch},
	} {
		judged := Judge([]runs.ConfirmedArm{c.judged, c.other})[0]
		options := []MeasuredOption{searched(refitted, -0.02, 0), searched(remeasured, -0.03, 0)}
		view := &Overview{Board: &runs.Board{}}
		view.Board.Study.Classes = []string{"cat", "dog"}
		pairs := view.addTest(options, &judged)
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
		if f := options[1].Test; !near(f.ScoreP, c.oneSided) || !near(f.ScoreTwoSided, c.twice) {
			t.Errorf("%s: p-values %v and %v; want %v and %v", c.name, f.ScoreP, f.ScoreTwoSided, c.oneSided, c.twice)
		}
		if len(pairs) != 1 || !near(pairs[0].PValue, c.pair) {
			t.Errorf("%s: pairs %+v; want one of %v", c.name, pairs, c.pair)
		}
		r := Recommend(Evidence{Options: options, Pairs: pairs, Confirmed: true})
		if r.Use != c.use || r.Why != c.why || r.Chosen != remeasured {
			t.Errorf("%s: %s because %q; want %s because %q", c.name, r.Use, r.Why, c.use, c.why)
		}
	}
}
