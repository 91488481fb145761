package followup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/search"
)

// Confirmer confirms one fixed arm on fresh seeds and the test part. It is the
// only code that asks a trainer for the test part.
type Confirmer struct {
	Definition *search.Definition
	Store      Store
	Trainer    objective.Trainer
	// Redraw returns the trainer like Trainer whose training and validation part are
	// drawn again with a seed, beside the same test part; nil where that cannot be
	// done. It is asked once or a few times for each fresh seed of an arm with
	// Resplit, and what it returns is dropped once that seed is measured: there are
	// never more than Parallel of them, so it should make numbers of examples only
	// when it trains.
	Redraw func(seed int64) (objective.Trainer, error)
	// Parallel is the number of trainings at once. It never changes a figure.
	Parallel int
	// Deadline, if not zero, is when it must have ended. Trainings that are not
	// expected to end before it are not started.
	Deadline time.Time
	// Clock tells the time for the deadline and for durations.
	Clock func() time.Time
	// Observe, if not nil, gets events, from several goroutines.
	Observe func(Event)
}

// Run confirms an arm and records the outcome. Runs that the store has are not
// trained again, so that a confirmation that was interrupted goes on, and one that
// is repeated trains nothing. After stop is closed no training is started; when ctx
// ends those under way are interrupted too; either way the error is an interruption
// ([objective.IsInterruption]) and nothing is claimed. Where the time is over, the
// seeds that are complete are what there is, if they are at least [confirm.FewestSeeds];
// else it is an interruption too. Seeds on which a training fails are left out and counted;
// where too few are left, or are complete when the time is over, the error is a
// [*FreshSeedsError]. Without [Arm.Vector] a failing training of the one that is joined of all
// seeds ends it.
func (c *Confirmer) Run(ctx context.Context, stop <-chan struct{}, arm Arm) (*Confirmation, error) {
	if arm.Seeds < confirm.FewestSeeds {
		return nil, fmt.Errorf("%d fresh seeds; a confirmation needs at least %d", arm.Seeds, confirm.FewestSeeds)
	}
	if arm.Round < 1 || arm.Round > arm.Plan.Rounds {
		return nil, fmt.Errorf("round %d of trial %d; it has rounds 1 to %d", arm.Round, arm.Trial, arm.Plan.Rounds)
	}
	arm.Plan.Rounds = arm.Round // a longer trial contains the shorter one
	p, err := c.perform(arm)
	if err != nil {
		return nil, err
	}
	defer stopWith(stop, p.runner)()
	p.vector = p.arm.Vector
	err = p.each(ctx, func(s *freshSeed) error { return p.attempt(ctx, s) })
	failures := p.failures()
	if over := c.timeIsOver(ctx, stop, err); err == nil || over && p.vector != nil {
		leftOut, complete := FailureOf(failures, ""), p.keepComplete()
		switch {
		case complete >= confirm.FewestSeeds:
			err = nil
		case leftOut.Seeds > 0:
			err = &FreshSeedsError{Asked: arm.Seeds, Failed: leftOut, NotTried: arm.Seeds - complete - leftOut.Seeds, err: err}
		}
	}
	if err == nil && p.vector == nil { // that of all seeds, so it had to wait for them
		if p.vector, err = p.meanVector(); err == nil {
			err = p.each(ctx, func(s *freshSeed) error { return p.fixed(ctx, s) })
		}
	}
	if err == nil {
		err = p.joint(context.WithoutCancel(ctx))
	}
	if err != nil {
		return nil, err
	}
	out, err := p.compare()
	if err != nil {
		return nil, err
	}
	out.Asked, out.Failures = arm.Seeds, failures
	if err := c.Store.Confirm(context.WithoutCancel(ctx), out); err != nil {
		return nil, fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	return out, nil
}

// Reading returns the reading that Run makes of an arm, or made.
func (c *Confirmer) Reading(arm Arm) (Reading, error) {
	p, err := c.perform(arm)
	if err != nil {
		return Reading{}, err
	}
	return p.reading, nil
}

// Fitting returns how long fitting offsets to one model takes, which Run does [Arm.Fits]
// times on every fresh seed: with many classes longer than the trainings. It is tried on the reference of the
// search's first seed, and 0 where the store has no logits of it.
func (c *Confirmer) Fitting(ctx context.Context) (time.Duration, error) {
	eval := (&confirming{Confirmer: c}).evaluator(c.Trainer.Info())
	id, err := eval.Spec(eval.ReferenceModel, search.TrainingSeed(c.Definition.Search.Seed, 0, search.PhaseSearch)).ID()
	if err != nil {
		return 0, err
	}
	r, ok, err := c.Store.Find(ctx, id)
	if err != nil || !ok {
		return 0, err
	}
	folds, err := posthoc.FoldsOf(r, eval.Labels(r))
	if err != nil {
		return 0, nil // nothing to fit to, as on the fresh seeds
	}
	began := c.Clock()
	_, _ = posthoc.Estimation{Stopped: func() bool { // then it is known that it takes longer than that
		return ctx.Err() != nil || !c.Deadline.IsZero() && !c.Clock().Before(c.Deadline)
	}}.FitAll(folds, c.Definition.Objective)
	if ctx.Err() != nil {
		return 0, objective.ErrStopped
	}
	return c.Clock().Sub(began), nil
}

// timeIsOver reports whether an error says that the deadline has come, and nothing else.
func (c *Confirmer) timeIsOver(ctx context.Context, stop <-chan struct{}, err error) bool {
	return !c.Deadline.IsZero() && objective.IsInterruption(err) && !search.IsClosed(stop) && !errors.Is(ctx.Err(), context.Canceled)
}

// perform prepares the work on an arm.
func (c *Confirmer) perform(arm Arm) (*confirming, error) {
	p := &confirming{Confirmer: c, arm: arm, observe: c.Observe}
	if p.observe == nil {
		p.observe = func(Event) {}
	}
	trainer := c.Trainer
	if arm.Resplit {
		if c.Redraw == nil {
			return nil, fmt.Errorf("training and validation part cannot be drawn again by this trainer")
		}
		p.drawn = newDrawn(c.Trainer)
		trainer = p.drawn
	}
	p.runner = objective.NewRunner(opener{trainer, p.open, p.delivered}, c.Store, c.Parallel, c.Clock, func(e objective.RunEvent) {
		p.observe(Event{Kind: EventRun, Run: e})
	})
	p.runner.SetDeadline(c.Deadline)
	p.eval = p.evaluator(c.Trainer.Info())
	for r := range arm.Seeds {
		p.seeds = append(p.seeds, &freshSeed{
			replicate: r, seed: search.TrainingSeed(c.Definition.Search.Seed, r, search.PhaseConfirm), split: search.SplitSeed(c.Definition.Search.Seed, r), eval: p.eval,
		})
	}
	first, err := p.first()
	if err != nil {
		return nil, err
	}
	p.reading = Reading{Trial: arm.Trial, Round: arm.Round, Seeds: arm.Seeds, Resplit: arm.Resplit, Reference: first}
	return p, nil
}

// evaluator returns what measures runs on the data that info describes.
func (p *confirming) evaluator(info objective.Info) *objective.Evaluator {
	return &objective.Evaluator{
		Runner: p.runner, Info: info, ReferenceModel: p.Definition.ReferenceModel(), Score: p.Definition.Objective,
		Posthoc: posthoc.Deriver(p.Definition.Objective.Spread),
	}
}

// first returns the address of the reference's run on the first fresh seed.
func (p *confirming) first() (objective.RunID, error) {
	eval := p.eval
	if p.arm.Resplit {
		t, err := p.Redraw(p.seeds[0].split)
		if err != nil {
			return "", err
		}
		eval = p.evaluator(t.Info())
	}
	return eval.Spec(eval.ReferenceModel, p.seeds[0].seed).ID()
}
