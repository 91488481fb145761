package session

import (
	"context"
	"errors"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// ErrInterrupted ends work that was stopped from outside.
var ErrInterrupted = errors.New("interrupted; everything finished is stored")

// Config is what every invocation needs.
type Config struct {
	// DB is the path of the trial history.
	DB string
	// Program is the version of this program, which the history records.
	Program string
	// AcceptCode goes on although the trainer's code has changed since the study began.
	AcceptCode bool
	// Observe, if not nil, gets notices, from several goroutines.
	Observe func(notice.Notice)
}

// notify hands a notice to the observer.
func (c Config) notify(n notice.Notice) {
	if c.Observe != nil {
		c.Observe(n)
	}
}

// runFailed says that a run failed, unless it could only not be recorded because the history
// was moved: that is said once, when the work ends.
func (c Config) runFailed(e objective.RunEvent) {
	if !errors.As(e.Err, new(*runs.MovedError)) {
		c.notify(notice.RunFailed{Run: e.Run, Err: e.Err})
	}
}

// open opens the trial history for writing. An interruption does not end it:
// opening is quick, and what follows notices the interruption.
func (c Config) open(ctx context.Context) (*runs.DB, error) {
	return runs.Open(context.WithoutCancel(ctx), c.DB, runs.Options{})
}

// openReading opens the trial history for reading only.
func (c Config) openReading(ctx context.Context) (*runs.DB, error) {
	return runs.Open(context.WithoutCancel(ctx), c.DB, runs.Options{ReadOnly: true})
}

// start opens a study's trainer with the given function. Before trainings are under way
// there is nothing to wait for, so stop breaks it off as the end of ctx does.
func (c Config) start(ctx context.Context, stop <-chan struct{}, def *search.Definition, open opener) (*opened, error) {
	starting, started := untilStopped(ctx, stop)
	defer started()
	trainer, err := open(starting, def, c.DB)
	if err != nil && starting.Err() != nil {
		return nil, ErrInterrupted
	}
	return trainer, err
}

// closeTrainer closes a trainer. What it leaves behind, such as a process that cannot be
// killed, does not make work fail that is recorded.
func (c Config) closeTrainer(o *opened) {
	if err := o.close(); err != nil {
		c.notify(notice.TrainerNotClosed{Err: err})
	}
}

// opener is [openTrainer] or [openRedrawable].
type opener func(ctx context.Context, def *search.Definition, db string) (*opened, error)

// peek looks at what the history says of a study before its program is started, which
// may take long: a search that others are at, another definition, or nothing left to do.
// A history that cannot be read yet says nothing.
func (c Config) peek(ctx context.Context, def *search.Definition) (complete bool, err error) {
	db, err := c.openReading(ctx)
	if err != nil {
		return false, nil
	}
	at, err := db.Peek(ctx, def)
	return at.Complete, errors.Join(asInput(err), db.Close())
}

// asInput marks errors of the history that say that something else was asked for than
// what is stored.
func asInput(err error) error {
	var differs *runs.DifferenceError
	var changed *runs.CodeChangedError
	if errors.As(err, &differs) || errors.As(err, &changed) {
		return search.InputError{Err: err}
	}
	return err
}

// untilStopped returns a context that ends with ctx and as soon as stop is closed.
func untilStopped(ctx context.Context, stop <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// hasTestPart says why there is nothing to confirm on.
func hasTestPart(t objective.Trainer, def *search.Definition) error {
	counted, ok := t.(objective.TestCounter)
	if !ok {
		return nil // a program says so when it is asked
	}
	for _, n := range counted.TestCounts() {
		if n > 0 {
			return nil
		}
	}
	return search.Inputf("study %s has no test part to confirm on: its data source has none and data.test holds none out", def.Name)
}
