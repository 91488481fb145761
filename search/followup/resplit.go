package followup

import (
	"context"
	"fmt"
	"sync"

	"evenkeel/objective"
)

// drawn is the trainer of a confirmation whose fresh seeds have splits of their own:
// it hands every run to the one of those at work that has the run's split.
type drawn struct {
	objective.Trainer // on the study's own split, which trains nothing here

	mu   sync.Mutex
	open map[objective.Split]*drawnTrainer
}

// drawnTrainer is a trainer on one split, and how many seeds are at work on it.
type drawnTrainer struct {
	objective.Trainer
	seeds int
}

// newDrawn returns a drawn that knows no split yet.
func newDrawn(own objective.Trainer) *drawn {
	return &drawn{Trainer: own, open: make(map[objective.Split]*drawnTrainer)}
}

// Train performs a run on the split that its spec names.
func (d *drawn) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	d.mu.Lock()
	t := d.open[job.Spec.Split]
	d.mu.Unlock()
	if t == nil {
		return nil, fmt.Errorf("the run's split is %+v; no fresh seed at work has it", job.Spec.Split)
	}
	return t.Train(ctx, job)
}

// add lets a trainer perform the runs on its split. Two seeds that happen to have
// drawn the same share one.
func (d *drawn) add(t objective.Trainer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	split := t.Info().Split
	if d.open[split] == nil {
		d.open[split] = &drawnTrainer{Trainer: t}
	}
	d.open[split].seeds++
}

// drop forgets a trainer once no seed is at work on its split.
func (d *drawn) drop(split objective.Split) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open[split].seeds--; d.open[split].seeds == 0 {
		delete(d.open, split)
	}
}

// onItsSplit does the work of a seed on the parts that are drawn for it, which are at
// hand for as many seeds as are at work: all its runs
// are made on the same, and everything that is measured takes its labels from them.
func (p *confirming) onItsSplit(ctx context.Context, s *freshSeed, work func(*freshSeed) error) error {
	if !p.arm.Resplit {
		return work(s)
	}
	t, err := p.Redraw(s.split)
	if err != nil {
		return err
	}
	info := t.Info()
	if err := p.Store.DescribeSplit(context.WithoutCancel(ctx), info); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	p.drawn.add(t)
	defer p.drawn.drop(info.Split)
	s.eval = p.evaluator(info)
	defer func() { s.eval = nil }()
	return work(s)
}
