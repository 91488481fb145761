package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// probing is one invocation's work on the trainings of explain --measure.
type probing struct {
	def    *search.Definition
	trial  int
	plan   objective.Plan
	probes explain.Probes
	log    *report.Log
	probed *explain.Probed
}

// probe performs the trainings that tell more of a case, and adds what they gave.
func (f explainFlags) probe(cmd *cobra.Command, g *global, c *results.Case) error {
	switch {
	case c.Plan.Apply == objective.ApplyPosthoc:
		return search.Inputf("trial %d applies its weights post hoc: nothing is trained with them, so there is nothing to measure; without --measure its findings come from the logits", c.Trial.Number)
	case c.Trial.Invalid != "":
		return search.Inputf("trial %d was declared invalid: %s; nothing is trained for it", c.Trial.Number, c.Trial.Invalid)
	}
	probes, err := explain.Probe(c.Case)
	if err != nil {
		return fmt.Errorf("trial %d: %w", c.Trial.Number, err)
	}
	r := newRevisit(cmd, c.Definition, c.State, f.acceptCode)
	r.ready = func(t *opened) error { return checkTrainer(c.Definition, t.Info()) }
	p := &probing{def: c.Definition, trial: c.Trial.Number, plan: c.Plan, probes: probes, log: r.log}
	if err := r.run(cmd, g.db, p.run); err != nil {
		return err
	}
	c.Probed = p.probed
	return nil
}

// run trains what is missing. It returns errInterrupted if a signal cut it short.
func (p *probing) run(ctx context.Context, v visited) error {
	prober := search.Prober{Cache: v.study, Trainer: v.trainer, Parallel: v.trainer.parallel, Clock: time.Now, Observe: p.observe}
	err := p.announce(ctx, v, &prober)
	if err == nil {
		err = v.study.Begin(ctx, runs.Measuring)
	}
	if err == nil {
		p.probed, err = prober.Run(ctx, v.stop, p.plan, p.probes)
	}
	if err != nil && (objective.IsInterruption(err) || ctx.Err() != nil) {
		p.log.Print("interrupted; nothing is said before all trainings are done; the same command continues")
		return errInterrupted
	}
	return err
}

// announce says what is about to be trained.
func (p *probing) announce(ctx context.Context, v visited, prober *search.Prober) error {
	missing, err := prober.Missing(ctx, p.plan, p.probes)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("measuring trial %d of study %s on %s: ", p.trial, p.def.Name, count(len(p.probes.Replicates), "seed"))
	if missing == 0 {
		p.log.Print("%s", text+"all trainings are stored")
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
	p.log.Print("%s", text)
	return nil
}

// observe logs what happens.
func (p *probing) observe(e search.Event) {
	switch {
	case e.Kind == search.EventProbedSeed:
		p.log.Print("%d of %s measured", e.Done, count(e.Total, "seed"))
	case e.Kind == search.EventRun && e.Run.Kind == objective.RunFailed:
		p.log.Print("run %.8s failed: %v", e.Run.Run, e.Run.Err)
	}
}
