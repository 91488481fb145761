package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
	"evenkeel/objective/evidence/trained"
)

// The names of lines. With several ways of applying weights, those about weights have
// the way in brackets.
const (
	nameConnection = "connection"
	nameBatch      = "batch"
	nameTrained    = "trained enough"
	nameGuessing   = "guessing"
	nameTraining   = "training"
	nameTest       = "test part"
	nameRepeat     = "same seed twice"
	nameSeeds      = "other seed"
	nameReaction   = "one class x20"
	nameOrder      = "order of weights"
	nameScale      = "all weights x10"
	nameEpoch      = "seconds per epoch"
	nameStudy      = "time of the study"
)

// Config says what to check a trainer with.
type Config struct {
	// Spec is the unweighted run of the study's reference model. Its seed does
	// not matter.
	Spec objective.Spec
	// Apply are the ways in which the study applies weights, at least one. The
	// first is checked most thoroughly.
	Apply []string
	// Seeds are training seeds, at least two. Three are enough for most trainers;
	// more make finer faults visible.
	Seeds []int64
	// WeightsFrom says that the study switches weights on late.
	WeightsFrom bool
	// SmallBatch is the smallest batch of the study if it is so small that weights cancel
	// themselves in part ([SmallBatchLine]), else 0.
	SmallBatch int
	// StepsPerEpoch is the number of optimiser steps of an epoch, 0 where it is not known.
	// OwnProgram says that the user's own program trains.
	StepsPerEpoch int
	OwnProgram    bool
	// Trainings is about how many trainings the study takes, with what follows the trials,
	// and Length how long they are in trainings of the usual epochs; 0 is unknown.
	Trainings, Length float64
	// Parallel is how many trainings go on at once, here as in the study; 0 is 1.
	Parallel int
	// Clock times the trainings; nil is time.Now.
	Clock func() time.Time
}

// validate reports every fault of the configuration.
func (c Config) validate() error {
	var errs []error
	if !c.Spec.Unweighted() {
		errs = append(errs, fmt.Errorf("the run to check with has class weights; want the unweighted one"))
	}
	if len(c.Apply) == 0 {
		errs = append(errs, fmt.Errorf("no way of applying weights to check; want at least one"))
	}
	seeds := slices.Compact(slices.Sorted(slices.Values(c.Seeds)))
	if len(c.Seeds) < 2 || len(seeds) < len(c.Seeds) {
		errs = append(errs, fmt.Errorf("training seeds %v; want at least two, all different", c.Seeds))
	}
	return errors.Join(errs...)
}

// Run checks a trainer and returns what it found, in order; report, which may be nil, is
// called with each line as soon as it is known. A trainer that fails is a line too. The
// error is not nil when ctx ends first or the configuration is wrong; the lines so far are
// returned with it. All trainings have ended when Run returns.
func Run(ctx context.Context, trainer objective.Trainer, cfg Config, report func(Line)) ([]Line, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if report == nil {
		report = func(Line) {}
	}
	cfg.Parallel = max(1, cfg.Parallel)
	info := trainer.Info()
	c := &checker{cfg: cfg, info: info, report: report, pool: &pool{
		trainer: trainer, classes: len(info.Classes), clock: cfg.Clock, slots: make(chan struct{}, cfg.Parallel),
	}}
	inner, cancel := context.WithCancel(ctx)
	defer c.pool.wg.Wait()
	defer cancel()
	c.run(inner)
	return c.found, ctx.Err()
}

// checker is a check under way.
type checker struct {
	cfg    Config
	info   objective.Info
	report func(Line)
	pool   *pool
	found  []Line

	plain  []*objective.Result // the unweighted runs, one a seed
	tens   []*objective.Result // every weight 10; nil if that failed
	first  probe               // the class boosted on every seed,
	second probe               // and the one boosted to see the order
}

// say reports a line.
func (c *checker) say(f Line) {
	c.found = append(c.found, f)
	c.report(f)
}

// run performs the check; when ctx ends it returns early.
func (c *checker) run(ctx context.Context) {
	for _, f := range Plumbing(c.info, c.cfg.Apply, c.cfg.WeightsFrom) {
		c.say(f)
	}
	if Worst(c.found) == Fault {
		return
	}
	if c.cfg.SmallBatch > 0 {
		c.say(SmallBatchLine(c.cfg.SmallBatch))
	}
	plain, err := results(c.pool.submit(ctx, c.specs(len(c.cfg.Seeds))...))
	if err != nil {
		c.failed(ctx, nameTraining, "the unweighted training fails", "Fix this first: a search needs trainings that work.", err)
		return
	}
	c.plain = plain
	short := c.short()
	if !c.guessing() || short || !c.training() {
		return
	}
	c.testPart()
	c.first, c.second = choose(recalls(plain))
	again := c.pool.submit(ctx, c.specs(1)...)
	var modes []*mode
	for i, apply := range c.cfg.Apply {
		modes = append(modes, c.startMode(ctx, apply, i == 0))
	}
	if !c.seeds(ctx, again) {
		return
	}
	for _, m := range modes {
		if !c.weights(ctx, m) {
			return
		}
	}
	c.cost()
}

// specs returns the unweighted specs of the first n seeds.
func (c *checker) specs(n int) []objective.Spec {
	specs := make([]objective.Spec, n)
	for i := range specs {
		specs[i] = c.cfg.Spec
		specs[i].Seed = c.cfg.Seeds[i]
	}
	return specs
}

// failed reports a failed training, unless ctx ended it. It returns whether the check can
// go on, which it cannot with a trainer that is permanently broken.
func (c *checker) failed(ctx context.Context, name, what, advice string, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	f := Line{Name: name, State: Fault, Text: fmt.Sprintf("%s: %v", what, err), Advice: advice}
	var logged *objective.LoggedError
	if errors.As(err, &logged) {
		f.Log = logged.Log
	}
	c.say(f)
	return !errors.Is(err, objective.ErrTrainerBroken)
}

// short reports models that are not trained, of which nothing else means anything.
func (c *checker) short() bool {
	if c.examplesChange() {
		return false // said with the trainings
	}
	var runs []trained.Run
	for _, r := range c.plain {
		runs = append(runs, trained.Run{
			Val: r.Val, Train: r.Train, Epochs: r.Epochs, Stopped: r.Stopped, Steps: c.cfg.StepsPerEpoch * len(r.Epochs),
		})
	}
	j := trained.Judge(runs)
	if j.Short {
		c.say(Line{Name: nameTrained, State: Fault, Text: j.Text("the unweighted model"), Advice: j.Advice(c.cfg.OwnProgram)})
	}
	return j.Short
}

// guessing reports models that are no better than guessing, and returns whether anything
// else that is measured of them means anything.
func (c *checker) guessing() bool {
	if c.examplesChange() {
		return true // said with the trainings
	}
	j := judged(c.plain)
	if j.Kind == guessing.Fine {
		return true
	}
	f := Line{Name: nameGuessing, State: Warning, Text: j.Text("the unweighted model", c.info.Classes), Advice: j.Advice()}
	if j.Blocks() {
		f.State = Fault
	}
	c.say(f)
	return !j.Blocks()
}

// judged judges the runs of one model on several seeds.
func judged(results []*objective.Result) guessing.Judgement {
	runs := make([]guessing.Run, len(results))
	for i, r := range results {
		runs[i] = guessing.Run{Val: r.Val, Logits: r.ValLogits}
	}
	return guessing.Judge(runs)
}

// fewExamples is the number of validation examples of a class below which its
// recall is hardly known: the standard error is 9 points at 30 examples and a
// recall of one half. Our choice. It is more than the 20 below which pages warn of
// intervals: here single classes are judged by a training or two.
const fewExamples = 30

// training reports the unweighted runs, and returns whether they can be compared with each
// other.
func (c *checker) training() bool {
	r := c.plain[0]
	recall, support := recalls(c.plain).means(), r.Val.Support()
	worst, _ := objective.Lowest(recall)
	fewest := 0
	var balanced float64
	for i, x := range recall {
		balanced += x / float64(len(recall))
		if support[i] < support[fewest] {
			fewest = i
		}
	}
	f := Line{Name: nameTraining, State: OK, Text: fmt.Sprintf(
		"%s without weights: balanced accuracy %s on %d validation examples; the worst class is %s with a recall of %s",
		plural(len(c.plain), "training"), percent(balanced), r.Val.Total(), c.class(worst), percent(recall[worst]))}
	want := planned(c.cfg.Spec)
	switch got := epochs(c.cfg.Spec, r); {
	case c.examplesChange():
		f.State, f.Advice = Fault, "Split the data once, with a fixed seed instead of the training seed: recalls can be compared only on the same examples."
		f.Text += "; the validation examples change from one seed to the next"
	case want > 0 && got != want && !r.Stopped:
		f.State, f.Advice = Warning, "Let the trainer read the number of epochs from each request."
		f.Text += fmt.Sprintf("; asked for %s, it reported %d", plural(want, "epoch"), got)
	case support[fewest] < fewExamples:
		f.State, f.Advice = Warning, fmt.Sprintf("Hold out more for validation: with fewer than %d examples a class only large differences of recalls are visible.", fewExamples)
		few := 0
		for _, n := range support {
			if n < fewExamples {
				few++
			}
		}
		f.Text += fmt.Sprintf("; %d of %d classes have fewer than %d validation examples, the fewest %s: %d",
			few, len(support), fewExamples, c.class(fewest), support[fewest])
	}
	c.say(f)
	return f.State != Fault
}

// testPart reports whether there is a test part that a confirmation can be made on. Only its
// numbers of examples are known here.
func (c *checker) testPart() {
	var shape *objective.TestShape
	if counted, ok := c.pool.trainer.(objective.TestCounter); ok {
		shape = &objective.TestShape{Predictions: true}
		for _, n := range counted.TestCounts() {
			if n > 0 {
				shape.Examples = append(shape.Examples, int64(n))
			}
		}
	}
	for _, r := range c.plain {
		if r.TestShape != nil {
			shape = r.TestShape
		}
	}
	f := Line{Name: nameTest, State: Warning}
	switch {
	case shape == nil:
		f.Text = "the training program did not say whether it has a test part, and a confirmation needs one"
		f.Advice = "Use the current evenkeel.py, or answer test_shape (docs/trainer.md). Without test labels with predictions or logits nothing can be confirmed after the search."
	case len(shape.Examples) == 0:
		f.Text = "there is no test part, so nothing can be confirmed after the search"
		f.Advice = "Hold one out that nothing else looks at: a program of your own gives it to run.result(test=...); for a built-in model set data.test."
	case !shape.Predictions:
		f.Text = "the test part is sent as a confusion matrix, and a confirmation needs the prediction of every example"
		f.Advice = "Give labels with predictions or logits, as in run.result(test=(labels, logits))."
	default:
		f.State = OK
		f.Text = fmt.Sprintf("there is a test part to confirm on, with %s (no result of it was asked for)", perClass(shape.Examples))
	}
	c.say(f)
}

// perClass says how many examples a class has.
func perClass(examples []int64) string {
	least, most := slices.Min(examples), slices.Max(examples)
	if least == most {
		return plural(int(least), "example") + " a class"
	}
	return fmt.Sprintf("%d to %d examples a class", least, most)
}

// class returns the name of a class as sentences show it.
func (c *checker) class(k int) string { return objective.InSentence(c.info.Classes[k]) }

// examplesChange reports whether the unweighted runs were measured on different
// validation parts, as far as their labels show it.
func (c *checker) examplesChange() bool {
	first := c.plain[0]
	for _, r := range c.plain {
		if !slices.Equal(r.Val.Support(), first.Val.Support()) ||
			r.ValLabels != nil && first.ValLabels != nil && !slices.Equal(r.ValLabels, first.ValLabels) {
			return true
		}
	}
	return false
}
