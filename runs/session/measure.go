package session

import (
	"context"
	"fmt"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/runs"
	"evenkeel/runs/notice"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// MeasureRequest names an arm whose probes to train.
type MeasureRequest struct {
	Definition *search.Definition
	Trial      *runs.Trial
	// Case is what is known of the arm without probes.
	Case explain.Case
}

// Measure trains the few runs that show whether and where weights can work for a trial
// ([explain.Probe]), as far as they are not stored.
func Measure(ctx context.Context, stop <-chan struct{}, c Config, r MeasureRequest) (*explain.Probed, error) {
	number := r.Trial.Number
	plan, err := r.Definition.Plan(r.Trial.Point)
	switch {
	case err != nil:
		return nil, fmt.Errorf("trial %d: %w", number, err)
	case !plan.Trained():
		return nil, search.Inputf("trial %d applies its weights post hoc: nothing is trained with them, so there is nothing to measure; without --measure its findings come from the logits", number)
	case r.Trial.Invalid != "":
		return nil, search.Inputf("trial %d was declared invalid: %s; nothing is trained for it", number, r.Trial.Invalid)
	}
	probes, err := explain.Probe(r.Case)
	if err != nil {
		return nil, fmt.Errorf("trial %d: %w", number, err)
	}
	v := visit{Config: c, def: r.Definition, open: openTrainer, ready: func(t *opened) error { return checkTrainer(r.Definition, t.Info()) }}
	m := &measuring{Config: c, study: r.Definition.Name, trial: number, plan: plan, probes: probes}
	err = v.run(ctx, stop, m.run)
	return m.probed, err
}

// measuring is one invocation's work on the probes of a trial.
type measuring struct {
	Config
	study  string
	trial  int
	plan   objective.Plan
	probes explain.Probes
	probed *explain.Probed
}

// run trains what is missing. It returns ErrInterrupted if it was stopped.
func (m *measuring) run(ctx context.Context, v visited) error {
	prober := followup.Prober{Cache: v.study, Trainer: v.trainer, Parallel: v.trainer.parallel, Clock: time.Now, Observe: m.observe}
	err := m.announce(ctx, v, &prober)
	if err == nil {
		err = v.study.Begin(ctx, runs.Measuring)
	}
	if err == nil {
		m.probed, err = prober.Run(ctx, v.stop, m.plan, m.probes)
	}
	if moved := v.study.Err(); moved != nil {
		return moved
	}
	if err != nil && (objective.IsInterruption(err) || ctx.Err() != nil) {
		m.notify(notice.MeasuringInterrupted{})
		return ErrInterrupted
	}
	return err
}

// announce says what is about to be trained.
func (m *measuring) announce(ctx context.Context, v visited, prober *followup.Prober) error {
	missing, err := prober.Missing(ctx, m.plan, m.probes)
	if err != nil {
		return err
	}
	n := notice.MeasuringBegan{Study: m.study, Trial: m.trial, Seeds: len(m.probes.Replicates), Trainings: missing}
	if missing == 0 {
		prober.Observe = nil // there is nothing to wait for
	} else {
		each, err := v.seconds(ctx, m.plan.Model)
		if err != nil {
			return err
		}
		n.Seconds = each * float64(missing) / float64(v.trainer.parallel)
	}
	m.notify(n)
	return nil
}

// observe passes on what happens.
func (m *measuring) observe(e followup.Event) {
	switch {
	case e.Kind == followup.EventSeed:
		m.notify(notice.SeedMeasured{Done: e.Done, Total: e.Total})
	case e.Kind == followup.EventRun && e.Run.Kind == objective.RunFailed:
		m.runFailed(e.Run)
	}
}
