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
	// Posthoc performs plans whose weights shift the trained model's logits; nil if
	// there are none.
	Posthoc Deriver

	mu sync.Mutex
	// references are the last ones that were asked for, order their seeds, the oldest first.
	references map[int64]measured
	order      []int64
}

// keptReferences is how many references stay in memory, each with the logits of the validation
// part. Our choice: more than the seeds of nearly all studies. Those of further ones are read
// from the cache again.
const keptReferences = 100

// Deriver computes rounds 1..Rounds of a plan from the unweighted run of its
// model, given the training counts and the true classes of the validation
// examples. Rounds come without Run, Hits and BalancedVariance, results with at least
// Val and ValPredictions, and with Test where base has test logits.
type Deriver func(plan Plan, train []int, base *Result, labels []uint16) ([]Derived, error)

// Derived is a round that was computed and not trained, with what would be the
// result of its run.
type Derived struct {
	Round  Round
	Result *Result
}

// measured is a round with the result it was measured on.
type measured struct {
	round  Round
	result *Result
}

// Reference returns the unweighted reference on a training seed with its result,
// and the seconds spent on training it now.
func (e *Evaluator) Reference(ctx context.Context, seed int64) (Round, *Result, float64, error) {
	m, seconds, err := e.reference(ctx, seed, false)
	return m.round, m.result, seconds, err
}

// Labels returns the true classes of the validation examples of a result, nil if
// they are unknown.
func (e *Evaluator) Labels(r *Result) []uint16 {
	if e.Info.ValLabels != nil {
		return e.Info.ValLabels
	}
	return r.ValLabels
}

// reference is Reference with the result. Every replicate asks for it, so the last
// [keptReferences] are kept in memory.
func (e *Evaluator) reference(ctx context.Context, seed int64, test bool) (measured, float64, error) {
	e.mu.Lock()
	m, ok := e.references[seed]
	e.mu.Unlock()
	if ok && (!test || m.result.Test != nil) {
		return m, 0, nil
	}
	m, seconds, err := e.run(ctx, e.Spec(e.ReferenceModel, seed), 0, test)
	if err != nil {
		return measured{}, seconds, fmt.Errorf("reference, seed %d: %w", seed, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.references == nil {
		e.references = make(map[int64]measured)
	}
	if _, known := e.references[seed]; !known {
		if len(e.order) == keptReferences {
			delete(e.references, e.order[0])
			e.order = e.order[1:]
		}
		e.order = append(e.order, seed)
	}
	e.references[seed] = m
	return m, seconds, nil
}

// Replicate evaluates a plan on one training seed: the reference, round 0 of
// the plan's own model, and the weighted rounds, each weighted from what the
// round before measured on validation. The seconds are those spent on training
// now; runs that existed already cost nothing.
func (e *Evaluator) Replicate(ctx context.Context, plan Plan, replicate int, seed int64) (Replicate, float64, error) {
	t, seconds, err := e.replicate(ctx, plan, replicate, seed, false)
	return t.Replicate, seconds, err
}

// Tested is a replicate of a confirmation, with the results, test part included,
// of its reference and of its last round.
type Tested struct {
	Replicate
	ReferenceResult, Last *Result
}

// ReplicateTest is Replicate with the test part of the reference and of the last
// round, and of no other. Only a confirmation may ask for it.
func (e *Evaluator) ReplicateTest(ctx context.Context, plan Plan, replicate int, seed int64) (Tested, float64, error) {
	return e.replicate(ctx, plan, replicate, seed, true)
}

func (e *Evaluator) replicate(ctx context.Context, plan Plan, replicate int, seed int64, test bool) (Tested, float64, error) {
	ref, seconds, err := e.reference(ctx, seed, test)
	if err != nil {
		return Tested{}, seconds, err
	}
	rep := Tested{Replicate: Replicate{Replicate: replicate, Seed: seed, Reference: ref.round}, ReferenceResult: ref.result}
	base := e.Spec(plan.Model, seed)
	if !plan.Trained() {
		spent, err := e.posthoc(ctx, plan, base, ref, &rep, test)
		if err != nil {
			return Tested{}, seconds + spent, fmt.Errorf("replicate %d: %w", replicate, err)
		}
		return rep, seconds + spent, nil
	}
	spec, state, extra := base, schemes.State{}, Round{}
	for r := 0; r <= plan.Rounds; r++ {
		if r > 0 {
			if extra, state, err = e.weigh(plan, rep.Rounds[r-1], r, state); err != nil {
				return Tested{}, seconds, fmt.Errorf("replicate %d, round %d: %w", replicate, r, err)
			}
			if spec, err = base.WithWeights(extra.Weights, plan.Apply, plan.WeightsFrom); err != nil {
				return Tested{}, seconds, fmt.Errorf("replicate %d, round %d: %w", replicate, r, err)
			}
		}
		m, spent, err := e.run(ctx, spec, r, test && r == plan.Rounds)
		seconds += spent
		if err != nil {
			return Tested{}, seconds, fmt.Errorf("replicate %d, round %d: %w", replicate, r, err)
		}
		round := m.round
		round.Raw, round.Weights, round.Shown = extra.Raw, extra.Weights, extra.Shown
		round.Solved, round.Fallback = extra.Solved, extra.Fallback
		round.BalancedVariance = e.balancedVariance(m.result, ref.result)
		rep.Rounds, rep.Last = append(rep.Rounds, round), m.result
	}
	return rep, seconds, nil
}

// posthoc appends the rounds of a plan that shifts the logits of its unweighted
// run. Each is kept like a run, whose parent is the unweighted one.
func (e *Evaluator) posthoc(ctx context.Context, plan Plan, base Spec, ref measured, rep *Tested, test bool) (seconds float64, err error) {
	m, seconds, err := e.run(ctx, base, 0, test)
	if err != nil {
		return seconds, err
	}
	m.round.BalancedVariance = e.balancedVariance(m.result, ref.result)
	rep.Rounds = append(rep.Rounds, m.round)
	labels := e.Labels(m.result)
	if m.result.ValLogits == nil || labels == nil {
		return seconds, fmt.Errorf("apply: %s shifts logits, and this run has none: the trainer must send the logits and labels of its validation examples", plan.Apply)
	}
	derived, err := e.Posthoc(plan, e.TrainCounts(m.round), m.result, labels)
	if err != nil {
		return seconds, err
	}
	for _, d := range derived {
		if !test || d.Round.Round < plan.Rounds {
			d.Result.Test, d.Result.TestPredictions, d.Result.TestLabels = nil, nil, nil
		}
		spec, err := base.WithWeights(d.Round.Weights, plan.Apply, 0)
		if err != nil {
			return seconds, fmt.Errorf("round %d: %w", d.Round.Round, err)
		}
		d.Round.Run = m.round.Run
		if !spec.Unweighted() {
			spec.Parent = m.round.Run
			if d.Round.Run, err = e.Runner.Keep(ctx, spec, d.Result); err != nil {
				return seconds, err
			}
		}
		d.Round.Hits = NewHits(d.Result.Val, labels, d.Result.ValPredictions)
		d.Round.BalancedVariance = e.balancedVariance(d.Result, ref.result)
		rep.Rounds, rep.Last = append(rep.Rounds, d.Round), d.Result
	}
	return seconds, nil
}

// Spec returns the unweighted spec of a model on a seed.
func (e *Evaluator) Spec(model map[string]any, seed int64) Spec {
	return Spec{
		Schema: SpecVersion, Trainer: e.Info.Trainer, Version: e.Info.Version, Numerics: e.Info.Numerics,
		Data: e.Info.Data, Split: e.Info.Split, Model: model, Seed: seed,
	}
}

// weigh derives the weights of round r from the round before.
func (e *Evaluator) weigh(plan Plan, last Round, r int, state schemes.State) (Round, schemes.State, error) {
	step, err := plan.Recipe.Next(schemes.Measurement{
		TruePositives: last.Val.TruePositives(), Support: last.Val.Support(), Predicted: last.Val.Predicted(),
		Train: e.TrainCounts(last),
	}, r, state)
	if err != nil {
		return Round{}, state, err
	}
	round := Round{Raw: step.Raw, Weights: step.Weights, Shown: step.Shown, Solved: step.Solved, Fallback: step.Fallback}
	return round, schemes.State{Weights: step.Weights, Solved: step.Solved}, nil
}

// TrainCounts returns the number of training examples of each class: as the
// trainer states it, else as it measured it on the training part, else in
// proportion to the validation part, which is all that a stratified split leaves
// to know.
func (e *Evaluator) TrainCounts(last Round) []int {
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

// run performs one run, with its test part if asked for, and measures it on
// validation.
func (e *Evaluator) run(ctx context.Context, spec Spec, round int, test bool) (measured, float64, error) {
	of := partVal
	if test {
		of = partTest
	}
	a, err := e.Runner.run(ctx, spec, of)
	if err != nil {
		return measured{}, a.Seconds, err
	}
	val := a.Result.Val
	return measured{Round{
		Round: round, Run: a.Run, Val: val, Train: a.Result.Train,
		Hits:             NewHits(val, e.Labels(a.Result), a.Result.ValPredictions),
		Spread:           e.Score.Spread.Of(val.Recall()),
		BalancedAccuracy: val.BalancedAccuracy(), Accuracy: val.Accuracy(),
	}, a.Result}, a.Seconds, nil
}

// balancedVariance measures a run against the reference image by image where both
// kept their predictions, and bounds it from the matrices where they did not.
func (e *Evaluator) balancedVariance(a, ref *Result) float64 {
	labels := e.Labels(a)
	n := len(labels)
	if n == 0 || len(a.ValPredictions) != n || len(ref.ValPredictions) != n {
		return unpairedVariance(a.Val, ref.Val)
	}
	return BalancedVariance(len(e.Info.Classes), labels, a.ValPredictions, ref.ValPredictions)
}
