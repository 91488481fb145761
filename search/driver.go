package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// Driver executes a study: it asks the policy for steps, performs them through
// the trainer, and records them in the store. It decides nothing itself.
type Driver struct {
	Definition *Definition
	Store      Store
	Trainer    objective.Trainer
	Sampler    Sampler
	// Parallel is the number of trainings at once, at least 1. It never changes
	// which trials are made or how they end.
	Parallel int
	// Deadline, if not zero, is when the search must have ended. Trainings that
	// are not expected to end before it are not started.
	Deadline time.Time
	// Reserve, if not nil, keeps time free before the deadline: [objective.Runner.SetReserve].
	Reserve func(each time.Duration) time.Duration
	// KeepGoing goes on where training ignores the class weights, instead of ending with an
	// [*IgnoredError].
	KeepGoing bool
	// Clock tells the time for the deadline and for durations.
	Clock func() time.Time
	// Observe, if not nil, is called with every event, from several goroutines.
	Observe func(Event)

	policy Policy
	// most is the number of trials of the study, 0 where nothing but the time bounds it.
	most  int
	eval  *objective.Evaluator
	steps []Record
	// trials are all that was made, with everything measured so far.
	trials []trialView
	done   chan finished
	active int
	// deciding is how long the last decision took: screening takes a while.
	deciding time.Duration
	// abandoned says that a decision was left to itself when the context ended: the policy is
	// not used any more.
	abandoned bool
	// begun says that what comes before the first decision is done, screening that the
	// screen, if there is one, chose all points so far.
	begun, screening bool
	// failures counts failed steps in a row, succeeded says that any step of the
	// study ever ended well.
	failures  int
	succeeded bool
	// weightsChecked says that it is known whether training ignores the class weights.
	weightsChecked bool
	// deaths is that of [DeathCounter], 0 as soon as a step ends.
	deaths int

	counts runCounts

	mu sync.Mutex
	// references holds the replicates whose reference is in the store.
	references map[int]bool
}

// finished is a step's end as its goroutine reports it. Interrupted steps have
// no outcome: they stay open.
type finished struct {
	outcome Outcome
	err     error
}

// End says why a search came to its end.
type End string

// The ends of a search.
const (
	// EndComplete: the budget of trials is spent, or the space has no more points.
	EndComplete End = "complete"
	// EndTime: the time is over.
	EndTime End = "time"
	// EndStopped: stop was closed or the context ended.
	EndStopped End = "stopped"
)

// Summary says what one invocation of [Driver.Run] did.
type Summary struct {
	End End
	// Trained is the number of trainings, Shared how many more a trial needed that had been made
	// for another trial, or before. An unweighted run that all trials need counts once in both
	// together.
	Trained, Shared int
	// Trials counts those that have ended, in all invocations: one that is decided and was
	// interrupted is not stored as a result.
	Trials int
	// FailedSeeds counts the further seeds of trials that failed, in all invocations, and
	// SeedFailure is why the first of them did; "" if none failed.
	FailedSeeds int
	SeedFailure string
	// Exhausted is the number of points of the space where these are fewer than the trials
	// that were asked for, and all are made; else 0.
	Exhausted int
}

// ErrFailing is wrapped by the error of a search that gave up because its
// trainings fail again and again.
var ErrFailing = errors.New("stopped after repeated failures")

// A search gives up, instead of using up its time, after so many failed steps in
// a row: few while nothing has ever worked, more once something has, since a wide
// space can contain points that cannot be trained. Our choice.
const (
	maxFailuresAtFirst = 3
	maxFailuresLater   = 20
)

// Run continues the study from the steps in the store until its budget is spent,
// the deadline has come, stop is closed, or ctx ends. After stop is closed no
// training is started and those under way are finished; when ctx ends those are
// interrupted too. Every finished run is durable when Run returns.
func (d *Driver) Run(ctx context.Context, stop <-chan struct{}) (Summary, error) {
	if err := d.prepare(ctx); err != nil && ctx.Err() != nil {
		return Summary{End: EndStopped}, nil
	} else if err != nil {
		return Summary{}, err
	}
	ctx, cancel := d.bound(ctx)
	defer cancel()
	watch := make(chan struct{})
	defer close(watch)
	go func() {
		select {
		case <-stop:
			d.eval.Runner.Stop()
		case <-ctx.Done():
			d.eval.Runner.Stop()
		case <-watch:
		}
	}()
	end, err := d.loop(ctx, stop)
	if flush := d.Store.Flush(context.WithoutCancel(ctx)); err == nil && flush != nil {
		err = fmt.Errorf("%w: %w", objective.ErrStorage, flush)
	}
	summary := Summary{End: end}
	summary.Trained, _ = d.eval.Runner.Counts()
	summary.Shared = d.counts.shared()
	for _, r := range d.steps {
		if r.Step.Kind == NewTrial && r.Outcome != nil {
			summary.Trials++
		}
		if r.Step.Kind == MoreSeeds && r.Outcome != nil && r.Outcome.Err != "" {
			summary.FailedSeeds += len(r.Step.Replicates)
			summary.SeedFailure = cmp.Or(summary.SeedFailure, r.Outcome.Err)
		}
	}
	if d.most > 0 && end == EndComplete && d.most != d.Definition.Search.Trials {
		summary.Exhausted = d.most
	}
	return summary, err
}

// bound ends the context at the deadline.
func (d *Driver) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if d.Deadline.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d.Deadline.Sub(d.Clock()))
}

// prepare loads the study and builds the evaluator.
func (d *Driver) prepare(ctx context.Context) error {
	if d.Observe == nil {
		d.Observe = func(Event) {}
	}
	steps, err := d.Store.Load(ctx)
	if err != nil {
		return err
	}
	evaluations, open := 0, 0
	d.trials, d.begun, d.abandoned, d.most = nil, false, false, d.Definition.MostTrials()
	for i, r := range steps {
		if r.Step.Number != i+1 {
			return fmt.Errorf("stored steps: found step %d; want step %d", r.Step.Number, i+1)
		}
		d.noteStep(r)
		if r.Outcome != nil {
			d.countFailure(r)
			evaluations += len(r.Step.Replicates)
		} else {
			open++
		}
	}
	d.steps = steps
	if err := d.countDeaths(ctx); err != nil {
		return err
	}
	d.Observe(Event{Kind: EventLoaded, Evaluations: evaluations, Open: open, Arms: d.allArms()})
	d.policy = Policy{Definition: d.Definition, Sampler: d.Sampler}
	d.done = make(chan finished)
	d.references = make(map[int]bool)
	d.counts = runCounts{unweighted: make(map[objective.RunID]bool)}
	runner := objective.NewRunner(d.Trainer, d.Store, d.Parallel, d.Clock, func(e objective.RunEvent) {
		if d.counts.observe(e) {
			d.Observe(Event{Kind: EventRun, Run: e})
		}
	})
	runner.SetDeadline(d.Deadline)
	runner.SetReserve(d.Reserve)
	d.eval = &objective.Evaluator{
		Runner: runner, Info: d.Trainer.Info(),
		ReferenceModel: d.Definition.ReferenceModel(), Score: d.Definition.Objective,
		Posthoc: posthoc.Deriver(d.Definition.Objective.Spread),
	}
	if asked := d.Definition.Search.Trials; d.most != asked && len(d.trials) < d.most {
		d.Observe(Event{Kind: EventNotice, Text: d.exhaustible()})
	}
	if w := d.Definition.Search.Window; d.Parallel > w*d.Definition.Search.Replicates {
		d.Observe(Event{Kind: EventNotice, Text: fmt.Sprintf(
			"parallel is %d but search.window is %d: at most %d steps can be open at once, so some slots stay idle", d.Parallel, w, w)})
	}
	return nil
}

// exhaustible says that the space has fewer points than trials are asked for.
func (d *Driver) exhaustible() string {
	points := objective.Plural(d.most, "point")
	if !d.Definition.Search.Racing {
		return fmt.Sprintf("the space has %s; each is made once, and then the search ends", points)
	}
	return fmt.Sprintf("the space has %s; each is made once, and what is left of the budget goes to further seeds, at most %d each",
		points, d.Definition.Search.MaxReplicates)
}

// loop starts steps as they become decidable and takes in their outcomes, until
// nothing is left to start and nothing is under way. The first failure ends it.
func (d *Driver) loop(ctx context.Context, stop <-chan struct{}) (End, error) {
	var failure error
	end, deciding := EndStopped, true
	if err := d.checkWeights(ctx); err != nil {
		return end, err
	}
	for i := range d.steps {
		if d.steps[i].Outcome == nil {
			d.launch(ctx, d.steps[i].Step)
		}
	}
	for {
		if deciding && (IsClosed(stop) || ctx.Err() != nil || d.eval.Runner.Late(d.deciding)) {
			deciding = false
		}
		if deciding {
			more, err := d.decide(ctx)
			switch {
			case errors.Is(err, errDone):
				end, deciding = EndComplete, false
			case objective.IsInterruption(err):
				deciding = false
			case err != nil:
				failure, deciding = err, false
				d.eval.Runner.Stop()
			case more:
				continue
			}
		}
		if d.active == 0 {
			break
		}
		f := <-d.done
		d.active--
		if f.err == nil {
			f.err = d.finish(ctx, f.outcome)
		}
		if f.err == nil {
			continue
		}
		end, deciding = EndStopped, false
		if failure == nil && !objective.IsInterruption(f.err) {
			failure = f.err
			d.eval.Runner.Stop()
		}
	}
	if end == EndStopped && failure == nil && d.isComplete() {
		end = EndComplete
	}
	if failure == nil {
		failure = d.noteTransmission(ctx) // of outcomes that were there before the screen
	}
	if end == EndStopped && !IsClosed(stop) && !d.Deadline.IsZero() && !errors.Is(ctx.Err(), context.Canceled) {
		end = EndTime
	}
	return end, failure
}

// decide makes the next step if its turn has come. It returns false where the
// decision has to wait for outcomes.
func (d *Driver) decide(ctx context.Context) (bool, error) {
	n := len(d.steps) + 1
	conditioned := max(0, n-d.Definition.Search.Window)
	if n > 1 {
		conditioned = max(conditioned, d.steps[n-2].Step.Conditioned)
	}
	if d.complete() < conditioned {
		return false, nil
	}
	if err := d.begin(ctx); err != nil {
		return false, err
	}
	d.Observe(Event{Kind: EventSuggesting, Step: Step{Number: n}})
	began := d.Clock()
	step, err := d.next(ctx, conditioned)
	if errors.Is(err, errDrain) {
		if conditioned == n-1 {
			return false, fmt.Errorf("step %d: every outcome is known and the policy still waits", n)
		}
		if d.complete() < n-1 {
			return false, nil
		}
		step, err = d.next(ctx, n-1)
	}
	if err != nil {
		return false, err
	}
	d.deciding = d.Clock().Sub(began)
	if err := d.Store.Append(context.WithoutCancel(ctx), step); err != nil {
		return false, fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	d.steps = append(d.steps, Record{Step: step})
	d.noteStep(Record{Step: step})
	d.noteScreening(step)
	d.Observe(Event{Kind: EventStep, Step: step})
	d.launch(ctx, step)
	return true, nil
}

// next asks the policy for a step, which takes a while where the history is long or many points
// are predicted. When ctx ends it is an interruption.
func (d *Driver) next(ctx context.Context, conditioned int) (Step, error) {
	steps := d.steps
	step, err := objective.Unless(ctx, func() (Step, error) { return d.policy.Next(steps, conditioned) })
	d.abandoned = d.abandoned || objective.IsInterruption(err)
	return step, err
}

// isComplete reports whether nothing is left to decide, which may be so although the
// deadline has come or stop is closed.
func (d *Driver) isComplete() bool {
	n := len(d.steps)
	if d.abandoned || d.most == 0 || len(d.trials) < d.most || d.complete() < n {
		return false
	}
	_, err := d.policy.Next(d.steps, n)
	return errors.Is(err, errDone)
}

// complete returns the length of the longest prefix of steps with outcomes.
func (d *Driver) complete() int {
	// Only the last window of steps can be open, or a few more after a resume.
	n := len(d.steps)
	for i := len(d.steps) - 1; i >= 0 && i >= len(d.steps)-d.Definition.Search.Window-d.active; i-- {
		if d.steps[i].Outcome == nil {
			n = i
		}
	}
	return n
}

// launch performs a step in a goroutine of its own.
func (d *Driver) launch(ctx context.Context, step Step) {
	d.active++
	ctx = d.isolate(ctx, step.Number)
	point := step.Point
	if step.Kind == MoreSeeds {
		point = d.pointOf(step.Trial)
	}
	invalid := d.steps[step.Number-1].Invalid
	go func() {
		outcome, err := d.perform(ctx, step, point, invalid)
		d.done <- finished{outcome, err}
	}()
}

// pointOf returns the point of a trial.
func (d *Driver) pointOf(trial int) Point {
	for _, r := range d.steps {
		if r.Step.Kind == NewTrial && r.Step.Trial == trial {
			return r.Step.Point
		}
	}
	return nil
}

// finish takes in the outcome of a step.
func (d *Driver) finish(ctx context.Context, o Outcome) error {
	record := &d.steps[o.Step-1]
	record.Outcome = &o
	d.deaths = 0
	measured, failed := d.measured(record.Step.Trial)
	var arms []objective.Arm
	if !failed {
		arms = d.Definition.Objective.Arms(measured)
	}
	if err := d.Store.Finish(context.WithoutCancel(ctx), o, arms); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	d.noteOutcome(record.Step, o)
	if err := d.noteTransmission(ctx); err != nil {
		return err
	}
	d.Observe(Event{Kind: EventOutcome, Step: record.Step, Outcome: o, Arms: arms})
	if err := d.checkWeights(ctx); err != nil {
		return err
	}
	d.countFailure(*record)
	if d.failures >= maxFailuresLater || d.failures >= maxFailuresAtFirst && !d.succeeded {
		return fmt.Errorf("%w: %d steps in a row failed, the last (step %d) with: %s", ErrFailing, d.failures, o.Step, o.Err)
	}
	return nil
}

// allArms returns the arms of every trial that neither failed nor is invalid.
func (d *Driver) allArms() []objective.Arm {
	var v view
	known := d.steps
	for i, r := range known {
		if r.Outcome == nil {
			known = known[:i] // the few behind an open step are left out
			break
		}
	}
	v.advance(known, len(known), d.Definition.Objective)
	var arms []objective.Arm
	for _, t := range v.trials {
		if !t.failed && !t.invalid {
			arms = append(arms, t.arms...)
		}
	}
	return arms
}

// measured returns all replicates of a trial in the order of its steps, and
// whether its first ones failed. Further seeds that fail cost only themselves.
func (d *Driver) measured(trial int) (reps []objective.Replicate, failed bool) {
	for _, r := range d.steps {
		if r.Step.Trial == trial && r.Outcome != nil {
			reps = append(reps, r.Outcome.Replicates...)
			failed = failed || r.Outcome.Err != "" && r.Step.Kind == NewTrial
		}
	}
	return reps, failed
}

// noteStep keeps the trials that are made, and what a stored step measured.
func (d *Driver) noteStep(r Record) {
	if r.Step.Kind == NewTrial {
		d.trials = append(d.trials, newTrialView(r))
	}
	if r.Outcome != nil {
		d.noteOutcome(r.Step, *r.Outcome)
	}
}

// noteOutcome keeps what a step measured.
func (d *Driver) noteOutcome(step Step, o Outcome) {
	t := &d.trials[step.Trial-1]
	t.failed = t.failed || o.Err != "" && step.Kind == NewTrial
	t.measured = append(t.measured, o.Replicates...)
}

// countFailure keeps the number of failures in a row. Those of trials that somebody declared
// invalid are none.
func (d *Driver) countFailure(r Record) {
	switch {
	case r.Outcome.Err == "":
		d.failures, d.succeeded = 0, true
	case r.Invalid == "":
		d.failures++
	}
}

// IsClosed reports whether a channel is closed on which nothing is sent; nil never is.
func IsClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
