package search

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
)

// Fixed is the one arm that a confirmation is about. It must have been chosen
// before, on validation.
type Fixed struct {
	Trial, Round int
	// Plan is the trial's, whatever its number of rounds.
	Plan objective.Plan
	// Vector is the fixed vector that is confirmed beside the recipe, at mean 1: the
	// geometric mean of the weights that the search measured, which somebody would
	// paste. Nil means that of the fresh seeds themselves.
	Vector []float64
	// Seeds is the number of fresh training seeds, at least [confirm.FewestSeeds].
	Seeds int
	// Resplit draws training and validation part anew for every fresh seed, beside the
	// same test part, so that what is found also holds for other training data of the
	// source.
	Resplit bool
}

// Cost returns how many trainings a fresh seed takes, and how long they are
// together in trainings of the usual length.
func (f Fixed) Cost(d *Definition) (trainings int, length float64) {
	trainings = 1 // the reference
	if !reflect.DeepEqual(f.Plan.Model, d.ReferenceModel()) {
		trainings++
	}
	if f.Plan.Apply == objective.ApplyPosthoc {
		return trainings, float64(trainings)
	}
	trainings += f.Round + 1 // the recipe's rounds and the vector
	if d.longer(f) == nil {
		return trainings, float64(trainings)
	}
	return trainings + 1, float64(trainings + f.Round + 1)
}

// longer returns the reference's model with as many epochs as all rounds of the
// arm have together; nil where the model has no epochs or the weights cost none.
func (d *Definition) longer(f Fixed) map[string]any {
	model := maps.Clone(d.ReferenceModel())
	epochs, ok := model["epochs"].(int64)
	if !ok || f.Plan.Apply == objective.ApplyPosthoc {
		return nil
	}
	model["epochs"] = epochs * int64(f.Round+1)
	return model
}

// What was confirmed, and against what.
const (
	// Recipe is the arm's whole procedure, weights measured anew on every seed.
	Recipe = "recipe"
	// Vector is the one vector of weights, the same on every seed.
	Vector = "vector"
	// Longer is the reference, trained as long as the recipe with all its rounds.
	Longer = "longer"
	// AgainstReference is the unweighted reference; its runs have this name too.
	AgainstReference = "reference"
	// AgainstOffsets is the reference with offsets that were fitted on validation.
	AgainstOffsets = "offsets"
	// OffsetsAlone is the same, held against the reference itself.
	OffsetsAlone = AgainstOffsets
)

// Reading is one occasion to look at a test part: a fixed arm on so many fresh
// seeds, with the reference's run on the first of them, which stands for data and
// code. Continuing or repeating it is the same reading; with parts drawn anew for
// every seed it is another.
type Reading struct {
	Trial, Round, Seeds int
	Resplit             bool
	Reference           objective.RunID
}

// Confirmation is what fresh seeds and the test part say of a fixed arm.
type Confirmation struct {
	Reading
	Findings []Finding
	// Runs are the training runs with a test part.
	Runs []ConfirmedRun
	// Images is the number of test examples of each class.
	Images []int64
}

// Finding is one comparison on the test part.
type Finding struct {
	What, Against string
	confirm.Comparison
	// Drop is the balanced accuracy lost, held against the study's tolerance.
	Drop confirm.Drop
}

// ConfirmedRun is a run with its test part. The reference and what is trained
// longer belong to trial 0.
type ConfirmedRun struct {
	What                    string
	Trial, Round, Replicate int
	Seed                    int64
	Run                     objective.RunID
	Weights                 []float64
}

// ConfirmStore is what a [Confirmer] needs of a trial history for one study.
type ConfirmStore interface {
	objective.Cache
	// OpenTest records that the test part is about to be read, unless a reading of the
	// same arm on at least as many seeds is recorded, and returns when it is durable.
	OpenTest(ctx context.Context, r Reading) error
	// DescribeSplit records what one fresh seed trains on where its parts were drawn
	// anew. It is called before any run on them, and need not wait for the disk.
	DescribeSplit(ctx context.Context, info objective.Info) error
	// Confirm records a confirmation in place of any earlier one of the arm that was
	// made in the same way, with or without parts drawn anew, and returns when it is
	// durable. One on more seeds stays.
	Confirm(ctx context.Context, c *Confirmation) error
}

// Confirmer confirms one fixed arm on fresh seeds and the test part. It is the
// only code that asks a trainer for the test part.
type Confirmer struct {
	Definition *Definition
	Store      ConfirmStore
	Trainer    objective.Trainer
	// Redraw returns the trainer like Trainer whose training and validation part are
	// drawn anew with a seed, beside the same test part; nil where that cannot be
	// done. It is asked once or a few times for each fresh seed of an arm with
	// Resplit, and what it returns is let go of once that seed is measured: there are
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
	// Observe, if not nil, is told of events, from several goroutines.
	Observe func(Event)
}

// Run confirms an arm and records the outcome. Runs that the store has are not
// trained again, so that a confirmation that was broken off goes on, and one that
// is repeated trains nothing. After stop is closed no training is started; when ctx
// ends those under way are broken off too; either way the error is an interruption
// ([objective.IsInterruption]) and nothing is claimed. Where the time is over, the
// seeds that are complete are what there is, if they are at least [confirm.FewestSeeds];
// else it is an interruption too.
func (c *Confirmer) Run(ctx context.Context, stop <-chan struct{}, arm Fixed) (*Confirmation, error) {
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
	err = p.each(ctx, func(s *freshSeed) error {
		err := p.recipe(ctx, s)
		if err == nil && p.vector != nil {
			err = p.fixed(ctx, s)
		}
		if err == nil {
			s.complete = true
			p.tell()
		}
		return err
	})
	if err != nil && c.timeIsOver(ctx, stop, err) && p.vector != nil && p.keepComplete() >= confirm.FewestSeeds {
		err = nil
	}
	if err == nil && p.vector == nil { // that of all seeds, so it had to wait for them
		if p.vector, err = p.meanVector(); err == nil {
			err = p.each(ctx, func(s *freshSeed) error { return p.fixed(ctx, s) })
		}
	}
	if err != nil {
		return nil, err
	}
	out, err := p.compare()
	if err != nil {
		return nil, err
	}
	if err := c.Store.Confirm(context.WithoutCancel(ctx), out); err != nil {
		return nil, fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	return out, nil
}

// Reading returns the reading that Run makes of an arm, or made.
func (c *Confirmer) Reading(arm Fixed) (Reading, error) {
	p, err := c.perform(arm)
	if err != nil {
		return Reading{}, err
	}
	return p.reading, nil
}

// Fitting returns how long fitting offsets takes, which Run does on every fresh seed:
// with many classes longer than the trainings. It is tried on the reference of the
// search's first seed, and 0 where the store has no logits of it.
func (c *Confirmer) Fitting(ctx context.Context) (time.Duration, error) {
	eval := (&confirming{Confirmer: c}).evaluator(c.Trainer.Info())
	id, err := eval.Spec(eval.ReferenceModel, TrainingSeed(c.Definition.Search.Seed, 0, "search")).ID()
	if err != nil {
		return 0, err
	}
	r, ok, err := c.Store.Find(ctx, id)
	if err != nil || !ok {
		return 0, err
	}
	folds, err := foldsOf(r, eval.Labels(r))
	if err != nil {
		return 0, nil // nothing to fit to, as on the fresh seeds
	}
	began := c.Clock()
	folds.FitAll(c.Definition.Objective)
	return c.Clock().Sub(began), nil
}

// timeIsOver reports whether an error says that the deadline has come, and nothing else.
func (c *Confirmer) timeIsOver(ctx context.Context, stop <-chan struct{}, err error) bool {
	return !c.Deadline.IsZero() && objective.IsInterruption(err) && !isClosed(stop) && !errors.Is(ctx.Err(), context.Canceled)
}

// perform prepares the work on an arm.
func (c *Confirmer) perform(arm Fixed) (*confirming, error) {
	p := &confirming{Confirmer: c, arm: arm, observe: c.Observe}
	if p.observe == nil {
		p.observe = func(Event) {}
	}
	trainer := c.Trainer
	if arm.Resplit {
		if c.Redraw == nil {
			return nil, fmt.Errorf("the parts of this trainer's data cannot be drawn again: it splits them itself")
		}
		p.drawn = newDrawn(c.Trainer)
		trainer = p.drawn
	}
	p.runner = objective.NewRunner(opener{trainer, p.open}, c.Store, c.Parallel, c.Clock, func(e objective.RunEvent) {
		p.observe(Event{Kind: EventRun, Run: e})
	})
	p.runner.SetDeadline(c.Deadline)
	p.eval = p.evaluator(c.Trainer.Info())
	for r := range arm.Seeds {
		p.seeds = append(p.seeds, &freshSeed{
			replicate: r, seed: TrainingSeed(c.Definition.Search.Seed, r, "confirm"), split: SplitSeed(c.Definition.Search.Seed, r), eval: p.eval,
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
		Posthoc: derive(p.Definition.Objective.Spread),
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
