package posthoc

import (
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// offsetsEffect is what the intervals of a [Fixed] are made of: one entry a model, and the
// variances over examples of the mean changes, with what fitting the offsets adds.
type offsetsEffect struct {
	before, after []objective.Round
	// plain is the spread after, as [CrossFitted.Spread] has it.
	plain                  []float64
	variance, costVariance float64
}

// Together is what the models of a [Fixed] and its offsets do together, against other models
// without offsets on the same seeds and examples. Spreads are plain.
type Together struct {
	// Change is that of the spread, Cost that of the balanced accuracy.
	Change, Cost Interval
	// ScoreSE is the standard error of Change - slope * Cost.
	ScoreSE float64
}

// Together returns what the models and their offsets do together, against other models on the
// same seeds: from has the run of each in the order of the models; nil stands for the models
// themselves, without offsets. slope is what the score rises with a unit of lost accuracy.
//
// Both changes are made on the same seeds and examples, so they depend on each other. With
// d_s the change of seed s from its run in from to its model with offsets, of the spread, of
// the balanced accuracy or of the score,
//
//	half width^2 = t^2 var(d_s) / S + z^2 (v + L(a - c) - L(a - b))
//
// where v is the variance over examples that [EstimateFixed] has for the offsets alone, with
// what fitting them adds, and L the first-order one ([objective.ImageVariance]) of the mean
// difference, a being the models with offsets, b without, and c the runs in from. So what the
// two changes share over examples is in the last part, which is never below L(a - c). Of the
// score, v is v_spread + slope^2 v_accuracy and what both share, to first order.
func (f *Fixed) Together(spread objective.Spread, slope float64, from []objective.Round) Together {
	e := f.effect
	if from == nil {
		from = e.before
	}
	var changes, costs, scores []float64
	for s, before := range from {
		change := e.plain[s] - spread.Of(before.Val.Recall())
		cost := e.after[s].Val.BalancedAccuracy() - before.Val.BalancedAccuracy()
		changes, costs = append(changes, change), append(costs, cost)
		scores = append(scores, change-float64(slope*cost))
	}
	first := func(before []objective.Round, change, cost float64) float64 {
		return objective.ImageVariance(spread.Linear(e.after, change), balancedLinear(e.after, cost),
			spread.Linear(before, -change), balancedLinear(before, -cost))
	}
	variance := func(change, cost, own float64) float64 {
		together := first(from, change, cost)
		return max(together, own+together-first(e.before, change, cost))
	}
	own := e.variance + float64(slope*slope*e.costVariance) +
		(first(e.before, 1, -slope) - first(e.before, 1, 0) - first(e.before, 0, -slope))
	return Together{
		Change:  around(interval.Mean(changes), halfWidth(changes, variance(1, 0, e.variance))),
		Cost:    around(interval.Mean(costs), halfWidth(costs, variance(0, 1, e.costVariance))),
		ScoreSE: halfWidth(scores, variance(1, -slope, own)) / interval.Quantile(interval.TwoSided, math.Inf(1)),
	}
}
