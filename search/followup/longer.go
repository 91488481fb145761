package followup

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/search"
)

// Searched is what an option other than weights does on the validation part and the seeds
// of the search: for choosing, not for quoting. Figures are means over seeds. Changes are
// against the reference on the same seeds, as those of arms are.
type Searched struct {
	Option objective.Option
	// Reason says why it was not measured. Then there is nothing else.
	Reason Reason
	// Seeds is the number of training seeds, Epochs how long the model is trained; 0 where
	// models have no number of epochs.
	Seeds, Epochs int
	// Change is the change of the spread, ChangeSE its standard error over seeds and
	// images; of one seed that over images alone.
	Spread, Change, ChangeSE float64
	// Drop is the balanced accuracy lost, DropSE its standard error.
	BalancedAccuracy, Drop, DropSE float64
	// Charge is the expected charge for Drop ([objective.Score.Charge]), Difference is
	// Change + Charge, the change of the score, with its standard error.
	Charge, Difference, DifferenceSE float64
	// Recall is the mean recall of each class.
	Recall []float64
	// Offsets is the one fixed set of offsets, in nats, nil for an option without.
	Offsets []float64
}

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
	// before it for what comes afterwards (nil: nothing), given how long a training of the
	// usual length takes.
	Deadline time.Time
	Reserve  func(each time.Duration) time.Duration
	// Each is how long a training of the usual length took in the search, 0 where that is not
	// known: the first trainings are not started where they would not end in time.
	Each time.Duration
	// Clock tells the time for the deadline and for durations.
	Clock func() time.Time
	// Observe, if not nil, gets events, from several goroutines.
	Observe func(Event)
	// Fitting is how long offsets take on one seed of the search, by which fixed sets are
	// left out that would not be ready by the deadline.
	Fitting time.Duration
	// Stops is [Arm.Stops].
	Stops bool
	// FixedKnown says that fixed offsets are recorded for the reference on all its seeds, and
	// stay as they are.
	FixedKnown bool
	// Leader is the leading arm, of which Optimism is recorded; its plan is the trial's.
	Leader Arm
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

// Starts reports whether a longer training that starts now is expected to end in time.
func (l *Longer) Starts() bool { return !l.runner(nil).Late(0) }

// runner returns what trains.
func (l *Longer) runner(observe func(Event)) *objective.Runner {
	runner := objective.NewRunner(l.Trainer, l.Store, l.Parallel, l.Clock, func(e objective.RunEvent) {
		observe(Event{Kind: EventRun, Run: e})
	})
	runner.SetDeadline(l.Deadline)
	runner.SetExpected(objective.LongerFactor * l.Each)
	if l.Reserve != nil {
		runner.SetReserve(func(each time.Duration) time.Duration { return l.Reserve(each / objective.LongerFactor) })
	}
	return runner
}

// Run measures the options on the seeds of the reference, by their replicates, and those
// of them that the leader has, and records what it finds. Runs that the store has are not
// trained again. After stop is closed or ctx ends it returns an interruption
// ([objective.IsInterruption]); where the time is over, the seeds that are complete are
// what there is. A longer training that fails is recorded as the reason why it was not
// measured ([ReasonFailed]), and returned. What needs none is measured all the same.
func (l *Longer) Run(ctx context.Context, stop <-chan struct{}, reference, leader []int) error {
	observe := l.Observe
	if observe == nil {
		observe = func(Event) {}
	}
	runner := l.runner(observe)
	defer stopWith(stop, runner)()
	eval := &objective.Evaluator{Runner: runner, Info: l.Trainer.Info(), ReferenceModel: l.Definition.ReferenceModel(), Score: l.Definition.Objective}
	model, reason := l.Model()
	all := make([]searchedSeed, len(reference))
	err := inTurn(len(all), l.Parallel, runner, func(i int) error { return l.reference(ctx, eval, reference[i], &all[i]) })
	if err != nil {
		return err
	}
	if err := l.recordPlain(ctx, eval, all); err != nil {
		return err
	}
	var trained []*searchedSeed
	for i, replicate := range reference {
		if reason == "" && slices.Contains(leader, replicate) {
			trained = append(trained, &all[i])
		}
	}
	var done atomic.Int64
	err = inTurn(len(trained), l.Parallel, runner, func(i int) error {
		err := l.train(ctx, eval, model, trained[i])
		if err == nil {
			observe(Event{Kind: EventSeed, Done: int(done.Add(1)), Total: len(trained)})
		}
		return err
	})
	var failed error
	switch late := err != nil && !l.Deadline.IsZero() && objective.IsInterruption(err) && !search.IsClosed(stop) && !errors.Is(ctx.Err(), context.Canceled); {
	case isFailedTraining(err):
		failed, reason = err, ReasonFailed
	case err != nil && !late:
		return err
	}
	if err := l.recordLonger(ctx, eval, all, reason); err != nil {
		return err
	}
	return failed
}

// recordPlain records what is known of the reference without training: fixed offsets, and the
// optimism of the leader.
func (l *Longer) recordPlain(ctx context.Context, eval *objective.Evaluator, all []searchedSeed) error {
	var plain []*objective.Result
	for _, s := range all {
		plain = append(plain, s.reference)
	}
	if !l.FixedKnown {
		fixed, err := compute(ctx, func() Searched { return l.fixed(eval, objective.OptionOffsetsFixed, 0, plain, nil) })
		if err == nil {
			err = l.record(ctx, fixed)
		}
		if err != nil {
			return err
		}
	}
	o, err := compute(ctx, func() Optimism { return l.optimism(eval, all) })
	if err != nil || o.Seeds == 0 {
		return err
	}
	if err := l.Store.Optimism(context.WithoutCancel(ctx), o); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	return nil
}

// compute returns what f makes of what is measured already, or an interruption when ctx ends.
func compute[T any](ctx context.Context, f func() T) (T, error) {
	return objective.Unless(ctx, func() (T, error) { return f(), nil })
}

// optimism is that of the leader, of no seed where it cannot be predicted: without logits,
// and where weights shift logits, whose figures are cross-fitted already.
func (l *Longer) optimism(eval *objective.Evaluator, all []searchedSeed) Optimism {
	o := Optimism{Trial: l.Leader.Trial, Round: l.Leader.Round}
	if o.Trial == 0 || !l.Leader.Plan.Trained() {
		return o
	}
	chain := posthoc.Chain{Recipe: l.Leader.Plan.Recipe, Rounds: o.Round, Spread: l.Definition.Objective.Spread}
	for _, s := range all {
		labels := eval.Labels(s.reference)
		if s.reference.ValLogits == nil || labels == nil {
			continue
		}
		folds, err := posthoc.FoldsOf(s.reference, labels)
		if err != nil {
			continue
		}
		chain.Train = eval.TrainCounts(s.replicate.Reference)
		spread, accuracy, err := chain.Optimism(folds)
		if err != nil {
			continue
		}
		o.Seeds, o.Spread, o.Accuracy = o.Seeds+1, o.Spread+spread, o.Accuracy+accuracy
	}
	if o.Seeds > 0 {
		o.Spread, o.Accuracy = o.Spread/float64(o.Seeds), o.Accuracy/float64(o.Seeds)
	}
	return o
}

// reference reads what the search measured on a seed.
func (l *Longer) reference(ctx context.Context, eval *objective.Evaluator, replicate int, into *searchedSeed) error {
	seed := search.TrainingSeed(l.Definition.Search.Seed, replicate, search.PhaseSearch)
	round, result, _, err := eval.Reference(ctx, seed)
	into.reference = result
	into.replicate = objective.Replicate{Replicate: replicate, Seed: seed, Reference: round, Rounds: []objective.Round{round}}
	return err
}

// bound ends a context at the deadline, unless the run is stored: that is read at any time.
func (l *Longer) bound(ctx context.Context, spec objective.Spec) (context.Context, context.CancelFunc, error) {
	id, err := spec.ID()
	if err != nil || l.Deadline.IsZero() {
		return ctx, func() {}, err
	}
	_, stored, err := l.Store.Find(context.WithoutCancel(ctx), id)
	if err != nil || stored {
		return ctx, func() {}, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.Deadline.Sub(l.Clock()))
	return ctx, cancel, nil
}

// train trains the reference longer on a seed, until the deadline.
func (l *Longer) train(ctx context.Context, eval *objective.Evaluator, model map[string]any, into *searchedSeed) error {
	replicate, seed := into.replicate.Replicate, into.replicate.Seed
	ctx, cancel, err := l.bound(ctx, eval.Spec(model, seed))
	if err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	defer cancel()
	rep, _, err := eval.Replicate(ctx, objective.Plan{Model: model, Apply: objective.ApplyLoss}, replicate, seed)
	if err != nil {
		return fmt.Errorf("the unweighted model, trained longer: %w", err)
	}
	answer, err := eval.Runner.Run(ctx, eval.Spec(model, seed)) // known by now
	if err != nil {
		return err
	}
	if err := l.Store.LongerRun(context.WithoutCancel(ctx), replicate, seed, answer.Run); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	into.longer = answer.Result
	into.replicate.Rounds = append(into.replicate.Rounds, rep.Rounds[0])
	return nil
}

// recordLonger derives the figures of the models that were trained longer, without and with
// offsets, and records them, or the reason why there are none.
func (l *Longer) recordLonger(ctx context.Context, eval *objective.Evaluator, all []searchedSeed, reason Reason) error {
	var longer []*objective.Result
	var reps []objective.Replicate
	var reference []objective.Round
	for _, s := range all {
		if s.longer != nil {
			longer, reps = append(longer, s.longer), append(reps, s.replicate)
			reference = append(reference, s.replicate.Reference)
		}
	}
	if reason == "" && len(longer) == 0 {
		reason = ReasonTime
	}
	alone := Searched{Option: objective.OptionLonger, Reason: reason}
	shifted := Searched{Option: objective.OptionLongerThenOffsets, Reason: reason}
	if reason == "" {
		alone = l.longer(reps)
		var err error
		shifted, err = compute(ctx, func() Searched { return l.longerShifted(eval, alone.Drop, longer, reference) })
		if err != nil {
			return err
		}
	}
	if err := l.record(ctx, alone); err != nil {
		return err
	}
	return l.record(ctx, shifted)
}

// riskOfGain is the probability up to which offsets for longer models may lose more than the
// tolerance, where they use what longer training gains. See decision 0076.
const riskOfGain = 0.2

// longerShifted estimates what one set of offsets does to models that were trained longer, and
// lost so much balanced accuracy by that: less than 0 is a gain. The offsets may lose the
// tolerance and all of the gain, half of it or none: the most of these by which they keep the
// tolerance, counted from the reference, but for a risk of one fifth.
func (l *Longer) longerShifted(eval *objective.Evaluator, lost float64, longer []*objective.Result, reference []objective.Round) Searched {
	if lost >= 0 {
		return l.fixed(eval, objective.OptionLongerThenOffsets, lost, longer, reference)
	}
	for _, share := range []float64{1, 0.5} {
		s := l.fixed(eval, objective.OptionLongerThenOffsets, float64(share*lost), longer, reference)
		if s.Reason != "" || l.Definition.Objective.LossProbability(s.Drop, s.DropSE) <= riskOfGain {
			return s
		}
	}
	return l.fixed(eval, objective.OptionLongerThenOffsets, 0, longer, reference)
}

// record derives the charge and the score of an option, if it was measured, and records it.
func (l *Longer) record(ctx context.Context, s Searched) error {
	if s.Reason == "" {
		epochs, _ := l.Definition.ReferenceModel()["epochs"].(int64)
		s.Epochs = s.Option.Trainings(0) * int(epochs) // no option of weights is recorded here
		score := l.Definition.Objective
		s.Charge = score.Charge(s.Drop, s.DropSE)
		s.Difference = s.Change + s.Charge
	}
	if err := l.Store.Searched(context.WithoutCancel(ctx), s); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	return nil
}

// longer measures the models that were trained longer, as arms are measured.
func (l *Longer) longer(reps []objective.Replicate) Searched {
	score := l.Definition.Objective
	arm := score.Arms(reps)[0]
	spread := objective.Score{Spread: score.Spread}.Arms(reps)[0] // without charge: of the change alone
	s := Searched{
		Option: objective.OptionLonger, Seeds: arm.Seeds, Spread: arm.Spread, Change: arm.Change, ChangeSE: standardError(spread),
		BalancedAccuracy: arm.BalancedAccuracy, Drop: arm.Drop, DropSE: arm.DropSE, DifferenceSE: standardError(arm),
		Recall: make([]float64, reps[0].Reference.Val.Classes()),
	}
	for _, rep := range reps {
		for c, r := range rep.Rounds[1].Val.Recall() {
			s.Recall[c] += r / float64(len(reps))
		}
	}
	return s
}

// standardError returns that of an arm's Difference, over seeds and images.
func standardError(a objective.Arm) float64 {
	variance := a.ImageVariance
	if a.Seeds > 1 {
		variance += a.SumSquares / float64((a.Seeds-1)*a.Seeds)
	}
	return math.Sqrt(variance)
}

// fixed estimates what one set of offsets does to models. Without offsets they lose lost of
// balanced accuracy against the reference, and what is counted is against the runs of
// reference on the same seeds; nil stands for the models without offsets.
func (l *Longer) fixed(eval *objective.Evaluator, option objective.Option, lost float64, models []*objective.Result, reference []objective.Round) Searched {
	s := Searched{Option: option}
	if ready := l.Clock().Add(time.Duration(len(models)) * l.Fitting); !l.Deadline.IsZero() && ready.After(l.Deadline) {
		s.Reason = ReasonTime
		return s
	}
	var parts []*posthoc.Folds
	for _, r := range models {
		labels := eval.Labels(r)
		if r.ValLogits == nil || labels == nil {
			s.Reason = ReasonNoLogits
			return s
		}
		folds, err := posthoc.FoldsOf(r, labels)
		if err != nil {
			s.Reason = ReasonFewExamples
			return s
		}
		parts = append(parts, folds)
	}
	score := l.Definition.Objective
	f, err := posthoc.EstimateFixed(score.After(lost), nil, parts...)
	if err != nil {
		s.Reason = ReasonFewExamples
		return s
	}
	s.Seeds, s.Offsets, s.Recall = f.Models, f.Offsets, f.After
	s.Spread, s.BalancedAccuracy = f.PlainAfter, f.BalancedAccuracy+f.Cost.Estimate
	change, cost := f.Change, f.Cost
	if reference != nil {
		t := f.Together(score.Spread, 0, reference)
		change, cost = t.Change, t.Cost
	} else {
		change.Estimate = f.PlainAfter - f.PlainSpread
	}
	s.Change, s.ChangeSE, s.Drop, s.DropSE = change.Estimate, half(change), -cost.Estimate, half(cost)
	slope := score.Penalty * score.LossProbability(s.Drop, s.DropSE)
	s.DifferenceSE = f.Together(score.Spread, slope, reference).ScoreSE
	return s
}

// half returns the standard error that a 95 % interval stands for if it is a normal one.
func half(x posthoc.Interval) float64 {
	return (x.High - x.Low) / 2 / interval.Quantile(interval.TwoSided, math.Inf(1))
}
