package posthoc

import (
	"fmt"

	"evenkeel/objective"
)

// FoldsOf cuts the validation part of a run into folds, given the true classes of its
// examples. The errors are those of [NewLogits] and [NewFolds].
func FoldsOf(r *objective.Result, labels []uint16) (*Folds, error) {
	part, err := NewLogits(r.Val.Classes(), r.ValLogits, labels)
	if err != nil {
		return nil, err
	}
	return NewFolds(part)
}

// Deriver returns the [objective.Deriver] of a study with a spread: weights that are
// applied post hoc are cross-fitted, so that no example is judged by weights it had a
// part in.
func Deriver(spread objective.Spread) objective.Deriver {
	return func(plan objective.Plan, train []int, base *objective.Result, labels []uint16) ([]objective.Derived, error) {
		folds, err := FoldsOf(base, labels)
		if err != nil {
			return nil, err
		}
		chain := Chain{Recipe: plan.Recipe, Rounds: plan.Rounds, Train: train, Spread: spread}
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
	part, err := NewLogits(base.Val.Classes(), base.TestLogits, base.TestLabels)
	if err != nil {
		return fmt.Errorf("test part: %w", err)
	}
	shift := FromWeights(weights)
	into.Test, into.TestPredictions, into.TestLabels = part.Confusion(shift), part.Predict(shift, nil), base.TestLabels
	return nil
}

// ShiftedResult returns what a run gives with its logits shifted by the weights, which
// were not measured on it; see [FromWeights]. Labels are the true classes of its
// validation examples. Where the run has test logits with labels, the result has a test
// part. The errors are those of [NewLogits].
func ShiftedResult(base *objective.Result, labels []uint16, weights []float64) (*objective.Result, error) {
	part, err := NewLogits(base.Val.Classes(), base.ValLogits, labels)
	if err != nil {
		return nil, err
	}
	shift := FromWeights(weights)
	r := &objective.Result{Val: part.Confusion(shift), ValPredictions: part.Predict(shift, nil), ValLabels: base.ValLabels}
	return r, shiftTest(base, weights, r)
}

// TestPredictions returns what a run that has logits and labels of the test part predicts
// there with offsets, in nats, one per class. The errors are those of [NewLogits].
func TestPredictions(r *objective.Result, offsets []float64) ([]uint16, error) {
	test, err := NewLogits(r.Val.Classes(), r.TestLogits, r.TestLabels)
	if err != nil {
		return nil, fmt.Errorf("offsets: test part: %w", err)
	}
	return test.Predict(offsets, nil), nil
}
