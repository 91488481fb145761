package search

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
)

// IgnoredError says that training ignores the class weights: a trial's weights, and then 20
// times the weight of the worst class, gave the very predictions of the unweighted model.
type IgnoredError struct {
	Trial int
	Seed  int64
	// Class is the worst class, Ratio the largest of the trial's weights over the smallest.
	Class string
	Ratio float64
}

// Error says so, with what to do.
func (e *IgnoredError) Error() string {
	return fmt.Sprintf("the training ignores its class weights: on seed %d those of trial %d (max/min %.1f) and then %s times %v gave "+
		"exactly the predictions of no weights; pass the weights of each run to the loss (evenkeel check says more), "+
		"or go on all the same with --keep-going", e.Seed, e.Trial, e.Ratio, objective.InSentence(e.Class), objective.ProbeFactor)
}

// poorRecall is the recall of the worst class below which 20 times its weight cannot fail to
// change a prediction where the logits are not known. Our choice.
const poorRecall = 0.9

// checkWeights finds out whether the first trial that was trained with unequal weights predicts
// what the unweighted model does, and if so trains one run with the worst class times 20, which
// belongs to no trial. It returns an [*IgnoredError] where that has no effect either. It waits
// until every step before that trial's has its outcome, so that it does not depend on which
// ends first, and judges once an invocation; the run is found in the store by later ones.
func (d *Driver) checkWeights(ctx context.Context) error {
	if d.weightsChecked || d.KeepGoing {
		return nil
	}
	for _, r := range d.steps {
		if r.Outcome == nil {
			return nil
		}
		plan, err := d.Definition.Plan(d.pointOf(r.Step.Trial))
		if err != nil || !plan.Trained() || r.Outcome.Err != "" {
			continue
		}
		if ratio, same, ok := weightedAlike(r.Outcome.Replicates); ok {
			d.weightsChecked = true
			if !same {
				return nil
			}
			return d.probe(ctx, r.Step.Trial, plan, r.Outcome.Replicates[0], ratio)
		}
	}
	return nil
}

// weightedAlike reports whether all weighted rounds have the matrix of their unweighted round,
// and the largest ratio of weights; ok is false where no weights are unequal.
func weightedAlike(reps []objective.Replicate) (ratio float64, same, ok bool) {
	same = true
	for _, rep := range reps {
		for _, round := range rep.Rounds[1:] {
			low, high := slices.Min(round.Weights), slices.Max(round.Weights)
			if low == high {
				continue
			}
			ok, ratio = true, max(ratio, high/low)
			same = same && round.Val.Equal(rep.Rounds[0].Val)
		}
	}
	return ratio, same, ok
}

// probe trains the run with the worst class times 20 on a seed and compares it with the
// unweighted one. What cannot be trained, or says nothing, is no finding.
func (d *Driver) probe(ctx context.Context, trial int, plan objective.Plan, rep objective.Replicate, ratio float64) error {
	val := rep.Rounds[0].Val
	if guessing.Judge([]guessing.Run{{Val: val}}).Kind != guessing.Fine {
		return nil // then nothing means anything, and that is said elsewhere
	}
	worst, recall := objective.Lowest(val.Recall())
	weights := slices.Repeat([]float64{1}, val.Classes())
	weights[worst] = objective.ProbeFactor
	base := d.eval.Spec(plan.Model, rep.Seed)
	changed, err := base.WithWeights(weights, plan.Apply, plan.WeightsFrom)
	if err != nil {
		return err
	}
	var results [2]*objective.Result
	for i, spec := range []objective.Spec{base, changed} {
		answer, err := d.eval.Runner.Run(ctx, spec)
		if errors.Is(err, objective.ErrStorage) || errors.Is(err, objective.ErrTrainerBroken) {
			return err
		}
		if err != nil {
			return nil
		}
		results[i] = answer.Result
	}
	if !sameModel(results[0], results[1], recall) {
		return nil
	}
	return &IgnoredError{Trial: trial, Seed: rep.Seed, Class: d.eval.Info.Classes[worst], Ratio: ratio}
}

// sameModel reports whether two runs are surely the same model: equal logits, or, where one's are
// not known, equal predictions of a model whose worst class has a poor recall.
func sameModel(a, b *objective.Result, worst float64) bool {
	if !a.Val.Equal(b.Val) || a.ValPredictions != nil && b.ValPredictions != nil && !slices.Equal(a.ValPredictions, b.ValPredictions) {
		return false
	}
	if a.ValLogits != nil && b.ValLogits != nil {
		return slices.Equal(a.ValLogits, b.ValLogits)
	}
	return worst < poorRecall
}
