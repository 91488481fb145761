package objective

import (
	"math"
	"slices"

	"evenkeel/schemes"
)

// Score is what a study minimises: the spread of the per-class recalls, plus a
// charge for balanced accuracy lost.
type Score struct {
	Spread Spread
	// Tolerance is the balanced accuracy that may be lost against the better of
	// the reference and the trial's own baseline without charge.
	Tolerance float64
	// Penalty is the charge per unit of balanced accuracy lost beyond that.
	Penalty float64
}

// Charge returns what a drop of balanced accuracy costs, penalty * max(0, drop - tolerance).
func (s Score) Charge(drop float64) float64 {
	return float64(s.Penalty * max(0, drop-s.Tolerance))
}

// Arm is a (trial, round >= 1), the thing that is ranked, measured over all the
// seeds the trial has. Figures are means over seeds unless they say otherwise,
// on the validation part.
type Arm struct {
	Round int
	// Seeds is the number of training seeds, the arm's tier.
	Seeds  int
	Spread float64
	// SpreadSE is the standard error of Spread over seeds; NaN for one seed.
	SpreadSE float64
	// Gap is max - min recall.
	Gap float64
	// WorstClass is the class with the lowest mean recall, WorstRecall.
	WorstClass                 int
	WorstRecall                float64
	BalancedAccuracy, Accuracy float64
	// Difference is the score minus the reference's on the same seeds,
	//
	//	mean(spread_s - reference_s) + penalty * max(0, Drop - tolerance),
	//
	// so that the score is the reference's mean spread over all its seeds plus
	// Difference. Lower is better, 0 is the reference.
	Difference float64
	// SumSquares is the sum of squares, about its mean and on Seeds-1 degrees of
	// freedom, of what Difference is the mean of: spread_s - reference_s, plus
	// penalty * drop_s where the charge applies. Intervals are made of it.
	SumSquares float64
	// ImageVariance is the variance of Difference over validation images, stratified
	// by class, with the same seeds ([ImageVariance]): what drawing other images of
	// the same number would do to it, to first order.
	ImageVariance float64
	// Drop is the balanced accuracy lost against the better of the reference
	// and the own baseline (each by its mean over the arm's seeds).
	Drop float64
	// Holds reports that the tolerance is held with one standard error to
	// spare, which a leader must; Over that Drop exceeds the tolerance.
	Holds, Over bool
	// WeightGain is the own baseline's spread minus Spread.
	WeightGain float64
	// WeightRatio is the geometric mean over seeds of max weight / min weight.
	WeightRatio float64
	// ReferenceSpread and ReferenceBalancedAccuracy are the reference's means on
	// the arm's seeds.
	ReferenceSpread, ReferenceBalancedAccuracy float64
}

// Slack forgives the rounding of a drop that is exactly the tolerance, such as
// 12 of 1,200 images: far above rounding errors, far below one image.
const Slack = 1e-9

// Over reports whether a drop of balanced accuracy exceeds the tolerance.
func (s Score) Over(drop float64) bool { return drop > s.Tolerance+Slack }

// Leads reports whether an arm goes before another one in the choice of a leader: it has
// more seeds, else it holds the tolerance, else its score is lower.
func (a Arm) Leads(b Arm) bool {
	switch {
	case a.Seeds != b.Seeds:
		return a.Seeds > b.Seeds
	case a.Holds != b.Holds:
		return a.Holds
	}
	return a.Difference < b.Difference
}

// Best returns the index of the arm with the lowest score, the first of equals; -1 without
// arms. They must have the same seeds, as those of one trial have.
func Best(arms []Arm) int {
	best := -1
	for i, a := range arms {
		if best < 0 || a.Difference < arms[best].Difference {
			best = i
		}
	}
	return best
}

// Arms returns the arms of a trial from its replicates, in the order of rounds
// 1..R. All replicates must have the same number of rounds; no replicates give
// no arms.
//
// The standard error of the accuracy drop joins both kinds of noise,
//
//	se^2 = var_s(drop_s)/seeds + mean_s([Round.BalancedVariance])
//
// The second term is not divided by the seeds, since every seed is measured on
// the same images, and it is that of the difference to the reference also where
// the own baseline is the better one. With one seed the first term is unknown
// and left out.
func (s Score) Arms(replicates []Replicate) []Arm {
	arms := s.Ranked(replicates)
	for i := range arms {
		arms[i].ImageVariance = s.imageVariance(replicates, arms[i])
	}
	return arms
}

// Ranked is Arms without ImageVariance, which costs more than all the rest and takes no
// part in ranking.
func (s Score) Ranked(replicates []Replicate) []Arm {
	if len(replicates) == 0 {
		return nil
	}
	arms := make([]Arm, 0, len(replicates[0].Rounds))
	for r := 1; r < len(replicates[0].Rounds); r++ {
		arms = append(arms, s.arm(replicates, r))
	}
	return arms
}

// arm measures one round over all replicates.
func (s Score) arm(replicates []Replicate, round int) Arm {
	n := len(replicates)
	spread, ref, own := make([]float64, n), make([]float64, n), make([]float64, n)
	diff, gap := make([]float64, n), make([]float64, n)
	bal, refBal, ownBal, acc := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	balVar, ratio := make([]float64, n), 1.0
	var recall []float64
	for i, rep := range replicates {
		a, o, b := rep.Rounds[round], rep.Rounds[0], rep.Reference
		spread[i], own[i], ref[i] = a.Spread, o.Spread, b.Spread
		diff[i] = a.Spread - b.Spread
		bal[i], ownBal[i], refBal[i] = a.BalancedAccuracy, o.BalancedAccuracy, b.BalancedAccuracy
		acc[i], balVar[i] = a.Accuracy, a.BalancedVariance
		ratio *= schemes.Pow(ratioOf(a.Weights), 1/float64(n))
		recalls := a.Val.Recall()
		gap[i] = Gap.Of(recalls)
		if recall == nil {
			recall = make([]float64, len(recalls))
		}
		for c, v := range recalls {
			recall[c] += v / float64(n)
		}
	}
	baseline, ownIsBetter := refBal, mean(ownBal) > mean(refBal)
	if ownIsBetter {
		baseline = ownBal
	}
	drops := make([]float64, n)
	for i := range drops {
		drops[i] = baseline[i] - bal[i]
	}
	arm := Arm{
		Round: round, Seeds: n,
		Spread: mean(spread), SpreadSE: math.Sqrt(sumSquares(spread) / float64((n-1)*n)),
		Gap:              mean(gap),
		BalancedAccuracy: mean(bal), Accuracy: mean(acc),
		Drop:       mean(drops),
		WeightGain: mean(own) - mean(spread), WeightRatio: ratio,
		ReferenceSpread: mean(ref), ReferenceBalancedAccuracy: mean(refBal),
	}
	if n == 1 {
		arm.SpreadSE = math.NaN()
	}
	arm.WorstClass, arm.WorstRecall = Lowest(recall)
	arm.Over = s.Over(arm.Drop)
	arm.Difference = mean(diff) + s.Charge(arm.Drop)
	if arm.Over {
		for i := range diff {
			diff[i] += float64(s.Penalty * drops[i])
		}
	}
	arm.SumSquares = sumSquares(diff)
	variance := mean(balVar)
	if n > 1 {
		variance += sumSquares(drops) / float64((n-1)*n)
	}
	arm.Holds = arm.Drop+math.Sqrt(variance) <= s.Tolerance+Slack
	return arm
}

// imageVariance measures [Arm.ImageVariance]. The charge, where it applies, is against
// the better one of reference and own baseline.
func (s Score) imageVariance(replicates []Replicate, of Arm) float64 {
	own, ref, arm := make([]Round, len(replicates)), make([]Round, len(replicates)), make([]Round, len(replicates))
	var ownBalanced, refBalanced float64
	for i, rep := range replicates {
		own[i], ref[i], arm[i] = rep.Rounds[0], rep.Reference, rep.Rounds[of.Round]
		ownBalanced += own[i].BalancedAccuracy
		refBalanced += ref[i].BalancedAccuracy
	}
	with, without := s.Spread.Linear(arm, 1), s.Spread.Linear(ref, -1)
	parts := []Linear{with, without}
	if of.Over {
		with.addBalanced(-s.Penalty)
		if ownBalanced > refBalanced {
			without = s.Spread.Linear(own, 0)
			parts = append(parts, without)
		}
		without.addBalanced(s.Penalty)
	}
	return ImageVariance(parts...)
}

// ratioOf returns max w / min w, 1 without weights.
func ratioOf(w []float64) float64 {
	if len(w) == 0 {
		return 1
	}
	return slices.Max(w) / slices.Min(w)
}

// Lowest returns the index and value of the smallest number, the first of equals: of
// recalls the worst class. NaN is left out; 0 and NaN if there is no other number.
func Lowest(x []float64) (int, float64) {
	at, low := 0, math.NaN()
	for i, v := range x {
		if !math.IsNaN(v) && !(v >= low) {
			at, low = i, v
		}
	}
	return at, low
}

// mean returns the arithmetic mean, summed in order: ranks depend on every bit.
func mean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// sumSquares returns the sum of squares about the mean.
func sumSquares(x []float64) float64 {
	m := mean(x)
	var sum float64
	for _, v := range x {
		d := v - m
		sum += float64(d * d)
	}
	return sum
}
