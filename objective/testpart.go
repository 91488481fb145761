package objective

import (
	"errors"
	"fmt"
	"slices"
)

// ErrIrreproducible is wrapped by the error of [Runner.RunTest] where a run that
// was trained again did not measure on validation what it had measured before:
// its test part would belong to another model.
var ErrIrreproducible = errors.New("the trainer is not reproducible")

// accept says what is wrong with a fresh answer; known is the run as it was found
// without the test part that is now asked for, nil if it is new.
func (r *Runner) accept(q request, logits bool, result, known *Result) error {
	if err := result.Check(r.classes); err != nil || !q.test {
		return err
	}
	if result.Test == nil {
		return fmt.Errorf("the test part was requested, but the trainer did not evaluate it")
	}
	if !logits {
		result.TestLogits = nil
	}
	if known == nil {
		return nil
	}
	if what := valDifference(known, result); what != "" {
		return fmt.Errorf("%w: run %.8s was trained again for its test part and its %s on validation differs from before; "+
			"`evenkeel check` tests whether equal seeds give equal results", ErrIrreproducible, q.id, what)
	}
	return nil
}

// valDifference names what two results of a run disagree about on validation, ""
// if nothing. What one of them lacks is not compared.
func valDifference(a, b *Result) string {
	switch {
	case !a.Val.Equal(b.Val):
		return "confusion matrix"
	case a.ValPredictions != nil && b.ValPredictions != nil && !slices.Equal(a.ValPredictions, b.ValPredictions):
		return "predictions"
	case a.Parameters != b.Parameters:
		return "trained model"
	}
	return ""
}
