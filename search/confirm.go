package search

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/confirm"
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
)

// Reading is one occasion to look at a test part: a fixed arm on so many fresh
// seeds, with the reference's run on the first of them, which stands for data and
// code. Continuing or repeating it is the same reading.
type Reading struct {
	Trial, Round, Seeds int
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
	// OpenTest records that the test part is about to be read, unless that reading is
	// recorded already, and returns when it is durable.
	OpenTest(ctx context.Context, r Reading) error
	// Confirm records a confirmation in place of any earlier one of the arm, and
	// returns when it is durable.
	Confirm(ctx context.Context, c *Confirmation) error
}

// Confirmer confirms one fixed arm on fresh seeds and the test part. It is the
// only code that asks a trainer for the test part.
type Confirmer struct {
	Definition *Definition
	Store      ConfirmStore
	Trainer    objective.Trainer
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
// ends those under way are broken off too; either way, and when the time is over,
// the error is an interruption ([objective.IsInterruption]) and nothing is claimed.
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
	watched := make(chan struct{})
	defer close(watched)
	go func() {
		select {
		case <-stop:
			p.eval.Runner.Stop()
		case <-watched:
		}
	}()
	if err := p.each(func(s *freshSeed) error { return p.recipe(ctx, s) }); err != nil {
		return nil, err
	}
	if p.vector = p.arm.Vector; p.vector == nil {
		if p.vector, err = p.meanVector(); err != nil {
			return nil, err
		}
	}
	if err := p.each(func(s *freshSeed) error { return p.fixed(ctx, s) }); err != nil {
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

// perform prepares the work on an arm.
func (c *Confirmer) perform(arm Fixed) (*confirming, error) {
	p := &confirming{Confirmer: c, arm: arm, observe: c.Observe}
	if p.observe == nil {
		p.observe = func(Event) {}
	}
	p.eval = &objective.Evaluator{
		Info: c.Trainer.Info(), ReferenceModel: c.Definition.ReferenceModel(), Score: c.Definition.Objective,
		Posthoc: derive(c.Definition.Objective.Spread),
	}
	for r := range arm.Seeds {
		seed := TrainingSeed(c.Definition.Search.Seed, r, "confirm")
		p.seeds = append(p.seeds, &freshSeed{replicate: r, seed: seed})
	}
	first, err := p.eval.Spec(p.eval.ReferenceModel, p.seeds[0].seed).ID()
	if err != nil {
		return nil, err
	}
	p.reading = Reading{Trial: arm.Trial, Round: arm.Round, Seeds: arm.Seeds, Reference: first}
	p.eval.Runner = objective.NewRunner(opener{c.Trainer, p.open}, c.Store, c.Parallel, c.Clock, func(e objective.RunEvent) {
		p.observe(Event{Kind: EventRun, Run: e})
	})
	p.eval.Runner.SetDeadline(c.Deadline)
	return p, nil
}

// opener is a trainer whose test part is opened, in the record, before it is.
type opener struct {
	objective.Trainer
	open func(context.Context) error
}

func (o opener) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if job.Test {
		if err := o.open(ctx); err != nil {
			return nil, err
		}
	}
	return o.Trainer.Train(ctx, job)
}

// confirming is the work on one arm.
type confirming struct {
	*Confirmer
	arm     Fixed
	eval    *objective.Evaluator
	observe func(Event)
	reading Reading
	seeds   []*freshSeed
	vector  []float64

	mu     sync.Mutex
	opened bool
	done   int
}

// freshSeed is what one seed measured. Predictions are those of the test part.
type freshSeed struct {
	replicate int
	seed      int64
	weights   []float64
	labels    []uint16
	test      map[string][]uint16 // by what, and by against
	runs      []ConfirmedRun
}

// open records the reading, once.
func (p *confirming) open(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.opened {
		return nil
	}
	if err := p.Store.OpenTest(context.WithoutCancel(ctx), p.reading); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	p.opened = true
	return nil
}

// each works on all seeds side by side. A failure stops the others; it is told
// before the interruptions that it caused.
func (p *confirming) each(work func(*freshSeed) error) error {
	errs := make(chan error)
	for _, s := range p.seeds {
		go func() {
			err := work(s)
			if err != nil {
				err = fmt.Errorf("fresh seed %d of %d: %w", s.replicate+1, len(p.seeds), err)
			}
			errs <- err
		}()
	}
	var failed, broken error
	for range p.seeds {
		err := <-errs
		if err == nil {
			continue
		}
		p.eval.Runner.Stop()
		if objective.IsInterruption(err) {
			broken = err
		} else {
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return failed
	}
	return broken
}

// recipe performs the reference, the recipe and what is trained longer.
func (p *confirming) recipe(ctx context.Context, s *freshSeed) error {
	if p.arm.Plan.Apply == objective.ApplyPosthoc {
		if err := p.open(ctx); err != nil { // shifts of known logits train nothing and read it all the same
			return err
		}
	}
	t, _, err := p.eval.ReplicateTest(ctx, p.arm.Plan, s.replicate, s.seed)
	if err != nil {
		return err
	}
	last := t.Rounds[p.arm.Round]
	s.weights = last.Weights
	if err := s.add(ConfirmedRun{What: AgainstReference, Run: t.Reference.Run}, t.ReferenceResult); err != nil {
		return err
	}
	if err := s.add(ConfirmedRun{What: Recipe, Trial: p.arm.Trial, Round: p.arm.Round, Run: last.Run, Weights: last.Weights}, t.Last); err != nil {
		return err
	}
	shifted, err := offsetPredictions(p.Definition.Objective, t.ReferenceResult, p.eval.Labels(t.ReferenceResult))
	if err != nil {
		return err
	}
	if shifted != nil {
		s.test[AgainstOffsets] = shifted
	}
	if model := p.Definition.longer(p.arm); model != nil {
		a, err := p.eval.Runner.RunTest(ctx, p.eval.Spec(model, s.seed))
		if err != nil {
			return fmt.Errorf("unweighted at the same training cost: %w", err)
		}
		if err := s.add(ConfirmedRun{What: Longer, Round: p.arm.Round, Run: a.Run}, a.Result); err != nil {
			return err
		}
	}
	p.mu.Lock()
	p.done++
	done := p.done
	p.mu.Unlock()
	p.observe(Event{Kind: EventFreshSeed, Done: done, Total: len(p.seeds)})
	return nil
}

// meanVector joins the weights of all seeds.
func (p *confirming) meanVector() ([]float64, error) {
	vectors := make([][]float64, len(p.seeds))
	for i, s := range p.seeds {
		vectors[i] = s.weights
	}
	return confirm.GeometricMean(vectors)
}

// fixed performs a run with the one vector.
func (p *confirming) fixed(ctx context.Context, s *freshSeed) error {
	plan := p.arm.Plan
	run := ConfirmedRun{What: Vector, Trial: p.arm.Trial, Round: p.arm.Round, Weights: p.vector}
	base := p.eval.Spec(plan.Model, s.seed)
	spec, err := base.WithWeights(p.vector, plan.Apply, plan.WeightsFrom)
	if err != nil {
		return err
	}
	if plan.Apply != objective.ApplyPosthoc || spec.Unweighted() {
		a, err := p.eval.Runner.RunTest(ctx, spec)
		if err != nil {
			return fmt.Errorf("the vector: %w", err)
		}
		run.Run = a.Run
		return s.add(run, a.Result)
	}
	a, err := p.eval.Runner.RunTest(ctx, base)
	if err != nil {
		return err
	}
	result, err := shiftedResult(a.Result, p.eval.Labels(a.Result), p.vector)
	if err != nil {
		return err
	}
	spec.Parent = a.Run
	if run.Run, err = p.eval.Runner.Keep(ctx, spec, result); err != nil {
		return err
	}
	return s.add(run, result)
}

// add keeps what a run says of the test examples.
func (s *freshSeed) add(run ConfirmedRun, r *objective.Result) error {
	if r.TestPredictions == nil || r.TestLabels == nil {
		return fmt.Errorf("a confirmation needs the prediction and the label of every test example, and run %.8s has none: "+
			"its answer must carry test labels with predictions or scores", run.Run)
	}
	if s.test == nil {
		s.test, s.labels = make(map[string][]uint16), r.TestLabels
	}
	if !slices.Equal(s.labels, r.TestLabels) {
		return fmt.Errorf("the test labels of run %.8s differ from those of another run; a trainer keeps its test examples and their order", run.Run)
	}
	s.test[run.What] = r.TestPredictions
	run.Replicate, run.Seed = s.replicate, s.seed
	s.runs = append(s.runs, run)
	return nil
}

// compare makes the findings.
func (p *confirming) compare() (*Confirmation, error) {
	out := &Confirmation{Reading: p.reading, Images: make([]int64, len(p.eval.Info.Classes))}
	labels := p.seeds[0].labels
	for _, c := range labels {
		out.Images[c]++
	}
	sample, err := confirm.NewSample(len(out.Images), labels)
	if err != nil {
		return nil, err
	}
	measured := make(map[string]*confirm.Measured)
	for _, what := range []string{AgainstReference, AgainstOffsets, Recipe, Vector, Longer} {
		var predictions [][]uint16
		for _, s := range p.seeds {
			if !slices.Equal(s.labels, labels) {
				return nil, fmt.Errorf("the test labels differ from seed to seed; a trainer keeps its test examples and their order")
			}
			if x := s.test[what]; x != nil {
				predictions = append(predictions, x)
			}
		}
		if len(predictions) < len(p.seeds) {
			continue // no logits to shift, nothing to train longer
		}
		if measured[what], err = sample.Measure(predictions); err != nil {
			return nil, err
		}
	}
	for _, q := range [][2]string{
		{Recipe, AgainstReference}, {Recipe, AgainstOffsets}, {Vector, AgainstReference}, {Vector, AgainstOffsets}, {Longer, AgainstReference},
	} {
		a, b := measured[q[0]], measured[q[1]]
		if a == nil || b == nil {
			continue
		}
		score := p.Definition.Objective
		c, err := confirm.Compare(a, b, score.Spread)
		if err != nil {
			return nil, err
		}
		out.Findings = append(out.Findings, Finding{What: q[0], Against: q[1], Comparison: c, Drop: c.Tolerance(score.Tolerance)})
	}
	for _, s := range p.seeds {
		out.Runs = append(out.Runs, s.runs...)
	}
	return out, nil
}
