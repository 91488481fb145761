package search

import (
	"context"
	"fmt"

	"evenkeel/objective"
)

// begin does what comes before the first decision: the reference is the pinned row,
// so nothing starts before it stands on its first seed; and where points are to be
// screened it is trained on all the seeds that predict.
func (d *Driver) begin(ctx context.Context) error {
	if d.begun {
		return nil
	}
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

// screen makes the policy's screen. Where there can be none a notice says why and
// the sampler's points are taken as they are; a reference that fails on a further
// seed costs that seed only.
func (d *Driver) screen(ctx context.Context, first ReferenceRun) error {
	notice := func(format string, arguments ...any) {
		if len(d.trials) >= d.Definition.Search.Trials {
			return // no point is left to choose
		}
		d.Observe(Event{Kind: EventNotice, Text: fmt.Sprintf(format, arguments...)})
	}
	if _, err := NewScreen(d.Definition, nil, []ReferenceRun{first}); err != nil {
		notice("no screening: %v", err)
		return nil
	}
	seeds := min(d.Definition.Search.seeds(), screenSeeds)
	runs, errs := make([]ReferenceRun, seeds), make([]error, seeds)
	runs[0] = first
	ready := make(chan struct{})
	for r := 1; r < seeds; r++ {
		go func() {
			runs[r], errs[r] = d.referenceRun(ctx, r)
			ready <- struct{}{}
		}()
	}
	for r := 1; r < seeds; r++ {
		<-ready
	}
	var usable []ReferenceRun
	for r, err := range errs {
		switch {
		case err != nil && stopsSearch(err):
			return err
		case err != nil:
			notice("screening goes without seed %d: %v", r, oneLine(err))
		default:
			usable = append(usable, runs[r])
		}
	}
	screen, err := NewScreen(d.Definition, d.eval.TrainCounts(first.Round), usable)
	if err != nil {
		notice("no screening: %v", err)
		return nil
	}
	d.policy.Screen = screen
	d.trusted, err = screen.on(d.trials)
	return err
}

// noteTransmission records what the trials so far say of the screen, and says so
// when the screen switches itself off or on.
func (d *Driver) noteTransmission(ctx context.Context) error {
	screen := d.policy.Screen
	if screen == nil {
		return nil
	}
	trusted, t, err := screen.trusted(d.trials)
	if err != nil || t.Effects == 0 {
		return err
	}
	if err := d.Store.Transmission(context.WithoutCancel(ctx), t); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	if !trusted && d.trusted && len(d.trials) < d.Definition.Search.Trials {
		d.Observe(Event{Kind: EventNotice, Text: fmt.Sprintf(
			"screening is off: training brought %.0f %% (+- %.0f) of the changes that shifted logits predict, below %.0f %%; "+
				"points are chosen by sampler %s alone", 100*t.Tau, 100*t.SE, 100*leastTransmission, d.Sampler.Name())})
		d.trusted = false
	}
	return nil
}
