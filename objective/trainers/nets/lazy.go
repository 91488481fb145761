package nets

import (
	"context"
	"sync"
	"sync/atomic"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
)

// Lazy is a [Trainer] that makes numbers of its examples when it first trains. Until
// then it takes a byte an example, and whoever only wants to know what it would train
// on, and finds all runs stored, never pays for more. It is safe for concurrent use.
type Lazy struct {
	dealt *data.Dealt
	opts  Options
	info  objective.Info
	build func() (*Trainer, error)
	// built says that build was called.
	built atomic.Bool
}

var (
	_ objective.Trainer     = (*Lazy)(nil)
	_ objective.TestCounter = (*Lazy)(nil)
)

// NewLazy returns a trainer on the parts of a dataset, with the same Info and the
// same results as the one that [New] makes of dealt.Splits(). It fails where the
// kernels asked for do not exist here; what else New refuses fails the first run.
func NewLazy(dealt *data.Dealt, opts Options) (*Lazy, error) {
	level, err := opts.level()
	if err != nil {
		return nil, err
	}
	inside := opts // of the room and the limit, which are for numbers too
	inside.Limit, inside.Room = 0, nil
	return &Lazy{
		dealt: dealt, opts: opts, info: describe(level, dealt.Dataset(), dealt.How(), dealt.Counts().Train, dealt.ValLabels()),
		build: sync.OnceValues(func() (*Trainer, error) { return New(dealt.Splits(), inside) }),
	}, nil
}

// Redraw returns a trainer like this one whose training and validation part are
// drawn again with seed, beside the very same test part; see [data.Dealt.Redraw].
// Inputs are standardised over the training part that is drawn.
func (l *Lazy) Redraw(seed int64) (*Lazy, error) {
	dealt, err := l.dealt.Redraw(seed)
	if err != nil {
		return nil, err
	}
	return NewLazy(dealt, l.opts)
}

// Info describes the trainer. Its slices are shared and must not be changed.
func (l *Lazy) Info() objective.Info { return l.info }

// TestCounts returns the number of test examples of each class. It says nothing
// of what a model does there.
func (l *Lazy) TestCounts() []int { return l.dealt.Counts().Test }

// Train performs one run; see [Trainer.Train]. It ends with ctx also while numbers are made.
func (l *Lazy) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	config, err := models.Parse(job.Spec.Model)
	if err == nil {
		err = models.CheckShape(config.Kind, l.dealt.Dataset().Shape)
	}
	if err != nil {
		return nil, err
	}
	leave, err := l.opts.enter(ctx, config, l.sizes(), job.Test, !l.built.Load())
	if err != nil {
		return nil, err
	}
	defer leave()
	l.built.Store(true)
	t, err := objective.Unless(ctx, l.build)
	if err != nil {
		return nil, err
	}
	return t.Train(ctx, job)
}

// sizes returns those of the trainer's data.
func (l *Lazy) sizes() sizes {
	ds, n := l.dealt.Dataset(), l.dealt.Counts()
	return sizes{shape: ds.Shape, classes: len(ds.Classes), train: sum(n.Train), val: sum(n.Validation), test: sum(n.Test)}
}
