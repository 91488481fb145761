package followup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/search"
)

// SearchStore is what a [Longer] needs of a trial history for one study.
type SearchStore interface {
	objective.Cache
	// LongerRun records the run of the reference, trained longer, on one seed of the
	// search. It may return before that is durable.
	LongerRun(ctx context.Context, replicate int, seed int64, run objective.RunID) error
	// Searched records what an option does, in place of what was recorded before, and
	// returns when it is durable.
	Searched(ctx context.Context, s Searched) error
	// Optimism records that of the leader, in place of what was recorded before.
	Optimism(ctx context.Context, o Optimism) error
}

// Optimism is how much too kind the validation figures of an arm are, because its weights
// were measured on the same examples: the spread is lower, and the balanced accuracy that is
// lost less, than on examples that had no part in the weights. It is predicted from the
// logits of the reference ([posthoc.Chain.Optimism]), a mean over seeds.
type Optimism struct {
	Trial, Round, Seeds int
	Spread, Accuracy    float64
}

// Longer measures, at the end of a search, what else could be done: it trains the
// reference with [objective.LongerFactor] times its epochs on the leader's seeds, and
// estimates what one fixed set of offsets does to the reference and to these models
// ([posthoc.EstimateFixed]: on images and seeds that did not fit them). The runs are shared
// and durable as those of a search are, and belong to no trial. They never have a test part.
type Longer struct {
	Definition *search.Definition
	Store      SearchStore
	Trainer    objective.Trainer
	// Parallel is the number of trainings at once. It never changes a figure.
	Parallel int
	// Deadline, if not zero, is when it must have ended, with what Reserve keeps free
	// before it for what comes afterwards (nil: nothing).
	Deadline time.Time
	Reserve  Kept
	// Each is how long a training of the usual length took in the search, 0 where that is not
	// known: the first trainings are not started where they would not end in time.
	Each time.Duration
	// Clock tells the time for the deadline and for durations.
	Clock func() time.Time
	// Observe, if not nil, gets events, from several goroutines.
	Observe func(Event)
	// Fitting is how long fitting offsets to one model took ([posthoc.Folds.FitAll]), 0 where
	// that is not known. What would not be ready in time is not begun.
	Fitting time.Duration
	// Stops is [Arm.Stops].
	Stops bool
	// FixedKnown says that fixed offsets are recorded for the reference on all its seeds, and
	// stay as they are.
	FixedKnown bool
	// Recorded is on how many seeds options are measured already. Less does not take the place
	// of that.
	Recorded map[objective.Option]int
	// Leader is the leading arm, of which Optimism is recorded; its plan is the trial's.
	Leader Arm
}

// Kept returns how much time the work after a search must leave free before its deadline,
// given how long a training of the usual length takes. training says whether the work is
// longer training and offsets for it, or fixed offsets for the reference, which come before.
type Kept func(each time.Duration, training bool) time.Duration

// longerWork is one [Longer.Run].
type longerWork struct {
	*Longer
	eval    *objective.Evaluator
	runner  *objective.Runner
	observe func(Event)
	// halted reports whether to stop at once, and late whether an error says that the time is
	// over, and nothing else.
	halted func() bool
	late   func(error) bool
	// fit is how long fitting and measuring offsets of one model takes, 0 where that is not
	// known.
	fit time.Duration
	// begun is the number of seeds on which longer training has begun.
	begun atomic.Int64
}

// searchedSeed is one seed of the search.
type searchedSeed struct {
	replicate objective.Replicate // its rounds are the reference and what was trained longer
	reference *objective.Result
	longer    *objective.Result // nil where it was not trained
}

// Model returns the model that is trained longer, or why there is none.
func (l *Longer) Model() (map[string]any, Reason) {
	return longerModel(l.Definition, l.Stops, objective.LongerFactor)
}

// work prepares Run.
func (l *Longer) work(ctx context.Context, stop <-chan struct{}) *longerWork {
	w := &longerWork{Longer: l, observe: l.Observe, fit: time.Duration(float64(l.Fitting) / posthoc.FitAllShare)}
	if w.observe == nil {
		w.observe = func(Event) {}
	}
	w.halted = func() bool { return search.IsClosed(stop) || errors.Is(ctx.Err(), context.Canceled) }
	w.late = func(err error) bool { return !l.Deadline.IsZero() && objective.IsInterruption(err) && !w.halted() }
	w.runner = objective.NewRunner(l.Trainer, l.Store, l.Parallel, l.Clock, func(e objective.RunEvent) {
		w.observe(Event{Kind: EventRun, Run: e})
	})
	w.runner.SetDeadline(l.Deadline)
	w.runner.SetExpected(objective.LongerFactor * l.Each)
	w.runner.SetReserve(func(each time.Duration) time.Duration {
		kept := w.fitting(mostSets, int(max(1, w.begun.Load())))
		if l.Reserve != nil {
			kept += l.Reserve(each/objective.LongerFactor, true)
		}
		return kept
	})
	w.eval = &objective.Evaluator{Runner: w.runner, Info: l.Trainer.Info(), ReferenceModel: l.Definition.ReferenceModel(), Score: l.Definition.Objective}
	return w
}

// Run measures the options on the seeds of the reference, by their replicates, and those
// of them that the leader has, and records what it finds, each run as soon as it is trained.
// Runs that the store has are not trained again. After stop is closed or ctx ends it returns an
// interruption ([objective.IsInterruption]), also out of the fits; where the time is over, the
// seeds that are complete are what there is, if they are enough, and what was not measured has
// the reason [ReasonTime]. A longer training that fails is recorded as the reason why it was not
// measured ([ReasonFailed]), and returned. What needs none is measured all the same.
func (l *Longer) Run(ctx context.Context, stop <-chan struct{}, reference, leader []int) error {
	w := l.work(ctx, stop)
	defer stopWith(stop, w.runner)()
	stored := context.WithoutCancel(ctx)
	all := make([]searchedSeed, len(reference))
	err := inTurn(len(all), l.Parallel, w.runner, func(i int) error { return w.reference(ctx, reference[i], &all[i]) })
	if err != nil && w.late(err) {
		return w.recordTime(stored)
	}
	if err != nil {
		return err
	}
	if err := w.recordPlain(ctx, all); err != nil {
		return err
	}
	model, reason := l.Model()
	var trained []*searchedSeed
	for i, replicate := range reference {
		if reason == "" && slices.Contains(leader, replicate) {
			trained = append(trained, &all[i])
		}
	}
	err = w.trainAll(ctx, model, trained)
	var failed error
	switch {
	case isFailedTraining(err):
		failed, reason = err, ReasonFailed
	case err != nil && !w.late(err):
		return err
	}
	if err := w.recordLonger(stored, all, len(trained), reason); err != nil {
		return err
	}
	return failed
}

// recordTime records that the time was over before anything was measured.
func (w *longerWork) recordTime(ctx context.Context) error {
	for _, o := range []objective.Option{objective.OptionOffsetsFixed, objective.OptionLonger, objective.OptionLongerThenOffsets} {
		if err := w.record(ctx, Searched{Option: o, Reason: ReasonTime}); err != nil {
			return err
		}
	}
	return nil
}

// reference reads what the search measured on a seed.
func (w *longerWork) reference(ctx context.Context, replicate int, into *searchedSeed) error {
	seed := search.TrainingSeed(w.Definition.Search.Seed, replicate, search.PhaseSearch)
	round, result, _, err := w.eval.Reference(ctx, seed)
	into.reference = result
	into.replicate = objective.Replicate{Replicate: replicate, Seed: seed, Reference: round, Rounds: []objective.Round{round}}
	return err
}

// trainAll trains the reference longer on seeds.
func (w *longerWork) trainAll(ctx context.Context, model map[string]any, seeds []*searchedSeed) error {
	if len(seeds) > 0 && !w.runner.Late(0) {
		w.observe(Event{Kind: EventLonger, Total: len(seeds)})
	}
	if w.halted() {
		return objective.ErrStopped
	}
	var done atomic.Int64
	return inTurn(len(seeds), w.Parallel, w.runner, func(i int) error {
		w.begun.Add(1)
		err := w.train(ctx, model, seeds[i])
		if err == nil {
			w.observe(Event{Kind: EventSeed, Done: int(done.Add(1)), Total: len(seeds)})
		}
		return err
	})
}

// bound ends a context at the deadline, unless the run is stored: that is read at any time.
func (w *longerWork) bound(ctx context.Context, spec objective.Spec) (context.Context, context.CancelFunc, error) {
	id, err := spec.ID()
	if err != nil || w.Deadline.IsZero() {
		return ctx, func() {}, err
	}
	_, stored, err := w.Store.Find(context.WithoutCancel(ctx), id)
	if err != nil || stored {
		return ctx, func() {}, err
	}
	ctx, cancel := context.WithTimeout(ctx, w.Deadline.Sub(w.Clock()))
	return ctx, cancel, nil
}

// train trains the reference longer on a seed, until the deadline, and records the run at once.
func (w *longerWork) train(ctx context.Context, model map[string]any, into *searchedSeed) error {
	replicate, seed := into.replicate.Replicate, into.replicate.Seed
	spec := w.eval.Spec(model, seed)
	ctx, cancel, err := w.bound(ctx, spec)
	if err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	defer cancel()
	answer, err := w.runner.Run(ctx, spec)
	if err != nil {
		return fmt.Errorf("the unweighted model, trained longer: %w", err)
	}
	if err := w.Store.LongerRun(context.WithoutCancel(ctx), replicate, seed, answer.Run); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	rep, _, err := w.eval.Replicate(context.WithoutCancel(ctx), objective.Plan{Model: model, Apply: objective.ApplyLoss}, replicate, seed) // known by now
	if err != nil {
		return err
	}
	into.longer = answer.Result
	into.replicate.Rounds = append(into.replicate.Rounds, rep.Rounds[0])
	return nil
}
