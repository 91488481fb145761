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
	// .725). Drops: 0, .1, mean .05, so the charge is 2 * (.05 - .01) = .08.
	// Differences of spread: -.1, -.1, so Difference = -.1 + .08 = -.02.
	// With the charge, per seed: -.1 + 2*0 and -.1 + 2*.1, sum of squares .02.
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
		{"Difference", a.Difference, -0.02},
		{"SumSquares", a.SumSquares, 0.02},
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
	if !a.Over || a.Holds {
		t.Errorf("Over %v, Holds %v; want true, false", a.Over, a.Holds)
	}
}

// TestHoldsNeedsAStandardErrorToSpare: a drop of 0 holds a tolerance only if
// the noise of the drop is smaller than the tolerance.
func TestHoldsNeedsAStandardErrorToSpare(t *testing.T) {
	for _, c := range []struct {
		tolerance, variance float64
		holds               bool
	}{
		{0.01, 0.009 * 0.009, true},
		{0.01, 0.011 * 0.011, false},
		{0.02, 0.011 * 0.011, true},
	} {
		reps := []objective.Replicate{{
			Reference: round(t, 0, 9, 5, 0),
			Rounds:    []objective.Round{round(t, 0, 9, 5, 0), round(t, 1, 8, 6, c.variance, 1, 1)},
		}}
		arm := objective.Score{Spread: objective.StdDev, Tolerance: c.tolerance, Penalty: 2}.Arms(reps)[0]
		if arm.Holds != c.holds || arm.Over {
			t.Errorf("tolerance %v, se %v: Holds %v, Over %v; want %v, false",
				c.tolerance, math.Sqrt(c.variance), arm.Holds, arm.Over, c.holds)
		}
		if !math.IsNaN(arm.SpreadSE) {
			t.Errorf("SpreadSE over one seed is %v, want NaN", arm.SpreadSE)
		}
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
