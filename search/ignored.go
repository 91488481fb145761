package search

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
	"evenkeel/objective/models"
)

// IgnoredError says that training ignores the class weights: a trial's weights, and then 20
// times the weight of the worst class, gave the very predictions of the unweighted model, or
// changed them no more than training one seed twice does.
type IgnoredError struct {
	Trial int
	Seed  int64
	// Class is the worst class, Ratio the largest of the trial's weights over the smallest.
	Class string
	Ratio float64
	// Noise is the share of the predictions that change where one seed is trained twice; 0 where
	// the predictions were the very same.
	Noise float64
}

// Error says so, with what to do.
func (e *IgnoredError) Error() string {
	if e.Noise > 0 {
		return fmt.Sprintf("the training ignores its class weights, or its noise hides them: on seed %d those of trial %d (max/min %.1f) and then %s times %v "+
			"changed the predictions no more than training one seed twice does (%s of them); pass the weights of each run to the loss and seed the training "+
			"(evenkeel check says more), or go on all the same with --keep-going",
			e.Seed, e.Trial, e.Ratio, objective.InSentence(e.Class), objective.ProbeFactor, objective.Percent(e.Noise))
	}
	return fmt.Sprintf("the training ignores its class weights: on seed %d those of trial %d (max/min %.1f) and then %s times %v gave "+
		"exactly the predictions of no weights; pass the weights of each run to the loss (evenkeel check says more), "+
		"or go on all the same with --keep-going", e.Seed, e.Trial, e.Ratio, objective.InSentence(e.Class), objective.ProbeFactor)
}

// poorRecall is the recall of the worst class below which 20 times its weight cannot fail to
// change a prediction where the logits are not known. Our choice.
const poorRecall = 0.9

// checkWeights finds out whether the first trial that was trained with unequal weights predicts
// what the unweighted model does, and if so trains one run with the worst class times 20, which
// belongs to no trial. It returns an [*IgnoredError] where that has no effect either. Where the
// predictions are not the same, but doubtful ([doubtful]), see [weightCheck.withinNoise]. It waits
// until every step before that trial's has its outcome, so that it does not depend on which
// ends first, and judges once an invocation; its runs are found in the store by later ones.
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
			rep := r.Outcome.Replicates[0]
			c := &weightCheck{Driver: d, plan: plan, rep: rep, found: IgnoredError{Trial: r.Step.Trial, Seed: rep.Seed, Ratio: ratio}}
			switch {
			case same:
				return c.exactly(ctx)
			case d.eval.Info.Trainer != models.TrainerNets && doubtful(rep): // the built-in models repeat themselves
				return c.withinNoise(ctx)
			}
			return nil
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

// weightCheck is the check of one trial, by its first seed.
type weightCheck struct {
	*Driver
	plan objective.Plan
	rep  objective.Replicate
	// found is what would be found.
	found IgnoredError
}

// errNoFinding ends a check in which nothing can be trained or said.
var errNoFinding = errors.New("no finding")

// run performs the run with the given weights on the check's seed; nil is the unweighted one.
// The error is errNoFinding where it cannot be trained.
func (c *weightCheck) run(ctx context.Context, weights []float64) (*objective.Result, error) {
	spec := c.eval.Spec(c.plan.Model, c.rep.Seed)
	if weights != nil {
		var err error
		if spec, err = spec.WithWeights(weights, c.plan.Apply, c.plan.WeightsFrom); err != nil {
			return nil, err
		}
	}
	answer, err := c.eval.Runner.Run(ctx, spec)
	switch {
	case errors.Is(err, objective.ErrStorage) || errors.Is(err, objective.ErrTrainerBroken):
		return nil, err
	case err != nil:
		return nil, errNoFinding
	}
	return answer.Result, nil
}

// factor returns weights of 1 but for one class.
func (c *weightCheck) factor(class int, factor float64) []float64 {
	weights := slices.Repeat([]float64{1}, c.rep.Rounds[0].Val.Classes())
	weights[class] = factor
	return weights
}

// worst returns the class with the lowest recall and that, of an unweighted model of which
// anything means something; else that is said elsewhere, and ok is false.
func (c *weightCheck) worst() (class int, recall float64, ok bool) {
	val := c.rep.Rounds[0].Val
	class, recall = objective.Lowest(val.Recall())
	c.found.Class = c.eval.Info.Classes[class]
	return class, recall, guessing.Judge([]guessing.Run{{Val: val}}).Kind == guessing.Fine
}

// exactly trains the run with the worst class times 20 on a seed and compares it with the
// unweighted one. What cannot be trained, or says nothing, is no finding.
func (c *weightCheck) exactly(ctx context.Context) error {
	worst, recall, ok := c.worst()
	if !ok {
		return nil
	}
	var results [2]*objective.Result
	for i, weights := range [][]float64{nil, c.factor(worst, objective.ProbeFactor)} {
		var err error
		if results[i], err = c.run(ctx, weights); errors.Is(err, errNoFinding) {
			return nil
		} else if err != nil {
			return err
		}
	}
	if !sameModel(results[0], results[1], recall) {
		return nil
	}
	return &c.found
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
