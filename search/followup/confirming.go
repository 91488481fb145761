package followup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/posthoc"
)

// opener is a trainer whose test part is opened, in the record, before it is, and read, in the
// record, before a result is handed out. One that fails has read nothing. A confirmation counts
// the seeds that fail by itself: a repeated one trains those alone, one after the other.
type opener struct {
	objective.Trainer
	open, read func(context.Context) error
}

func (o opener) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if job.Test {
		if err := o.open(ctx); err != nil {
			return nil, err
		}
	}
	job.Persist = true
	r, err := o.Trainer.Train(ctx, job)
	if err == nil && job.Test && r != nil && r.Test != nil {
		err = o.read(ctx)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
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

	mu           sync.Mutex
	opened, read bool
	ended        bool // too few seeds are left
	done         int
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
	// balanced is the balanced accuracy of the unweighted model on the validation part.
	balanced float64
	test     map[objective.Option][]uint16
	// fitted are offsets that were fitted to this seed's own models, by the option that
	// delivers these; reasons says why an option has no predictions.
	fitted  map[objective.Option][]float64
	reasons map[objective.Option]Reason
	// causes are the errors of trainings that failed for an option.
	causes map[objective.Option]error
	runs   []Run
	// complete says that everything of this seed is measured, failed why it cannot be.
	complete bool
	failed   error
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

// delivered records, once, that a result of the reading has come, if there is a reading.
func (p *confirming) delivered(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.opened || p.read {
		return nil
	}
	if err := p.Store.TestDelivered(context.WithoutCancel(ctx), p.reading); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	p.read = true
	return nil
}

// each works on all seeds in turn, on as many at once as there are trainings: so seeds
// are complete one after the other, and where time runs out most of them are.
func (p *confirming) each(ctx context.Context, work func(*freshSeed) error) error {
	return inTurn(len(p.seeds), p.Parallel, p.runner, func(i int) error {
		if err := p.onItsSplit(ctx, p.seeds[i], work); errors.As(err, new(*FreshSeedsError)) {
			return err // it is about several
		} else if err != nil {
			return fmt.Errorf("fresh seed %d of %d: %w", p.seeds[i].replicate+1, len(p.seeds), err)
		}
		return nil
	})
}

// seed performs everything of one seed, but the vector where that is yet to come.
func (p *confirming) seed(ctx context.Context, s *freshSeed) error {
	if !p.arm.Plan.Trained() {
		if err := p.open(ctx); err != nil { // shifts of known logits train nothing and read it all the same
			return err
		}
	}
	s.test, s.fitted, s.reasons = make(map[objective.Option][]uint16), make(map[objective.Option][]float64), make(map[objective.Option]Reason)
	s.causes = make(map[objective.Option]error)
	if err := p.reference(ctx, s); err != nil {
		return err
	}
	if p.vector != nil { // before the recipe: where both are one run, its logits are kept
		if err := p.fixed(ctx, s); err != nil {
			return err
		}
	}
	if err := p.recipe(ctx, s); err != nil {
		return err
	}
	return p.longer(ctx, s)
}

// reference performs the unweighted model, with offsets on it.
func (p *confirming) reference(ctx context.Context, s *freshSeed) error {
	a, err := p.runner.RunTest(ctx, s.eval.Spec(s.eval.ReferenceModel, s.seed))
	if err != nil {
		return err
	}
	if err := p.delivered(ctx); err != nil { // of a run that was known before too: shifts of it train nothing
		return err
	}
	if err := s.add(Run{What: objective.OptionNothing, Run: a.Run}, a.Result); err != nil {
		return err
	}
	s.balanced = a.Result.Val.BalancedAccuracy()
	reason, err := p.fit(ctx, s, objective.OptionNothing, a.Result)
	if err != nil {
		return err
	}
	if reason != "" {
		s.reasons[objective.OptionOffsetsRefitted] = reason
	} else if s.test[objective.OptionOffsetsRefitted], err = posthoc.TestPredictions(a.Result, s.fitted[objective.OptionNothing]); err != nil {
		return err
	}
	switch {
	case a.Result.TestLogits == nil:
		s.reasons[objective.OptionOffsetsFixed] = reason
	case p.arm.Offsets == nil:
		s.reasons[objective.OptionOffsetsFixed] = ReasonNoOffsets
	default:
		s.test[objective.OptionOffsetsFixed], err = posthoc.TestPredictions(a.Result, p.arm.Offsets)
	}
	return err
}

// fit fits offsets to a model of a seed, on its validation logits, or says why not. The
// model is what the option delivers without offsets. The accuracy that they may lose is
// less by what the model has lost against the unweighted one of the seed, whose turn is before
// that of all others. When ctx ends it is an interruption.
func (p *confirming) fit(ctx context.Context, s *freshSeed, model objective.Option, r *objective.Result) (Reason, error) {
	labels := s.eval.Labels(r)
	if r.ValLogits == nil || labels == nil || r.TestLogits == nil || r.TestLabels == nil {
		return s.noLogits(), nil // of the unweighted one nothing is fitted yet
	}
	folds, err := posthoc.FoldsOf(r, labels)
	if err != nil {
		return ReasonFewExamples, nil // nothing to fit to, as in a search
	}
	fitted, err := posthoc.Estimation{Stopped: func() bool { return ctx.Err() != nil }}.
		FitAll(folds, p.Definition.Objective.After(max(0, s.balanced-r.Val.BalancedAccuracy())))
	if err != nil {
		return "", objective.ErrStopped
	}
	s.fitted[model] = fitted.Offsets
	return "", nil
}

// recipe performs the recipe with all its rounds.
func (p *confirming) recipe(ctx context.Context, s *freshSeed) error {
	t, _, err := s.eval.ReplicateTest(ctx, p.arm.Plan, s.replicate, s.seed)
	if err != nil {
		return err
	}
	last := t.Rounds[p.arm.Round]
	s.weights = last.Weights
	return s.add(Run{What: objective.OptionWeightsRemeasured, Trial: p.arm.Trial, Round: p.arm.Round, Run: last.Run, Weights: last.Weights}, t.Last)
}

// longer performs the unweighted model with twice the epochs, and with those of the recipe.
// A training of these that fails is the reason why they are not measured; the others are.
func (p *confirming) longer(ctx context.Context, s *freshSeed) error {
	model, reason := p.arm.longer(p.Definition, objective.LongerFactor)
	if reason == "" {
		a, err := p.runner.RunTest(ctx, s.eval.Spec(model, s.seed))
		switch {
		case isFailedTraining(err):
			reason, s.causes[objective.OptionLonger] = ReasonFailed, err
		case err != nil:
			return fmt.Errorf("the unweighted model, trained longer: %w", err)
		default:
			if err := s.add(Run{What: objective.OptionLonger, Run: a.Run}, a.Result); err != nil {
				return err
			}
			if err := p.longerOffsets(s, a.Result); err != nil {
				return err
			}
		}
	}
	if reason != "" {
		s.reasons[objective.OptionLonger], s.reasons[objective.OptionLongerThenOffsets] = reason, reason
	}
	return p.equalCost(ctx, s)
}

// equalCost performs the unweighted model with the epochs of the recipe.
func (p *confirming) equalCost(ctx context.Context, s *freshSeed) error {
	model, reason := p.arm.equalCost(p.Definition)
	if reason == "" && p.arm.Round+1 == objective.LongerFactor { // the same run
		reason = s.reasons[objective.OptionLonger]
	}
	if reason != "" {
		s.reasons[EqualCost] = reason
		return nil
	}
	a, err := p.runner.RunTest(ctx, s.eval.Spec(model, s.seed))
	if isFailedTraining(err) {
		s.reasons[EqualCost], s.causes[EqualCost] = ReasonFailed, err
		return nil
	}
	if err != nil {
		return fmt.Errorf("the unweighted model, trained as long as the recipe: %w", err)
	}
	return s.add(Run{What: EqualCost, Round: p.arm.Round, Run: a.Run}, a.Result)
}

// longerOffsets applies the search's fixed set of offsets to the model that is trained longer,
// or says why not.
func (p *confirming) longerOffsets(s *freshSeed, r *objective.Result) (err error) {
	switch {
	case p.arm.LongerOffsets == nil:
		s.reasons[objective.OptionLongerThenOffsets] = cmp.Or(p.arm.LongerReason, ReasonNoOffsets)
	case r.TestLogits == nil || r.TestLabels == nil:
		s.reasons[objective.OptionLongerThenOffsets] = s.noLogits()
	default:
		s.test[objective.OptionLongerThenOffsets], err = posthoc.TestPredictions(r, p.arm.LongerOffsets)
	}
	return err
}

// weightsOffsets applies a fixed set of offsets to the model with the fixed vector, or fits
// one for [confirming.joint] where there is none.
func (p *confirming) weightsOffsets(ctx context.Context, s *freshSeed, r *objective.Result) (err error) {
	const option = objective.OptionWeightsThenOffsets
	if set := p.arm.WeightsOffsets; set != nil && r.TestLogits != nil && r.TestLabels != nil {
		s.test[option], err = posthoc.TestPredictions(r, set)
		return err
	}
	reason, err := p.fit(ctx, s, objective.OptionWeightsFixed, r)
	if reason != "" {
		s.reasons[option] = reason
	}
	return err
}

// noLogits says why a run that is not the unweighted one of the seed has no logits.
func (s *freshSeed) noLogits() Reason {
	if s.fitted[objective.OptionNothing] != nil {
		return ReasonNotKept // the trainer sends them
	}
	return ReasonNoLogits
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
	run := Run{What: objective.OptionWeightsFixed, Trial: p.arm.Trial, Round: p.arm.Round, Weights: p.vector}
	base := s.eval.Spec(plan.Model, s.seed)
	spec, err := base.WithWeights(p.vector, plan.Apply, plan.WeightsFrom)
	if err != nil {
		return err
	}
	if spec.Trained() {
		a, err := p.runner.RunTestLogits(ctx, spec)
		if err != nil {
			return fmt.Errorf("the vector: %w", err)
		}
		if err := p.weightsOffsets(ctx, s, a.Result); err != nil {
			return err
		}
		run.Run = a.Run
		return s.add(run, a.Result)
	}
	s.reasons[objective.OptionWeightsThenOffsets] = ReasonPosthoc
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
		return answerError{fmt.Errorf("a confirmation needs the prediction and the label of every test example, and run %.8s has none: "+
			"its answer must carry test labels with predictions or scores", run.Run)}
	}
	if s.labels == nil {
		s.labels = r.TestLabels
	}
	if !slices.Equal(s.labels, r.TestLabels) {
		return answerError{fmt.Errorf("the test labels of run %.8s differ from those of another run; a trainer must keep its test examples and their order", run.Run)}
	}
	s.test[run.What] = r.TestPredictions
	run.Replicate, run.Seed = s.replicate, s.seed
	s.runs = append(s.runs, run)
	return nil
}
