package nets

import (
	"context"
	"sync"

	"evenkeel/objective"
	"evenkeel/objective/data"
)

// Lazy is a [Trainer] that makes numbers of its examples when it first trains. Until
// then it takes a byte an example, and whoever only wants to know what it would train
// on, and finds all runs stored, never pays for more. It is safe for concurrent use.
type Lazy struct {
	dealt *data.Dealt
	opts  Options
	info  objective.Info
	build func() (*Trainer, error)
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
	return &Lazy{
		dealt: dealt, opts: opts, info: describe(level, dealt.Dataset(), dealt.How(), dealt.Counts().Train, dealt.ValLabels()),
		build: sync.OnceValues(func() (*Trainer, error) { return New(dealt.Splits(), opts) }),
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
	t, err := objective.Unless(ctx, l.build)
	if err != nil {
		return nil, err
	}
	return t.Train(ctx, job)
}
