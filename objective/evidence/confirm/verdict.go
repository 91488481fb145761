package confirm

import (
	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// Verdict is a difference of spreads in words.
type Verdict string

// The verdicts. There is no "slightly worse": a spread that is larger beyond noise is
// worse.
const (
	Better         Verdict = "better"
	SlightlyBetter Verdict = "slightly better"
	NoDifference   Verdict = "no difference beyond noise"
	Worse          Verdict = "worse"
)

// slight is the share of B's figure below which a gain is called slight. Our choice: few
// would retrain for less than a tenth of the unevenness.
const slight = 0.1

// Verdict returns the difference in words, where smaller is better (a spread): no
// difference beyond noise unless p <= 0.05, and a gain of less than a tenth of B
// is slight. p is PValue, or its adjusted value ([interval.Holm]) where several arms were
// confirmed.
func (d Difference) Verdict(p float64) Verdict {
	switch {
	case !(p <= 1-interval.Confidence):
		return NoDifference
	case d.Estimate > 0:
		return Worse
	case -d.Estimate < slight*d.B:
		return SlightlyBetter
	}
	return Better
}

// Gain reports whether the spread is smaller beyond noise, slightly or not.
func (v Verdict) Gain() bool { return v == Better || v == SlightlyBetter }

// Holding says whether A kept within an accuracy tolerance.
type Holding string

// The answers.
const (
	Held      Holding = "held"
	NotHeld   Holding = "not held"
	Undecided Holding = "undecided"
)

// Drop is the balanced accuracy that A lost against B.
type Drop struct {
	// Drop is B's balanced accuracy minus A's; negative if A gained.
	Drop float64
	// Low and High are the one-sided 95 % bounds: the true drop is above Low with
	// 95 %, and below High with 95 %.
	Low, High float64
	// Holding says whether the drop stays within the tolerance: held if even High
	// does, not held if Low does not.
	Holding Holding
}

// Tolerance says whether A lost at most the given balanced accuracy against B, with
// [objective.Slack] for rounding.
func (c Comparison) Tolerance(tolerance float64) Drop {
	b := c.BalancedAccuracy
	half := interval.Quantile(interval.Confidence, b.Freedom) * b.SE
	d := Drop{Drop: -b.Estimate, Low: -b.Estimate - half, High: -b.Estimate + half, Holding: Undecided}
	switch {
	case d.High <= tolerance+objective.Slack:
		d.Holding = Held
	case d.Low > tolerance+objective.Slack:
		d.Holding = NotHeld
	}
	return d
}
