package results

import (
	"math"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
)

// finding is a comparison of spreads.
func finding(what, against objective.Option, from, to, p float64) runs.ConfirmedRow {
	return runs.ConfirmedRow{
		What: what, Against: against, AgainstSpread: from, Spread: to, Difference: to - from, PValue: p,
		Tolerance: confirm.Held, BalancedAccuracy: 0.8, AgainstBalancedAccuracy: 0.8,
	}
}

// gain is the recipe against the reference, .1 to .05, with a p-value.
func gain(p float64) runs.ConfirmedRow {
	return finding(objective.OptionWeightsRemeasured, objective.OptionNothing, 0.1, 0.05, p)
}

// TestJudgeCorrectsForTheFamily: Holm's method over arms that were confirmed in the same
// way. Of two arms the smaller p-value counts twice; offsets are one test beside all arms.
func TestJudgeCorrectsForTheFamily(t *testing.T) {
	arm := func(trial int, resplit bool, rows ...runs.ConfirmedRow) runs.ConfirmedArm {
		return runs.ConfirmedArm{Trial: trial, Round: 1, Resplit: resplit, Rows: rows}
	}
	offsets := finding(objective.OptionOffsetsRefitted, objective.OptionNothing, 0.1, 0.05, 0.04)
	for _, c := range []struct {
		name     string
		arms     []runs.ConfirmedArm
		family   int
		verdicts []confirm.Verdict // of the first arm
	}{
		{"alone", []runs.ConfirmedArm{arm(1, false, gain(0.04))}, 1, []confirm.Verdict{confirm.Better}},
		{".04 of two is .08", []runs.ConfirmedArm{arm(1, false, gain(0.04)), arm(2, false, gain(0.5))}, 2, []confirm.Verdict{confirm.NoDifference}},
		{".04 behind .01 is .04", []runs.ConfirmedArm{arm(1, false, gain(0.04)), arm(2, false, gain(0.01))}, 2, []confirm.Verdict{confirm.Better}},
		{".02 of three is .06", []runs.ConfirmedArm{arm(1, false, gain(0.02)), arm(2, false, gain(0.5)), arm(3, false, gain(0.5))}, 3, []confirm.Verdict{confirm.NoDifference}},
		{"one on parts drawn anew is another family", []runs.ConfirmedArm{arm(1, false, gain(0.04)), arm(2, true, gain(0.5))}, 1, []confirm.Verdict{confirm.Better}},
		{"offsets stay as they are", []runs.ConfirmedArm{arm(1, false, gain(0.04), offsets), arm(2, false, gain(0.5), offsets)}, 2, []confirm.Verdict{confirm.NoDifference, confirm.Better}},
		{"another comparison is none of the family", []runs.ConfirmedArm{arm(1, false, gain(0.04)), arm(2, false, finding(objective.OptionWeightsFixed, objective.OptionNothing, 0.1, 0.05, 0.5))}, 2, []confirm.Verdict{confirm.Better}},
	} {
		got := Judge(c.arms)[0]
		if got.Family != c.family {
			t.Errorf("%s: a family of %d; want %d", c.name, got.Family, c.family)
		}
		for i, want := range c.verdicts {
			if got.Verdicts[i] != want {
				t.Errorf("%s: row %d is %q; want %q", c.name, i, got.Verdicts[i], want)
			}
		}
	}
}

// TestScoresOfSeveralArms: two-sided p-values are those of the scores themselves, adjusted as
// such, so that a one-sided p-value that the adjustment makes 1 does not become one of 0;
// arms without p-values, of confirmations by an earlier version, are left out.
func TestScoresOfSeveralArms(t *testing.T) {
	arm := func(trial int, p float64) runs.ConfirmedArm {
		row := gain(0.5)
		row.ScorePValue = p
		return runs.ConfirmedArm{Trial: trial, Round: 1, Rows: []runs.ConfirmedRow{row}}
	}
	for _, c := range []struct {
		name            string
		arms            []runs.ConfirmedArm
		oneSided, twice float64 // of the first arm
	}{
		{"alone", []runs.ConfirmedArm{arm(1, 0.04)}, 0.04, 0.08},
		{"of two", []runs.ConfirmedArm{arm(1, 0.01), arm(2, 0.5)}, 0.02, 0.04},
		{"above one half, of two", []runs.ConfirmedArm{arm(1, 0.55), arm(2, 0.6)}, 1, 1},
		{"the other has none", []runs.ConfirmedArm{arm(1, 0.01), arm(2, math.NaN())}, 0.01, 0.02},
		{"it has none", []runs.ConfirmedArm{arm(1, math.NaN()), arm(2, 0.01)}, math.NaN(), math.NaN()},
	} {
		got := Judge(c.arms)[0]
		same := func(a, b float64) bool { return math.Abs(a-b) < 1e-15 || math.IsNaN(a) && math.IsNaN(b) }
		if !same(got.ScorePValues[0], c.oneSided) || !same(got.ScoreTwoSided[0], c.twice) {
			t.Errorf("%s: %v and %v; want %v and %v", c.name, got.ScorePValues[0], got.ScoreTwoSided[0], c.oneSided, c.twice)
		}
	}
}

// TestKeeps: the share is that of two gains beyond noise, and of nothing else.
func TestKeeps(t *testing.T) {
	const sure, unsure = 0.001, 0.4
	vector := func(to, p float64) runs.ConfirmedRow {
		return finding(objective.OptionWeightsFixed, objective.OptionNothing, 0.1, to, p)
	}
	for _, c := range []struct {
		name  string
		rows  []runs.ConfirmedRow
		want  Share
		share float64
	}{
		{"both gain", []runs.ConfirmedRow{gain(sure), vector(0.08, sure)}, KeepsShare, 0.4},
		{"the vector is worse", []runs.ConfirmedRow{gain(sure), vector(0.12, sure)}, KeepsNothing, 0},
		{"the vector is noise", []runs.ConfirmedRow{gain(sure), vector(0.08, unsure)}, ShareUnknown, 0},
		{"the recipe is noise", []runs.ConfirmedRow{gain(unsure), vector(0.08, sure)}, OnlyVectorGain, 0},
		{"both are noise", []runs.ConfirmedRow{gain(unsure), vector(0.08, unsure)}, NoGain, 0},
		{"no vector", []runs.ConfirmedRow{gain(sure)}, NotConfirmed, 0},
	} {
		w := &Weights{Confirmed: &Judge([]runs.ConfirmedArm{{Rows: c.rows}})[0]}
		if got, share := w.Keeps(); got != c.want || share < c.share-1e-12 || share > c.share+1e-12 {
			t.Errorf("%s: %q, %v; want %q, %v", c.name, got, share, c.want, c.share)
		}
	}
	if got, _ := (&Weights{}).Keeps(); got != NotConfirmed {
		t.Errorf("not confirmed: %q", got)
	}
}
