package nets

import (
	"context"
	"encoding/json"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets/child"
	"evenkeel/objective/trainers/nets/memory"
)

// isolated is a trainer that performs the runs that ask for it in a process of their own.
type isolated struct {
	*Trainer
	child *child.Trainer
}

// childSetup is what the trainer in that process is opened with.
type childSetup struct {
	Source  data.Source
	Split   objective.Split
	Kernels string
	Threads int
}

// newIsolated makes one of a trainer on a split of a source.
func newIsolated(t *Trainer, source data.Source, split objective.Split) (*isolated, error) {
	setup, err := json.Marshal(childSetup{Source: source, Split: split, Kernels: t.level.String(), Threads: t.opts.Threads})
	if err != nil {
		return nil, err
	}
	return &isolated{t, child.New(setup)}, nil
}

// Train performs one run; see [Trainer.Train]. The process has the data once more.
func (t *isolated) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if !job.Isolated || !child.Possible() {
		return t.Trainer.Train(ctx, job)
	}
	config, err := t.check(job)
	if err != nil {
		return nil, err
	}
	leave, err := t.opts.enter(ctx, config, t.sizes(), job.Test, true)
	if err != nil {
		return nil, err
	}
	defer leave()
	return t.child.Train(ctx, job)
}

// Child is called first in main, as [child.Main] says.
func Child() { child.Main(openChild) }

// openChild opens the trainer in a process of its own. The room and the limit are its parent's.
func openChild(setup []byte) (objective.Trainer, error) {
	var s childSetup
	if err := json.Unmarshal(setup, &s); err != nil {
		return nil, err
	}
	ds, err := data.Open(s.Source)
	if err != nil {
		return nil, err
	}
	splits, err := data.Split(ds, s.Split)
	if err != nil {
		return nil, err
	}
	memory.BindHeap()
	return New(splits, Options{Kernels: s.Kernels, Threads: s.Threads})
}
