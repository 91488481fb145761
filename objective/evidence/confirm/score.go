package confirm

import (
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// CompareScores compares the scores of two procedures: their corrected spreads, each with
// the expected charge for the balanced accuracy that it lost against a third one, nothing,
// which is the unweighted model. All are measured on the same sample and seeds. b may be
// nothing itself, which has lost none, and is not charged.
//
// With d the estimate of what a procedure lost and se its standard error over seeds and
// examples ([Comparison]),
//
//	charge   = expected charge for a drop d that is known with se, see objective.Score.Charge
//	estimate = spread_a + charge_a - spread_b - charge_b
//
// The standard error is that of the package comment, where the figure of seed s is linear
// in the recalls: the slope of the charge by the drop is penalty * Phi((d - tolerance)/se)
// (delta method), so that spread and accuracy are paired over seeds and examples together. A and
// B are the scores, the spread and the charge.
func CompareScores(a, b, nothing *Measured, score objective.Score) (Difference, error) {
	plain, err := Compare(a, b, score.Spread)
	if err != nil {
		return Difference{}, err
	}
	of := []*Measured{a, b}
	charge, slope := make([]float64, 2), make([]float64, 2)
	for i, m := range of {
		if m == nothing {
			continue
		}
		drop, err := Compare(m, nothing, score.Spread)
		if err != nil {
			return Difference{}, err
		}
		lost, se := -drop.BalancedAccuracy.Estimate, drop.BalancedAccuracy.SE
		charge[i], slope[i] = score.Charge(lost, se), score.Penalty*score.LossProbability(lost, se)
	}
	sample, seeds := a.sample, a.Seeds()
	spreadA, spreadB := a.spreads(score.Spread), b.spreads(score.Spread)
	k := float64(sample.present)
	terms := pair{a, b}.terms(plus(spreadA.slope, -slope[0]/k), plus(spreadB.slope, -slope[1]/k))
	terms = append(terms, term{nothing, constant(seeds, sample.classes, (slope[0]-slope[1])/k)})
	var sum crossed
	for c := range sample.classes {
		sum.add(crossedOf(terms, c))
	}
	base := nothing.balanced()
	x, y := scores(spreadA.value, base, a.balanced(), charge[0], slope[0]), scores(spreadB.value, base, b.balanced(), charge[1], slope[1])
	d := newDifference(x, y, sum)
	d.A, d.B = plain.Spread.A+charge[0], plain.Spread.B+charge[1]
	return d, nil
}

// plus adds a number to every slope.
func plus(slopes [][]float64, x float64) [][]float64 {
	out := make([][]float64, len(slopes))
	for s, row := range slopes {
		out[s] = make([]float64, len(row))
		for c, v := range row {
			out[s][c] = v + x
		}
	}
	return out
}

// scores returns a procedure's score on every seed, with the charge in its linear form:
// their mean is the mean spread plus the charge.
func scores(spread, before, after []float64, charge, slope float64) []float64 {
	drops := make([]float64, len(spread))
	for s := range drops {
		drops[s] = before[s] - after[s]
	}
	mean := interval.ShiftedMean(drops)
	out := make([]float64, len(spread))
	for s := range out {
		out[s] = spread[s] + charge + float64(slope*(drops[s]-mean))
	}
	return out
}

// Over returns the probability that A lost more balanced accuracy against B than the
// tolerance, by Student's t: .5 where the estimate is the tolerance, up to rounding.
func (c Comparison) Over(tolerance float64) float64 {
	b := c.BalancedAccuracy
	over := -b.Estimate - tolerance
	if math.Abs(over) <= objective.Slack {
		over = 0
		if b.SE == 0 {
			return 0 // exactly the tolerance, without noise, is within it
		}
	}
	return interval.Below(over, b.SE, b.Freedom)
}
