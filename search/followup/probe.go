package followup

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
)

// Prober trains what [explain.Probe] asks for. Its runs are shared and durable as
// those of a search are, and belong to no trial: nothing ranks them, no sampler
// learns from them, and they never have a test part.
type Prober struct {
	Cache   objective.Cache
	Trainer objective.Trainer
	// Parallel is the number of trainings at once. It never changes a figure.
	Parallel int
	// Clock tells the time for durations.
	Clock func() time.Time
	// Observe, if not nil, gets events, from several goroutines.
	Observe func(Event)
}

// runsPerSlot is how many runs of a seed are asked for at once for each training that may be:
// one that trains, and one that is being saved.
const runsPerSlot = 2

// withoutLogits is a cache without the logits of weighted runs: of probes nothing reads
// them, and no study's end would free them.
type withoutLogits struct{ objective.Cache }

var _ objective.FailureKeeper = withoutLogits{}

func (c withoutLogits) Save(ctx context.Context, id objective.RunID, spec objective.Spec, r *objective.Result) error {
	if !spec.Unweighted() {
		short := *r
		short.ValLogits = nil
		r = &short
	}
	return c.Cache.Save(ctx, id, spec, r)
}

// KeepFailure records a failed run where the cache beneath does.
func (c withoutLogits) KeepFailure(ctx context.Context, f objective.Failure) error {
	if keeper, ok := c.Cache.(objective.FailureKeeper); ok {
		return keeper.KeepFailure(ctx, f)
	}
	return nil
}

// specs returns the runs on a seed: the one without weights, then every change.
func (p *Prober) specs(plan objective.Plan, probes explain.Probes, seed int64) ([]objective.Spec, error) {
	info := p.Trainer.Info()
	base := (&objective.Evaluator{Info: info}).Spec(plan.Model, seed)
	specs := []objective.Spec{base}
	for _, c := range probes.Changes() {
		spec, err := base.WithWeights(c.Weights(len(info.Classes)), plan.Apply, plan.WeightsFrom)
		if err != nil {
			return nil, err
		}
		specs = append(specs, spec)
	}
	return specs, nil
}

// Missing returns how many of the runs are not stored and would be trained.
func (p *Prober) Missing(ctx context.Context, plan objective.Plan, probes explain.Probes) (int, error) {
	missing := 0
	for _, rep := range probes.Replicates {
		specs, err := p.specs(plan, probes, rep.Seed)
		if err != nil {
			return 0, err
		}
		for _, spec := range specs {
			id, err := spec.ID()
			if err != nil {
				return 0, err
			}
			_, found, err := p.Cache.Find(ctx, id)
			if err != nil {
				return 0, fmt.Errorf("%w: %w", objective.ErrStorage, err)
			}
			if !found {
				missing++
			}
		}
	}
	return missing, nil
}

// Run performs the probes with a trial's model, its way of applying weights, and
// its seeds. Runs that the cache has are not trained again. After stop is closed no
// training is started; when ctx ends those under way are interrupted too; either way
// the error is an interruption ([objective.IsInterruption]), and what is finished
// is kept.
func (p *Prober) Run(ctx context.Context, stop <-chan struct{}, plan objective.Plan, probes explain.Probes) (*explain.Probed, error) {
	observe := p.Observe
	if observe == nil {
		observe = func(Event) {}
	}
	runner := objective.NewRunner(p.Trainer, withoutLogits{p.Cache}, p.Parallel, p.Clock, func(e objective.RunEvent) {
		observe(Event{Kind: EventRun, Run: e})
	})
	defer stopWith(stop, runner)()
	eval := &objective.Evaluator{Runner: runner, Info: p.Trainer.Info()}
	out := &explain.Probed{Probes: probes, Seeds: make([]explain.ProbedSeed, len(probes.Replicates))}
	changes := probes.Changes()
	var done atomic.Int64
	err := sideBySide(len(out.Seeds), runner, func(i int) error {
		specs, err := p.specs(plan, probes, probes.Replicates[i].Seed)
		if err != nil {
			return err
		}
		results := make([]*objective.Result, len(specs))
		err = inTurn(len(specs), runsPerSlot*p.Parallel, runner, func(k int) error {
			a, err := runner.Run(ctx, specs[k])
			results[k] = a.Result
			if err != nil && k > 0 {
				err = fmt.Errorf("%s times %.2g: %w", eval.Info.Classes[changes[k-1].Class], changes[k-1].Factor, err)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("probes, seed %d of %d: %w", i+1, len(out.Seeds), err)
		}
		out.Seeds[i] = probedSeed(eval, results)
		observe(Event{Kind: EventSeed, Done: int(done.Add(1)), Total: len(out.Seeds)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// probedSeed keeps what is said of the results of a seed, the unweighted one first.
func probedSeed(eval *objective.Evaluator, results []*objective.Result) explain.ProbedSeed {
	s := explain.ProbedSeed{Labels: eval.Labels(results[0])}
	for i, r := range results {
		t := explain.Trained{Val: r.Val}
		// A trainer may have sent other examples, or none, with some of its runs.
		if len(s.Labels) > 0 && len(s.Labels) == len(r.ValPredictions) {
			m, err := objective.ConfusionFromLabels(r.Val.Classes(), s.Labels, r.ValPredictions)
			if err == nil && m.Equal(r.Val) {
				t.Predictions = r.ValPredictions
			}
		}
		if i == 0 {
			s.Plain = t
		} else {
			s.Changed = append(s.Changed, t)
		}
	}
	return s
}
