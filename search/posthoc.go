package search

import (
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// Offsets is what offsets on the reference's logits do without any training, on
// one training seed: fitted to the study's own score, and measured on validation
// examples that had no part in the fit ([posthoc.CrossFitted]).
type Offsets struct {
	Replicate int
	// Values are the offsets fitted on all validation examples, in nats with sum
	// 0: what to add to the logits.
	Values []float64
	// Val is the confusion matrix of the cross-fitted predictions. Spread is not
	// quite its own, see [posthoc.CrossFitted.Spread].
	Val    *objective.Confusion
	Spread float64
	// Difference is the score minus the reference's, Drop the balanced accuracy
	// lost against it.
	Difference, Drop float64
}

// confirmedFits is the share of the work of [posthoc.Folds.Fit] that is in
// [posthoc.Folds.FitAll], which a confirmation does: besides the whole part and three
// times two thirds of it, nine times four ninths.
const confirmedFits = 3.0 / 7

// fitOffsets returns the offsets of a run of the reference; there are none where
// its logits or labels are unknown, or a class has too few examples to fit any.
func fitOffsets(score objective.Score, replicate int, r *objective.Result, labels []uint16) (Offsets, bool) {
	folds, err := foldsOf(r, labels)
	if err != nil {
		return Offsets{}, false
	}
	f := folds.Fit(score)
	return Offsets{
		Replicate: replicate, Values: f.All.Offsets, Val: f.Confusion,
		Spread: f.Spread(score.Spread), Difference: f.Difference(score), Drop: f.Drop(),
	}, true
}

// foldsOf cuts the validation part of a run in folds.
func foldsOf(r *objective.Result, labels []uint16) (*posthoc.Folds, error) {
	part, err := posthoc.NewLogits(r.Val.Classes(), r.ValLogits, labels)
	if err != nil {
		return nil, err
	}
	return posthoc.NewFolds(part)
}

// derive is the [objective.Deriver] of a study: weights that are applied post hoc
// are cross-fitted, so that no example is judged by weights it had a part in.
func derive(spread objective.Spread) objective.Deriver {
	return func(plan objective.Plan, train []int, base *objective.Result, labels []uint16) ([]objective.Derived, error) {
		folds, err := foldsOf(base, labels)
		if err != nil {
			return nil, err
		}
		chain := posthoc.Chain{Recipe: plan.Recipe, Rounds: plan.Rounds, Train: train, Spread: spread}
		rounds, err := chain.CrossFit(folds)
		if err != nil {
			return nil, err
		}
		var derived []objective.Derived
		for _, r := range rounds[1:] {
			result := &objective.Result{Val: r.Val, ValPredictions: r.CrossFitted.Predictions, ValLabels: base.ValLabels}
			if err := shiftTest(base, r.Weights, result); err != nil {
				return nil, err
			}
			derived = append(derived, objective.Derived{Round: r.Round, Result: result})
		}
		return derived, nil
	}
}

// shiftTest adds to a result what weights applied post hoc do to the test part of
// the run they shift, as far as that has one.
func shiftTest(base *objective.Result, weights []float64, into *objective.Result) error {
	if base.TestLogits == nil || base.TestLabels == nil {
		return nil
	}
	part, err := posthoc.NewLogits(base.Val.Classes(), base.TestLogits, base.TestLabels)
	if err != nil {
		return fmt.Errorf("test part: %w", err)
	}
	shift := posthoc.FromWeights(weights)
	into.Test, into.TestPredictions, into.TestLabels = part.Confusion(shift), part.Predict(shift, nil), base.TestLabels
	return nil
}

// shiftedResult is what a run says with its logits shifted by weights that were
// not measured on it.
func shiftedResult(base *objective.Result, labels []uint16, weights []float64) (*objective.Result, error) {
	part, err := posthoc.NewLogits(base.Val.Classes(), base.ValLogits, labels)
	if err != nil {
		return nil, err
	}
	shift := posthoc.FromWeights(weights)
	r := &objective.Result{Val: part.Confusion(shift), ValPredictions: part.Predict(shift, nil), ValLabels: base.ValLabels}
	return r, shiftTest(base, weights, r)
}

// offsetPredictions returns what the reference predicts on the test part with
// the offsets that were fitted to the score on validation; nil where there are none,
// see fitOffsets.
func offsetPredictions(score objective.Score, r *objective.Result, labels []uint16) ([]uint16, error) {
	if r.ValLogits == nil || r.TestLogits == nil || r.TestLabels == nil || labels == nil {
		return nil, nil
	}
	folds, err := foldsOf(r, labels)
	if err != nil {
		return nil, nil // nothing to fit to, as in a search
	}
	test, err := posthoc.NewLogits(r.Val.Classes(), r.TestLogits, r.TestLabels)
	if err != nil {
		return nil, fmt.Errorf("fitted offsets: test part: %w", err)
	}
	return test.Predict(folds.FitAll(score).Offsets, nil), nil
}
