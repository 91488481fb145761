package objective

import (
	"math"
	"slices"

	"evenkeel/schemes"
)

// Score is what a study minimises: the spread of the per-class recalls, plus the
// expected charge for balanced accuracy lost.
type Score struct {
	Spread Spread
	// Tolerance is the balanced accuracy that may be lost against the better of
	// the reference and the trial's own baseline without charge.
	Tolerance float64
	// Penalty is the charge per unit of balanced accuracy lost beyond that.
	Penalty float64
}

// Charge returns the expected charge for a drop of balanced accuracy that is known with
// a standard error. The true drop D is taken as normal with that mean and deviation:
//
//	penalty * E[max(0, D - tolerance)] = penalty * se * (phi(z) + z Phi(z)),  z = (drop - tolerance) / se
//
// Without an error, se = 0, it is penalty * max(0, drop - tolerance). It rises smoothly
// with the drop, and with se. A drop that is not a number has that charge.
//
// Source: the expected improvement of J. Mockus, V. Tiesis, A. Zilinskas, The application
// of Bayesian methods for seeking the extremum, 1978, with the sign turned round.
func (s Score) Charge(drop, se float64) float64 {
	over := drop - s.Tolerance
	if !(se > 0) {
		return float64(s.Penalty * max(0, over))
	}
	z := over / se
	if z < 0 { // phi(z) - abs(z) Q(abs(z)): never below 0, but for rounding
		return float64(s.Penalty * se * max(0, NormalDensity(z)-float64(-z*NormalUpper(-z))))
	}
	return float64(s.Penalty * (over + float64(se*max(0, NormalDensity(z)-float64(z*NormalUpper(z))))))
}

// After returns the score by which to shift the logits of a model that loses drop of balanced
// accuracy against the reference before they are shifted, or gains it, below 0: the
// tolerance is what is left for the shift. It may be below 0, and the score of no shift then
// contains a charge.
func (s Score) After(drop float64) Score {
	s.Tolerance -= drop
	return s
}

// LossProbability returns the probability that the true drop, normal as for
// [Score.Charge], exceeds the tolerance. Without an error, se = 0, it is 0 or 1, and a drop
// that is exactly the tolerance is within it.
func (s Score) LossProbability(drop, se float64) float64 {
	over := drop - s.Tolerance
	switch {
	case se > 0 && over > 0:
		return 1 - NormalUpper(over/se)
	case se > 0:
		return NormalUpper(-over / se)
	case over > Slack:
		return 1
	}
	return 0
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
	// Change is the spread minus the reference's on the same seeds, mean(spread_s - reference_s).
	Change float64
	// Charge is the expected charge for Drop, known with DropSE ([Score.Charge]).
	Charge float64
	// Difference is the score minus the reference's on the same seeds, Change + Charge, so
	// that the score is the reference's mean spread over all its seeds plus Difference.
	// Lower is better, 0 is the reference.
	Difference float64
	// SumSquares is the sum of squares, about its mean and on Seeds-1 degrees of
	// freedom, of what Difference is the mean of to first order:
	//
	//	spread_s - reference_s + penalty * Phi((Drop - tolerance) / DropSE) * drop_s
	//
	// Intervals are made of it.
	SumSquares float64
	// ImageVariance is the variance of Difference over validation images, stratified
	// by class, with the same seeds ([ImageVariance]): what drawing other images of
	// the same number would do to it, to first order.
	ImageVariance float64
	// Drop is the balanced accuracy lost against the better of the reference
	// and the own baseline (each by its mean over the arm's seeds).
	Drop float64
	// DropSE is the standard error of Drop: DropSeedVariance/Seeds + DropImageVariance is
	// its square.
	DropSE float64
	// DropSeedVariance is the variance of the drop over seeds, pooled over all rounds of
	// the trial, since seeds are few; 0 for one seed, where it is not known.
	DropSeedVariance float64
	// DropImageVariance is the variance of Drop over validation images, with the same seeds:
	// the mean of [Round.BalancedVariance].
	DropImageVariance float64
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

// CommonSE returns a standard error of balanced accuracy for comparing arms of which little
// is known, one for all arms of a study: that of the reference, over its validation images,
//
//	sqrt(sum over classes of r_c (1 - r_c) / m_c) / K
//
// for recalls r, m examples of a class and K classes that have any. What a sampler or a
// screen learns from does not change then when an arm gets more seeds.
func CommonSE(reference Round) float64 {
	return math.Sqrt(unpairedVariance(reference.Val, reference.Val) / 2)
}

// Leads reports whether an arm ranks before another one: it has more seeds, else its score
// is lower.
func (a Arm) Leads(b Arm) bool {
	if a.Seeds != b.Seeds {
		return a.Seeds > b.Seeds
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
//	se^2 = mean over rounds of var_s(drop_s)/seeds + mean_s([Round.BalancedVariance])
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
	series := make([]paired, 0, len(replicates[0].Rounds))
	var seedVariance float64
	for r := 1; r < len(replicates[0].Rounds); r++ {
		arm, p := s.arm(replicates, r)
		arms, series = append(arms, arm), append(series, p)
		if arm.Seeds > 1 {
			seedVariance += sumSquares(p.drops) / float64(arm.Seeds-1)
		}
	}
	for i := range arms {
		s.charge(&arms[i], series[i], seedVariance/float64(len(arms)))
	}
	return arms
}

// paired are the differences of one arm to the reference, and its drops, one a seed.
type paired struct{ diffs, drops []float64 }

// charge adds the charge for lost accuracy to an arm, and what depends on it.
func (s Score) charge(a *Arm, p paired, seedVariance float64) {
	a.DropSeedVariance = seedVariance
	a.DropSE = math.Sqrt(seedVariance/float64(a.Seeds) + a.DropImageVariance)
	a.Charge = s.Charge(a.Drop, a.DropSE)
	a.Difference = a.Change + a.Charge
	slope := float64(s.Penalty * s.LossProbability(a.Drop, a.DropSE))
	for i := range p.diffs {
		p.diffs[i] += float64(slope * p.drops[i])
	}
	a.SumSquares = sumSquares(p.diffs)
}

// arm measures one round over all replicates, without the charge.
func (s Score) arm(replicates []Replicate, round int) (Arm, paired) {
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
	arm.Change, arm.DropImageVariance = mean(diff), mean(balVar)
	return arm, paired{diff, drops}
}

// imageVariance measures [Arm.ImageVariance]. The charge, as far as it rises with the drop,
// is against the better one of reference and own baseline.
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
	if slope := float64(s.Penalty * s.LossProbability(of.Drop, of.DropSE)); slope > 0 {
		with.addBalanced(-slope)
		if ownBalanced > refBalanced {
			without = s.Spread.Linear(own, 0)
			parts = append(parts, without)
		}
		without.addBalanced(slope)
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
