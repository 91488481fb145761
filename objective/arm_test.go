package objective_test

import (
	"math"
	"testing"

	"evenkeel/objective"
)

// matrix returns a two-class confusion matrix with the given numbers right out
// of ten each.
func matrix(t *testing.T, right0, right1 int64) *objective.Confusion {
	t.Helper()
	m, err := objective.ConfusionFromRows([][]int64{{right0, 10 - right0}, {10 - right1, right1}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// round measures a matrix by hand: with two classes the population standard
// deviation is half the gap.
func round(t *testing.T, number int, right0, right1 int64, balancedVariance float64, weights ...float64) objective.Round {
	t.Helper()
	return objective.Round{
		Round: number, Val: matrix(t, right0, right1), Weights: weights,
		Spread:           math.Abs(float64(right0-right1)) / 20,
		BalancedAccuracy: float64(right0+right1) / 20, Accuracy: float64(right0+right1) / 20,
		BalancedVariance: balancedVariance,
	}
}

// TestArms checks every figure of an arm against values worked out by hand.
func TestArms(t *testing.T) {
	score := objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2}
	reps := []objective.Replicate{
		{ // reference .9/.5, own baseline .9/.6, arm .8/.6
			Reference: round(t, 0, 9, 5, 0),
			Rounds:    []objective.Round{round(t, 0, 9, 6, 0), round(t, 1, 8, 6, 0.0004, 0.5, 1.5)},
		},
		{ // reference .9/.7, own baseline .9/.5, arm .7/.7
			Reference: round(t, 0, 9, 7, 0),
			Rounds:    []objective.Round{round(t, 0, 9, 5, 0), round(t, 1, 7, 7, 0.0008, 0.4, 1.6)},
		},
	}
	arms := score.Arms(reps)
	if len(arms) != 1 {
		t.Fatalf("%d arms, want 1", len(arms))
	}
	// Spreads: arm .1, 0; reference .2, .1; own .15, .2. Balanced accuracy: arm
	// .7, .7; reference .7, .8 (the better baseline, .75 on average against
	// .725). Drops: 0, .1, mean .05 with the variance .005 over seeds; se^2 =
	// .005/2 + .0006. With z = (.05 - .01)/se the charge is 2 (se phi(z) + .04 Phi(z)),
	// by Python's math.erfc. Differences of spread: -.1, -.1. With the charge to first
	// order, per seed: -.1 and -.1 + 2 Phi(z) .1, sum of squares (.2 Phi(z))^2 / 2.
	// Class means of the arm: .75, .65. Ratios 3 and 4: geometric mean sqrt 12.
	a := arms[0]
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Round", float64(a.Round), 1},
		{"Seeds", float64(a.Seeds), 2},
		{"Spread", a.Spread, 0.05},
		{"SpreadSE", a.SpreadSE, 0.05},
		{"Gap", a.Gap, 0.1},
		{"WorstClass", float64(a.WorstClass), 1},
		{"WorstRecall", a.WorstRecall, 0.65},
		{"BalancedAccuracy", a.BalancedAccuracy, 0.7},
		{"Accuracy", a.Accuracy, 0.7},
		{"Change", a.Change, -0.1},
		{"Charge", a.Charge, 0.09541990845973691},
		{"Difference", a.Difference, -0.004580091540263093},
		{"SumSquares", a.SumSquares, 0.011666317696167952},
		{"DropSE", a.DropSE, 0.055677643628300216},
		{"DropSeedVariance", a.DropSeedVariance, 0.005},
		{"DropImageVariance", a.DropImageVariance, 0.0006},
		{"Drop", a.Drop, 0.05},
		{"WeightGain", a.WeightGain, 0.125},
		{"WeightRatio", a.WeightRatio, math.Sqrt(12)},
		{"ReferenceSpread", a.ReferenceSpread, 0.15},
		{"ReferenceBalancedAccuracy", a.ReferenceBalancedAccuracy, 0.75},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
}

// TestCharge compares with penalty (se phi(z) + (drop - tolerance) Phi(z)) by Python's
// math.erfc, for a tolerance of .01 and a penalty of 2, and with the hinge where there is
// no error.
func TestCharge(t *testing.T) {
	score := objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2}
	for _, c := range []struct{ drop, se, charge, probability float64 }{
		{0.0, 0, 0, 0.0},
		{0.01, 0, 0, 0.0},
		{0.03, 0, 0.039999999999999994, 1.0},
		{0.0, 0.01, 0.0016663094117537257, 0.15865525393145707},
		{0.01, 0.01, 0.007978845608028654, 0.5},
		{0.03, 0.01, 0.04016981405233659, 0.9772498680518208},
		{0.005, 0.002, 8.016548716512764e-06, 0.006209665325776139},
		{0.2, 0.001, 0.38, 1.0},
		{-0.1, 0.001, 0.0, 0.0},
		{-0.3, 0.001, 0.0, 0.0},
	} {
		if got := score.Charge(c.drop, c.se); math.Abs(got-c.charge) > 1e-15 || got < 0 {
			t.Errorf("Charge(%v, %v) = %v, want %v", c.drop, c.se, got, c.charge)
		}
		if got := score.LossProbability(c.drop, c.se); math.Abs(got-c.probability) > 1e-15 {
			t.Errorf("LossProbability(%v, %v) = %v, want %v", c.drop, c.se, got, c.probability)
		}
	}
}

// TestChargeIsMonotone: it never falls as the drop or its error rises, and is never below
// the hinge.
func TestChargeIsMonotone(t *testing.T) {
	score := objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2}
	for _, se := range []float64{0, 1e-6, 1e-3, 0.01, 0.1} {
		before := 0.0
		for i := range 4001 {
			drop := float64(i-2000) / 10000
			got := score.Charge(drop, se)
			if got < before-1e-16 || got < score.Charge(drop, 0)-1e-16 || se > 0 && got < score.Charge(drop, se/2)-1e-16 {
				t.Fatalf("Charge(%v, %v) = %v, before it %v", drop, se, got, before)
			}
			before = got
		}
	}
}

// TestOneSeed: the spread of one seed has no standard error, and of the drop's only the
// images' part is known.
func TestOneSeed(t *testing.T) {
	reps := []objective.Replicate{{
		Reference: round(t, 0, 9, 5, 0),
		Rounds:    []objective.Round{round(t, 0, 9, 5, 0), round(t, 1, 8, 6, 0.0004, 1, 1)},
	}}
	arm := objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2}.Arms(reps)[0]
	if !math.IsNaN(arm.SpreadSE) || arm.DropSE != 0.02 || arm.DropSeedVariance != 0 {
		t.Errorf("SpreadSE %v, DropSE %v, DropSeedVariance %v; want NaN, .02, 0", arm.SpreadSE, arm.DropSE, arm.DropSeedVariance)
	}
}

func TestArmsOfNothing(t *testing.T) {
	if arms := (objective.Score{Spread: objective.StdDev}).Arms(nil); arms != nil {
		t.Errorf("no replicates gave arms %v", arms)
	}
}

// TestBalancedVariance: class 0 has four images with d = 1, 0, 0, -1 (variance
// 1/2), class 1 two with d = 0, 1 (variance 1/4); 1/4 * (1/2/3 + 1/4/1).
func TestBalancedVariance(t *testing.T) {
	truth := []uint16{0, 0, 0, 0, 1, 1}
	a := []uint16{0, 0, 1, 1, 1, 1}
	b := []uint16{1, 0, 1, 0, 1, 0}
	want := (0.5/3 + 0.25) / 4
	if got := objective.BalancedVariance(2, truth, a, b); math.Abs(got-want) > 1e-15 {
		t.Errorf("BalancedVariance = %v, want %v", got, want)
	}
	if got := objective.BalancedVariance(2, truth, a, a); got != 0 {
		t.Errorf("BalancedVariance of a run against itself = %v", got)
	}
	if got := objective.BalancedVariance(2, []uint16{0, 1}, []uint16{0, 1}, []uint16{1, 1}); got != 0 {
		t.Errorf("BalancedVariance with one image a class = %v, want 0", got)
	}
}
