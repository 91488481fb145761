package objective

import (
	"context"
	"fmt"
	"sync"

	"evenkeel/schemes"
)

// Evaluator performs trials: for a plan and a training seed it runs the
// reweighting loop and measures every round.
type Evaluator struct {
	Runner *Runner
	// Info and ReferenceModel complete the specs of a study's runs.
	Info           Info
	ReferenceModel map[string]any
	Score          Score

	mu         sync.Mutex
	references map[int64]measured
}

// measured is a round with the result it was measured on.
type measured struct {
	round  Round
	result *Result
}

// Reference returns the unweighted reference on a training seed, and the seconds
// spent on training it now.
func (e *Evaluator) Reference(ctx context.Context, seed int64) (Round, float64, error) {
	m, seconds, err := e.reference(ctx, seed)
	return m.round, seconds, err
}

// reference is Reference with the result. Every replicate asks for it, so it is
// kept at hand.
func (e *Evaluator) reference(ctx context.Context, seed int64) (measured, float64, error) {
	e.mu.Lock()
	m, ok := e.references[seed]
	e.mu.Unlock()
	if ok {
		return m, 0, nil
	}
	m, seconds, err := e.run(ctx, e.spec(e.ReferenceModel, seed), 0)
	if err != nil {
		return measured{}, seconds, fmt.Errorf("reference, seed %d: %w", seed, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.references == nil {
		e.references = make(map[int64]measured)
	}
	e.references[seed] = m
	return m, seconds, nil
}

// Replicate evaluates a plan on one training seed: the reference, round 0 of
// the plan's own model, and the weighted rounds, each weighted from what the
// round before measured on validation. The seconds are those spent on training
// now; runs that existed already cost nothing.
func (e *Evaluator) Replicate(ctx context.Context, plan Plan, replicate int, seed int64) (Replicate, float64, error) {
	ref, seconds, err := e.reference(ctx, seed)
	if err != nil {
		return Replicate{}, seconds, err
	}
	rep := Replicate{Replicate: replicate, Seed: seed, Reference: ref.round}
	base := e.spec(plan.Model, seed)
	spec, state, extra := base, schemes.State{}, Round{}
	for r := 0; r <= plan.Rounds; r++ {
		if r > 0 {
			if extra, state, err = e.weigh(plan, rep.Rounds[r-1], r, state); err != nil {
				return Replicate{}, seconds, fmt.Errorf("replicate %d, round %d: %w", replicate, r, err)
			}
			if spec, err = base.WithWeights(extra.Weights, plan.Apply, plan.WeightsFrom); err != nil {
				return Replicate{}, seconds, fmt.Errorf("replicate %d, round %d: %w", replicate, r, err)
			}
		}
		m, spent, err := e.run(ctx, spec, r)
		seconds += spent
		if err != nil {
			return Replicate{}, seconds, fmt.Errorf("replicate %d, round %d: %w", replicate, r, err)
		}
		round := m.round
		round.Raw, round.Weights, round.Shown = extra.Raw, extra.Weights, extra.Shown
		round.Solved, round.Fallback = extra.Solved, extra.Fallback
		round.ImageVariance = e.imageVariance(m.result, ref.result)
		rep.Rounds = append(rep.Rounds, round)
	}
	return rep, seconds, nil
}

// spec returns the unweighted spec of a model on a seed.
func (e *Evaluator) spec(model map[string]any, seed int64) Spec {
	return Spec{
		Schema: SpecVersion, Trainer: e.Info.Trainer, Version: e.Info.Version, Numerics: e.Info.Numerics,
		Data: e.Info.Data, Split: e.Info.Split, Model: model, Seed: seed,
	}
}

// weigh derives the weights of round r from the round before.
func (e *Evaluator) weigh(plan Plan, last Round, r int, state schemes.State) (Round, schemes.State, error) {
	step, err := plan.Recipe.Next(schemes.Measurement{
		TruePositives: last.Val.TruePositives(), Support: last.Val.Support(), Predicted: last.Val.Predicted(),
		Train: e.trainCounts(last),
	}, r, state)
	if err != nil {
		return Round{}, state, err
	}
	round := Round{Raw: step.Raw, Weights: step.Weights, Shown: step.Shown, Solved: step.Solved, Fallback: step.Fallback}
	return round, schemes.State{Weights: step.Weights, Solved: step.Solved}, nil
}

// trainCounts returns the number of training examples of each class: as the
// trainer states it, else as it measured it on the training part, else in
// proportion to the validation part, which is all that a stratified split leaves
// to know.
func (e *Evaluator) trainCounts(last Round) []int {
	if e.Info.TrainCounts != nil {
		return e.Info.TrainCounts
	}
	part := last.Train
	if part == nil {
		part = last.Val
	}
	support := part.Support()
	counts := make([]int, len(support))
	for c, n := range support {
		counts[c] = int(n)
	}
	return counts
}

// run performs one run and measures it.
func (e *Evaluator) run(ctx context.Context, spec Spec, round int) (measured, float64, error) {
	a, err := e.Runner.Run(ctx, spec)
	if err != nil {
		return measured{}, a.Seconds, err
	}
	val := a.Result.Val
	return measured{Round{
		Round: round, Run: a.Run, Val: val, Train: a.Result.Train,
		Spread:           e.Score.Spread.Of(val.Recall()),
		BalancedAccuracy: val.BalancedAccuracy(), Accuracy: val.Accuracy(),
	}, a.Result}, a.Seconds, nil
}

// imageVariance measures a run against the reference image by image where both
// kept their predictions, and bounds it from the matrices where they did not.
func (e *Evaluator) imageVariance(a, ref *Result) float64 {
	labels := e.Info.ValLabels
	if labels == nil {
		labels = a.ValLabels
	}
	n := len(labels)
	if n == 0 || len(a.ValPredictions) != n || len(ref.ValPredictions) != n {
		return unpairedVariance(a.Val, ref.Val)
	}
	return ImageVariance(len(e.Info.Classes), labels, a.ValPredictions, ref.ValPredictions)
}
