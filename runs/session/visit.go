package session

import (
	"context"
	"errors"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/search"
)

// visit is an invocation that trains for a study and is no search: it holds the study's
// lock and leaves the study's state as the search left it.
type visit struct {
	Config
	def *search.Definition
	// open opens the trainer.
	open opener
	// ready says why the trainer will not do, before anything is stored.
	ready func(*opened) error
}

// visited is what the work of a visit is done with.
type visited struct {
	db      *runs.DB
	study   *runs.Study
	trainer *opened
	stop    <-chan struct{}
}

// run opens the trainer and the study and does the work. It returns ErrInterrupted if it
// was stopped before the work began; the work itself says what became of it.
func (v visit) run(ctx context.Context, stop <-chan struct{}, work func(context.Context, visited) error) (err error) {
	if err := v.bringUpToDate(ctx); err != nil {
		return err
	}
	if v.def.Model.Trainer.Transport().Started {
		if _, err := v.peek(ctx, v.def); err != nil {
			return err
		}
	}
	trainer, err := v.start(ctx, stop, v.def, v.open)
	if err != nil {
		return err
	}
	defer v.closeTrainer(trainer)
	if err := v.ready(trainer); err != nil {
		return err
	}
	db, err := v.Config.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(v.work(ctx, visited{db: db, trainer: trainer, stop: stop}, work), db.Close())
}

// work opens the study for writing and does the work.
func (v visit) work(ctx context.Context, at visited, work func(context.Context, visited) error) (err error) {
	state, err := at.db.State(ctx, v.def.Name)
	if err == nil {
		at.study, _, err = at.db.OpenStudy(ctx, v.def, runs.Invocation{Program: v.Program, AcceptCode: v.AcceptCode})
	}
	if err != nil && ctx.Err() != nil {
		return ErrInterrupted
	}
	if err != nil {
		return err
	}
	ctx, stored := whileStored(ctx, at.study)
	defer func() {
		stored()
		if state == runs.StateRunning {
			state = runs.StateKilled // since we have its lock
		}
		if broken := at.study.Err(); broken != nil {
			err = broken
		}
		if closing := at.study.Close(state); err == nil || errors.As(closing, new(*runs.MovedError)) {
			err = closing
		}
	}()
	if err := at.study.Describe(ctx, at.trainer.title, at.trainer.Info()); err != nil {
		return asInput(err)
	}
	return work(ctx, at)
}

// seconds returns what a training of a model takes by the runs that are stored; 0 if
// none is.
func (v visited) seconds(ctx context.Context, model map[string]any) (float64, error) {
	info := v.trainer.Info()
	mean, known, err := v.db.RunSeconds(ctx, objective.Spec{Model: model, Data: info.Data, Split: info.Split})
	if err != nil || known == 0 {
		return 0, err
	}
	return mean, nil
}

// whileStored returns a context that ends with ctx, and as soon as nothing can be recorded for
// a study any more: what is trained then is lost.
func whileStored(ctx context.Context, study *runs.Study) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-study.Broken():
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
