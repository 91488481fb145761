package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/search"
)

// revisit is an invocation that trains for a study and is no search: it holds the
// study's lock and leaves the study's state as the search left it.
type revisit struct {
	def *search.Definition
	// state is how the study's last invocation ended.
	state      string
	acceptCode bool
	log        *report.Log
	// open opens the trainer: openTrainer or openRedrawable.
	open func(ctx context.Context, def *search.Definition, db string) (*opened, error)
	// ready, if not nil, says why the trainer will not do, before anything is stored.
	ready func(*opened) error
}

// visited is what the work of a revisit is done with.
type visited struct {
	db      *runs.DB
	study   *runs.Study
	trainer *opened
	stop    <-chan struct{}
}

// run opens the trainer and the study and does the work. After the first signal the
// stop channel is closed; after the second, or when the grace is over, the context
// ends. It returns errInterrupted if a signal came before the work began; the work
// itself says what became of it.
func (r revisit) run(cmd *cobra.Command, path string, work func(context.Context, visited) error) (err error) {
	ctx, stop, release := watchSignals(cmd.Context(), r.log)
	defer release()
	if r.def.Model.Trainer.Transport().Started {
		if _, err := peek(cmd.Context(), path, r.def); err != nil {
			return err
		}
	}
	starting, started := untilStopped(ctx, stop)
	trainer, err := r.open(starting, r.def, path)
	if err != nil && starting.Err() != nil {
		err = errInterrupted
	}
	started()
	if err != nil {
		return err
	}
	defer func() {
		if closing := trainer.close(); err == nil {
			err = closing
		}
	}()
	if r.ready != nil {
		if err := r.ready(trainer); err != nil {
			return err
		}
	}
	db, err := runs.Open(cmd.Context(), path, runs.Options{})
	if err != nil {
		return err
	}
	return errors.Join(r.visit(ctx, visited{db: db, trainer: trainer, stop: stop}, work), db.Close())
}

// visit opens the study for writing and does the work.
func (r revisit) visit(ctx context.Context, v visited, work func(context.Context, visited) error) (err error) {
	v.study, _, err = v.db.OpenStudy(ctx, r.def, runs.Invocation{Program: programVersion(), AcceptCode: r.acceptCode})
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}
	defer func() {
		ended := r.state
		if ended == "running" {
			ended = "killed" // by somebody, since we have its lock
		}
		if closing := v.study.Close(ended); err == nil {
			err = closing
		}
	}()
	var changed *runs.CodeChangedError
	if err := v.study.Describe(ctx, v.trainer.title, v.trainer.Info()); errors.As(err, &changed) {
		return search.InputError{Err: err}
	} else if err != nil {
		return err
	}
	return work(ctx, v)
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

// studyState returns how the last invocation of a study ended.
func studyState(cmd *cobra.Command, db *runs.DB, name string) (string, error) {
	list, err := db.Studies(cmd.Context())
	for _, row := range list {
		if row.Name == name {
			return row.State, nil
		}
	}
	return "", err
}

// newRevisit returns a revisit that logs to the command's standard error.
func newRevisit(cmd *cobra.Command, def *search.Definition, state string, acceptCode bool) revisit {
	return revisit{def: def, state: state, acceptCode: acceptCode, open: openTrainer, log: report.NewLog(cmd.ErrOrStderr(), time.Now)}
}
