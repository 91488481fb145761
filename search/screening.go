package search

import (
	"context"
	"fmt"
	"slices"

	"evenkeel/objective"
)

// begin does what comes before the first decision. Every trial is compared with the
// reference, so nothing starts before that is trained on its first seed. Where points
// are to be screened it is trained on all the seeds that predict.
func (d *Driver) begin(ctx context.Context) error {
	if d.begun {
		return nil
	}
	ctx = d.isolate(ctx, 0)
	screened := d.Definition.Search.Screen == ScreenAuto
	if len(d.steps) == 0 || screened {
		first, err := d.referenceRun(ctx, 0)
		if err != nil {
			return err
		}
		if screened {
			if err := d.screen(ctx, first); err != nil {
				return err
			}
		}
	}
	d.begun = true
	return nil
}

// screen makes the policy's screen, from the seeds of the reference that it was made
// from at first. Where there can be none a notice says why and the sampler's points
// are taken as they are; a reference that fails on a further seed costs that seed only.
func (d *Driver) screen(ctx context.Context, first ReferenceRun) error {
	notice := func(format string, arguments ...any) {
		if d.most > 0 && len(d.trials) >= d.most {
			return // no point is left to choose
		}
		d.Observe(Event{Kind: EventNotice, Text: fmt.Sprintf(format, arguments...)})
	}
	seeds, err := d.Store.ScreenSeeds(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	chosen := len(seeds) > 0
	if !chosen {
		seeds = interval(0, min(d.Definition.Search.seeds(), screenSeeds))
	}
	if err := first.usable(); err != nil {
		if chosen {
			notice("no screening from here on: %v; were they freed by evenkeel gc --all?", err)
		} else {
			notice("no screening: %v", err)
		}
		return nil
	}
	runs, errs := make([]ReferenceRun, len(seeds)), make([]error, len(seeds))
	ready := make(chan struct{})
	for i, r := range seeds {
		go func() {
			runs[i], errs[i] = d.referenceRun(ctx, r)
			ready <- struct{}{}
		}()
	}
	for range seeds {
		<-ready
	}
	var usable []ReferenceRun
	var used []int
	for i, err := range errs {
		switch {
		case err != nil && stopsSearch(err):
			return err
		case err != nil:
			notice("screening goes on without seed %d: %v", seeds[i], oneLine(err))
		default:
			usable, used = append(usable, runs[i]), append(used, seeds[i])
		}
	}
	screen, err := NewScreen(d.Definition, d.eval.TrainCounts(first.Round), usable)
	if err != nil {
		notice("no screening: %v", err)
		return nil
	}
	if !chosen {
		if err := d.Store.SetScreenSeeds(context.WithoutCancel(ctx), used); err != nil {
			return fmt.Errorf("%w: %w", objective.ErrStorage, err)
		}
	}
	d.policy.Screen = screen
	d.screening = !slices.ContainsFunc(d.trials, func(t trialView) bool { return !t.screened })
	return nil
}

// noteScreening says so when a point is the first that was not screened.
func (d *Driver) noteScreening(step Step) {
	if d.policy.Screen == nil || step.Kind != NewTrial || step.Predicted != nil || !d.screening {
		return
	}
	d.screening = false
	t := d.policy.judged
	d.Observe(Event{Kind: EventNotice, Text: fmt.Sprintf(
		"screening is off from trial %d on: training delivered only %s of the predicted change (95 %%, %d trials); "+
			"points are chosen by sampler %s alone", step.Trial, t, t.Effects, d.Sampler.Name())})
}

// noteTransmission records what the trials so far say of the screen; the next invocation does
// so where a decision was abandoned.
func (d *Driver) noteTransmission(ctx context.Context) error {
	if d.policy.Screen == nil || d.abandoned {
		return nil
	}
	t, err := d.policy.Screen.transmission(d.trials)
	if err != nil || t.Effects == 0 {
		return err
	}
	if err := d.Store.Transmission(context.WithoutCancel(ctx), t); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	return nil
}
