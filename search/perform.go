package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// seedsPerSlot is how many seeds of a step are under way for each training that may be: one
// that trains, and one whose run is being saved, so that no slot waits for the disk.
const seedsPerSlot = 2

// perform evaluates the replicates of a step, as many side by side as the slots can use: what
// waits for its turn is a number and nothing else. A failure of one is the outcome of the step;
// only interruptions and broken stores are errors, after which no other one is begun, and too
// little memory, unless the trial was declared invalid: then nobody waits for another machine.
func (d *Driver) perform(ctx context.Context, step Step, point Point, invalid string) (Outcome, error) {
	outcome := Outcome{Step: step.Number}
	plan, err := d.Definition.Plan(point)
	if err != nil {
		outcome.Err = oneLine(err)
		return outcome, nil
	}
	type answer struct {
		rep     objective.Replicate
		seconds float64
		err     error
	}
	answers := make([]answer, len(step.Replicates))
	var next atomic.Int64
	var stopped atomic.Bool
	var workers sync.WaitGroup
	for range min(len(answers), seedsPerSlot*max(1, d.Parallel)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(answers) && !stopped.Load(); i = int(next.Add(1)) - 1 {
				a, r := &answers[i], step.Replicates[i]
				if a.err = d.reference(ctx, r); a.err == nil {
					a.rep, a.seconds, a.err = d.eval.Replicate(ctx, plan, r, TrainingSeed(d.Definition.Search.Seed, r, PhaseSearch))
					if errors.Is(a.err, objective.ErrNoRoom) && invalid != "" {
						a.err = errors.New("declared invalid before it was trained: " + invalid)
					}
					a.err = d.withoutRoom(step.Trial, a.err)
				}
				if a.err != nil && stopsSearch(a.err) {
					stopped.Store(true)
				}
			}
		})
	}
	workers.Wait()
	for _, a := range answers {
		outcome.Seconds += a.seconds
		if a.err != nil && stopsSearch(a.err) {
			return Outcome{}, a.err
		}
		if a.err != nil && outcome.Err == "" {
			outcome.Err = oneLine(a.err)
		}
		outcome.Replicates = append(outcome.Replicates, a.rep)
	}
	if outcome.Err != "" {
		outcome.Replicates = nil
	}
	return outcome, nil
}

// stopsSearch reports whether an error is no outcome of a step: the search ends
// and the step stays open.
func stopsSearch(err error) bool {
	return objective.IsInterruption(err) || errors.Is(err, objective.ErrStorage) || errors.Is(err, objective.ErrTrainerBroken)
}

// withoutRoom adds to an error what to do where a training of a trial, or of the reference as
// trial 0, does not fit into the memory of this machine.
func (d *Driver) withoutRoom(trial int, err error) error {
	name := d.Definition.Name
	switch {
	case !errors.Is(err, objective.ErrNoRoom):
		return err
	case trial == 0:
		return fmt.Errorf("the unweighted model, with which every trial is compared: %w. Nothing is stored as failed. "+
			"To go on where there is more memory: evenkeel resume %s. To search here: a smaller model, as another study", err, name)
	}
	return fmt.Errorf("trial %d: %w. Nothing is stored as failed. To go on where there is more memory: evenkeel resume %s. To leave the trial out: "+
		"evenkeel invalidate %[1]d --study %[3]s --reason 'too large', and resume. To search here: a narrower space, as another study, "+
		"or model.memory, by which trials that need more fail", trial, err, name)
}

// reference measures the reference on a replicate's seed and records it.
func (d *Driver) reference(ctx context.Context, replicate int) error {
	_, err := d.referenceRun(ctx, replicate)
	return err
}

// referenceRun is reference with the run.
func (d *Driver) referenceRun(ctx context.Context, replicate int) (ReferenceRun, error) {
	seed := TrainingSeed(d.Definition.Search.Seed, replicate, PhaseSearch)
	round, result, _, err := d.eval.Reference(ctx, seed)
	if err != nil {
		return ReferenceRun{}, d.withoutRoom(0, err)
	}
	run := ReferenceRun{Replicate: replicate, Round: round, Result: result, Labels: d.eval.Labels(result)}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.references[replicate] {
		return run, nil
	}
	if err := d.Store.Reference(context.WithoutCancel(ctx), replicate, seed, round); err != nil {
		return ReferenceRun{}, fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	began := d.Clock()
	o, err := objective.Unless(ctx, func() (*Offsets, error) { // which may take long with many classes
		return fitOffsets(d.Definition.Objective, replicate, result, run.Labels), nil
	})
	if err != nil {
		return ReferenceRun{}, err
	}
	fitting := time.Duration(float64(d.Clock().Sub(began)) * posthoc.FitAllShare)
	if o != nil {
		if err := d.Store.Offsets(context.WithoutCancel(ctx), *o); err != nil {
			return ReferenceRun{}, fmt.Errorf("%w: %w", objective.ErrStorage, err)
		}
	}
	d.references[replicate] = true
	d.Observe(Event{
		Kind: EventReference, Replicate: replicate, Reference: round, Logits: result.ValLogits,
		Epochs: result.Epochs, Stopped: result.Stopped, Offsets: fitting,
	})
	return run, nil
}

// oneLine writes an error on one line, as logs and tables need it.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
