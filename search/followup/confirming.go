package followup

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/posthoc"
)

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
	arm     Arm
	runner  *objective.Runner
	eval    *objective.Evaluator // on the study's own split
	drawn   *drawn               // with Resplit
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
	// seed is that of the training, split that of parts drawn again.
	seed, split int64
	// eval knows the data that this seed trains on.
	eval    *objective.Evaluator
	weights []float64
	labels  []uint16
	test    map[string][]uint16 // by what, and by against
	runs    []Run
	// complete says that everything of this seed is measured.
	complete bool
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

// each works on all seeds in turn, on as many at once as there are trainings: so seeds
// are complete one after the other, and where time runs out most of them are.
func (p *confirming) each(ctx context.Context, work func(*freshSeed) error) error {
	return inTurn(len(p.seeds), p.Parallel, p.runner, func(i int) error {
		if err := p.onItsSplit(ctx, p.seeds[i], work); err != nil {
			return fmt.Errorf("fresh seed %d of %d: %w", p.seeds[i].replicate+1, len(p.seeds), err)
		}
		return nil
	})
}

// recipe performs the reference, the recipe and what is trained longer.
func (p *confirming) recipe(ctx context.Context, s *freshSeed) error {
	if !p.arm.Plan.Trained() {
		if err := p.open(ctx); err != nil { // shifts of known logits train nothing and read it all the same
			return err
		}
	}
	t, _, err := s.eval.ReplicateTest(ctx, p.arm.Plan, s.replicate, s.seed)
	if err != nil {
		return err
	}
	last := t.Rounds[p.arm.Round]
	s.weights = last.Weights
	if err := s.add(Run{What: WhatReference, Run: t.Reference.Run}, t.ReferenceResult); err != nil {
		return err
	}
	if err := s.add(Run{What: WhatRecipe, Trial: p.arm.Trial, Round: p.arm.Round, Run: last.Run, Weights: last.Weights}, t.Last); err != nil {
		return err
	}
	shifted, err := posthoc.OffsetPredictions(p.Definition.Objective, t.ReferenceResult, s.eval.Labels(t.ReferenceResult))
	if err != nil {
		return err
	}
	if shifted != nil {
		s.test[WhatOffsets] = shifted
	}
	if model := p.arm.longer(p.Definition); model != nil {
		a, err := p.runner.RunTest(ctx, s.eval.Spec(model, s.seed))
		if err != nil {
			return fmt.Errorf("the unweighted model, trained longer: %w", err)
		}
		if err := s.add(Run{What: WhatLonger, Round: p.arm.Round, Run: a.Run}, a.Result); err != nil {
			return err
		}
	}
	return nil
}

// report says that one more seed is measured.
func (p *confirming) report() {
	p.mu.Lock()
	p.done++
	done := p.done
	p.mu.Unlock()
	p.observe(Event{Kind: EventSeed, Done: done, Total: len(p.seeds)})
}

// keepComplete leaves the seeds that are complete, and returns how many they are.
func (p *confirming) keepComplete() int {
	p.seeds = slices.DeleteFunc(p.seeds, func(s *freshSeed) bool { return !s.complete })
	return len(p.seeds)
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
	run := Run{What: WhatVector, Trial: p.arm.Trial, Round: p.arm.Round, Weights: p.vector}
	base := s.eval.Spec(plan.Model, s.seed)
	spec, err := base.WithWeights(p.vector, plan.Apply, plan.WeightsFrom)
	if err != nil {
		return err
	}
	if spec.Trained() {
		a, err := p.runner.RunTest(ctx, spec)
		if err != nil {
			return fmt.Errorf("the vector: %w", err)
		}
		run.Run = a.Run
		return s.add(run, a.Result)
	}
	a, err := p.runner.RunTest(ctx, base)
	if err != nil {
		return err
	}
	result, err := posthoc.ShiftedResult(a.Result, s.eval.Labels(a.Result), p.vector)
	if err != nil {
		return err
	}
	spec.Parent = a.Run
	if run.Run, err = p.runner.Keep(ctx, spec, result); err != nil {
		return err
	}
	return s.add(run, result)
}

// add keeps what a run says of the test examples.
func (s *freshSeed) add(run Run, r *objective.Result) error {
	if r.TestPredictions == nil || r.TestLabels == nil {
		return fmt.Errorf("a confirmation needs the prediction and the label of every test example, and run %.8s has none: "+
			"its answer must carry test labels with predictions or scores", run.Run)
	}
	if s.test == nil {
		s.test, s.labels = make(map[string][]uint16), r.TestLabels
	}
	if !slices.Equal(s.labels, r.TestLabels) {
		return fmt.Errorf("the test labels of run %.8s differ from those of another run; a trainer must keep its test examples and their order", run.Run)
	}
	s.test[run.What] = r.TestPredictions
	run.Replicate, run.Seed = s.replicate, s.seed
	s.runs = append(s.runs, run)
	return nil
}

// compare makes the comparisons.
func (p *confirming) compare() (*Confirmation, error) {
	out := &Confirmation{Reading: p.reading, Images: make([]int64, len(p.eval.Info.Classes))}
	out.Seeds = len(p.seeds)
	labels := p.seeds[0].labels
	for _, c := range labels {
		out.Images[c]++
	}
	sample, err := confirm.NewSample(len(out.Images), labels)
	if err != nil {
		return nil, err
	}
	measured := make(map[string]*confirm.Measured)
	for _, what := range []string{WhatReference, WhatOffsets, WhatRecipe, WhatVector, WhatLonger} {
		var predictions [][]uint16
		for _, s := range p.seeds {
			if !slices.Equal(s.labels, labels) {
				return nil, fmt.Errorf("the test labels differ from seed to seed; a trainer must keep its test examples and their order")
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
		{WhatRecipe, WhatReference}, {WhatOffsets, WhatReference}, {WhatRecipe, WhatOffsets},
		{WhatVector, WhatReference}, {WhatVector, WhatOffsets}, {WhatLonger, WhatReference},
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
		out.Comparisons = append(out.Comparisons, Comparison{What: q[0], Against: q[1], Comparison: c, Drop: c.Tolerance(score.Tolerance)})
	}
	for _, s := range p.seeds {
		out.Runs = append(out.Runs, s.runs...)
	}
	return out, nil
}
