package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evenkeel/objective"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// text is the study whose stores are tested.
const text = `
study: storetest
data: {source: embedded}
model: {kind: softmax, epochs: 2}
weighting:
  scheme:
    - {name: mean-ratio, exponent: {low: 0.25, high: 16, log: true}}
    - {name: error-power, exponent: {low: 0.25, high: 2, log: true}}
  rounds: {low: 1, high: 3}
  update: [replace, accumulate]
search: {sampler: random, trials: 12, max_replicates: 5}
`

// Definition returns the definition of the study whose stores [Run] tests.
func Definition() *search.Definition {
	d, err := studyfile.Parse("storetest.yaml", []byte(text), "/", nil)
	if err != nil {
		panic(err) // the text is ours
	}
	return d
}

// newTrial is a step that begins the trial of its own number.
func newTrial(number int, replicates ...int) search.Step {
	return search.Step{
		Number: number, Kind: search.NewTrial, Trial: number, Replicates: replicates,
		Point: Definition().Space.Middle(), Conditioned: max(0, number-4),
	}
}

// moreSeeds is a step that adds seeds to a trial.
func moreSeeds(number, trial int, replicates ...int) search.Step {
	return search.Step{Number: number, Kind: search.MoreSeeds, Trial: trial, Replicates: replicates, Conditioned: number - 1}
}

// twelve are steps of both kinds, with and without predictions: more than ten, whose
// numbers have another order as text.
func twelve() []search.Step {
	var list []search.Step
	for n := 1; n <= 10; n++ {
		list = append(list, newTrial(n, 0, 1))
	}
	list[3].Predicted = &search.Prediction{Difference: math.Nextafter(-0.02, 0), Round: 2, Candidates: 256}
	list[4].Predicted = &search.Prediction{Candidates: 256} // nothing could be predicted
	return append(list, moreSeeds(11, 3, 2), moreSeeds(12, 4, 2, 4))
}

// appendAll appends steps.
func appendAll(ctx context.Context, s search.Store, steps ...search.Step) error {
	for _, step := range steps {
		if err := s.Append(ctx, step); err != nil {
			return fmt.Errorf("Append of step %d: %w", step.Number, err)
		}
	}
	return nil
}

// measured saves the runs of a step and returns its outcome, with numbers that are
// easily lost on the way.
func measured(ctx context.Context, s search.Store, step search.Step) (search.Outcome, error) {
	o := search.Outcome{Step: step.Number, Seconds: 0.1 * float64(step.Number)}
	for _, n := range step.Replicates {
		reference, err := round(ctx, s, 0, n, 0)
		if err != nil {
			return o, err
		}
		rep := objective.Replicate{Replicate: n, Seed: int64(1000 + n), Reference: reference}
		for r := range 3 {
			own, err := round(ctx, s, step.Trial, n, r)
			if err != nil {
				return o, err
			}
			rep.Rounds = append(rep.Rounds, own)
		}
		o.Replicates = append(o.Replicates, rep)
	}
	return o, nil
}

// round saves a run and returns the round that refers to it. Trial 0 is the reference.
func round(ctx context.Context, s search.Store, trial, replicate, number int) (objective.Round, error) {
	spec := objective.Spec{
		Schema: objective.SpecVersion, Trainer: "storetest", Model: map[string]any{"kind": "softmax"},
		Seed: int64(100*trial + 10*replicate + number),
	}
	const classes = 4
	m := objective.NewConfusion(classes)
	for c := range classes {
		m.Add(c, c, int64(20+trial+replicate))
		m.Add(c, (c+1)%classes, int64(3+number))
	}
	id, err := spec.ID()
	if err == nil {
		err = s.Save(ctx, id, spec, &objective.Result{Val: m, Train: m, Seconds: 1})
	}
	if err != nil {
		return objective.Round{}, fmt.Errorf("saving its run: %w", err)
	}
	r := objective.Round{
		Round: number, Run: id, Val: m, Train: m,
		Spread: 0.1 / float64(1+number), BalancedAccuracy: 1. / 3, Accuracy: math.Nextafter(0.5, 1),
	}
	if trial > 0 {
		r.BalancedVariance = 1e-7 / 3
	}
	if number > 0 {
		solved := math.Nextafter(2, 3)
		r.Raw = []float64{math.Inf(1), math.NaN(), -0.1, 0.1}
		r.Weights = []float64{1. / 3, 2. / 3, 1, 2}
		r.Shown = []float64{1e-300, 1e300, math.SmallestNonzeroFloat64, 3}
		r.Solved, r.Fallback = &solved, number == 2
	}
	return r, nil
}

// arms are the arms that a trial has after its seeds were measured.
func arms(seeds int) []objective.Arm {
	var list []objective.Arm
	for round := 1; round <= 2; round++ {
		a := objective.Arm{Round: round, Seeds: seeds, Spread: 0.1, SpreadSE: 0.01, Gap: 0.3, WorstRecall: 0.5, BalancedAccuracy: 0.7, Accuracy: 0.7, Difference: -0.01 * float64(round)}
		if seeds == 1 {
			a.SpreadSE = math.NaN()
		}
		list = append(list, a)
	}
	return list
}

// finish measures a step and records its outcome.
func finish(ctx context.Context, s search.Store, step search.Step) (search.Outcome, error) {
	o, err := measured(ctx, s, step)
	if err == nil {
		err = s.Finish(ctx, o, arms(len(step.Replicates)))
	}
	if err != nil {
		return o, fmt.Errorf("step %d: %w", step.Number, err)
	}
	return o, nil
}

// loads says in what the records that a store loads differ from those that it should.
// What a store may leave out does not count.
func loads(ctx context.Context, s search.Store, want []search.Record) error {
	got, err := s.Load(ctx)
	if err != nil {
		return fmt.Errorf("Load: %w", err)
	}
	return difference(want, got)
}

func difference(want, got []search.Record) error {
	diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(search.Prediction{}, "Candidates"), cmpopts.IgnoreFields(objective.Round{}, "Hits"))
	if diff != "" {
		return errors.New("Load (-want +got):\n" + diff)
	}
	return nil
}

// recorded are steps without outcomes as a store holds them.
func recorded(steps []search.Step) []search.Record {
	list := make([]search.Record, len(steps))
	for i, s := range steps {
		list[i].Step = s
	}
	return list
}
