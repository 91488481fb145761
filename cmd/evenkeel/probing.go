package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// probing is one invocation's work on the trainings of explain --measure.
type probing struct {
	def    *search.Definition
	trial  int
	plan   objective.Plan
	probes explain.Probes
	log    *eventLog
	probed *explain.Probed
}

// probe performs the trainings that tell more of a case, and adds what they gave.
func (f explainFlags) probe(cmd *cobra.Command, g *global, e told, c *explain.Case) error {
	switch {
	case e.plan.Apply == objective.ApplyPosthoc:
		return search.Inputf("trial %d applies its weights post hoc: nothing is trained with them, so there is nothing to measure; without --measure its findings come from the logits", c.Trial)
	case e.trial.Invalid != "":
		return search.Inputf("trial %d was declared invalid: %s; nothing is trained for it", c.Trial, e.trial.Invalid)
	}
	probes, err := explain.Probe(*c)
	if err != nil {
		return fmt.Errorf("trial %d: %w", c.Trial, err)
	}
	r := newRevisit(cmd, e.def, e.state, f.acceptCode)
	r.ready = func(t *opened) error { return checkTrainer(e.def, t.Info()) }
	p := &probing{def: e.def, trial: c.Trial, plan: e.plan, probes: probes, log: r.log}
	if err := r.run(cmd, g.db, p.run); err != nil {
		return err
	}
	c.Probed = p.probed
	return nil
}

// run trains what is missing. It returns errInterrupted if a signal cut it short.
func (p *probing) run(ctx context.Context, v visited) error {
	prober := followup.Prober{Cache: v.study, Trainer: v.trainer, Parallel: v.trainer.parallel, Clock: time.Now, Observe: p.observe}
	err := p.announce(ctx, v, &prober)
	if err == nil {
		err = v.study.Begin(ctx, runs.Measuring)
	}
	if err == nil {
		p.probed, err = prober.Run(ctx, v.stop, p.plan, p.probes)
	}
	if err != nil && (objective.IsInterruption(err) || ctx.Err() != nil) {
		p.log.print("interrupted; nothing is said before all trainings are done; the same command continues")
		return errInterrupted
	}
	return err
}

// announce says what is about to be trained.
func (p *probing) announce(ctx context.Context, v visited, prober *followup.Prober) error {
	missing, err := prober.Missing(ctx, p.plan, p.probes)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("measuring trial %d of study %s on %s: ", p.trial, p.def.Name, count(len(p.probes.Replicates), "seed"))
	if missing == 0 {
		p.log.print("%s", text+"all trainings are stored")
		prober.Observe = nil // there is nothing to wait for
		return nil
	}
	each, err := v.seconds(ctx, p.plan.Model)
	if err != nil {
		return err
	}
	text += "at most " + count(missing, "training")
	if each > 0 {
		text += ", about " + duration(each*float64(missing)/float64(v.trainer.parallel))
	}
	p.log.print("%s", text)
	return nil
}

// observe logs what happens.
func (p *probing) observe(e followup.Event) {
	switch {
	case e.Kind == followup.EventSeed:
		p.log.print("%d of %s measured", e.Done, count(e.Total, "seed"))
	case e.Kind == followup.EventRun && e.Run.Kind == objective.RunFailed:
		p.log.print("run %.8s failed: %v", e.Run.Run, e.Run.Err)
	}
}
