package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/nets"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/tpe"
)

// grace is how long trainings may go on after the first Ctrl-C.
const grace = 5 * time.Second

// samplers are the samplers by name.
var samplers = map[string]func() search.Sampler{
	"random": func() search.Sampler { return random.New() },
	"tpe":    func() search.Sampler { return tpe.New() },
}

// samplerNames returns the samplers that a study file may name.
func samplerNames() []string { return slices.Sorted(maps.Keys(samplers)) }

// runStudy runs or continues a study and prints its leaderboard.
func runStudy(cmd *cobra.Command, path string, def *search.Definition, format string) error {
	title, trainer, err := openTrainer(def)
	if err != nil {
		return usageError{err}
	}
	deadline, err := untilTime(def.Search.Until, time.Now())
	if err != nil {
		return usageError{err}
	}
	if f := cmd.Flags().Lookup("until"); f != nil && f.Changed && !deadline.IsZero() && !deadline.After(time.Now()) {
		return usagef("--until: %s is over; want a time to come", def.Search.Until)
	}
	db, err := runs.Open(cmd.Context(), path, runs.Options{})
	if err != nil {
		return err
	}
	log := newLog(cmd.ErrOrStderr(), time.Now)
	outcome := searchStudy(cmd.Context(), db, def, title, trainer, deadline, log)
	if outcome != nil && !errors.Is(outcome, errInterrupted) {
		return errors.Join(outcome, db.Close())
	}
	err = printLeaderboard(cmd, db, leaderboardFlags{study: def.Name, format: format})
	return errors.Join(outcome, err, db.Close())
}

// searchStudy joins the study with its trainer and drives it to its end. It
// returns errInterrupted if a signal cut it short.
func searchStudy(ctx context.Context, db *runs.DB, def *search.Definition, title string, trainer objective.Trainer, until time.Time, log *eventLog) (err error) {
	ctx, stop, release := watchSignals(ctx, log)
	defer release()
	study, opening, err := db.OpenStudy(ctx, def, runs.Invocation{Program: programVersion()})
	var differs *runs.DifferenceError
	if errors.As(err, &differs) {
		return usageError{err}
	}
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}
	ended := "failed"
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = errInterrupted
		}
		closing := study.Close(ended)
		if err == nil || errors.Is(err, errInterrupted) && closing != nil {
			err = closing // a failure before it would say the same
		}
	}()
	if err := study.Describe(ctx, title, trainer.Info()); err != nil {
		return err
	}
	log.opening(def, opening)
	deadline, err := deadlineOf(ctx, study, def, until)
	if err != nil {
		return err
	}
	driver := search.Driver{
		Definition: def, Store: study, Trainer: trainer, Sampler: samplers[def.Search.Sampler](),
		Parallel: parallelism(def), Deadline: deadline, Clock: time.Now,
		Observe: log.observer(def),
	}
	unfollow := log.follow(def, deadline)
	summary, err := driver.Run(ctx, stop)
	unfollow()
	switch {
	case err != nil:
		return err
	case summary.End == search.EndStopped:
		ended = "interrupted"
		log.print("interrupted after %d steps, %d runs trained; the same command continues", summary.Steps, summary.Trained)
		return errInterrupted
	case summary.End == search.EndTime:
		ended = "time"
		log.print("time is over after %s; evenkeel resume %s goes on, with a later --until, a longer --time, or '' and 0 for none",
			count(summary.Trained, "run"), def.Name)
		return nil
	default:
		if err := study.EvictLogits(ctx); err != nil {
			return err
		}
		log.print("complete: %d steps, %d runs trained, %d found", summary.Steps, summary.Trained, summary.Shared)
	}
	ended = "done"
	return nil
}

// openTrainer opens the data of a study and the trainer of its model, and
// checks the model before anything starts.
func openTrainer(def *search.Definition) (title string, t objective.Trainer, err error) {
	ds, err := data.Open(def.Data.Source)
	if err != nil {
		return "", nil, fmt.Errorf("data.source: %w", err)
	}
	for _, kind := range slices.Sorted(maps.Keys(def.Model.Keys)) {
		if err := nets.CheckShape(kind, ds.Shape); err != nil {
			return "", nil, fmt.Errorf("model.kind with data.source %s: %w", ds.Source, err)
		}
	}
	splits, err := data.Split(ds, def.Data.Split)
	if err != nil {
		return "", nil, fmt.Errorf("data: %w", err)
	}
	trainer, err := nets.New(splits, nets.Options{})
	if err != nil {
		return "", nil, err
	}
	if err := nets.Check(def.ReferenceModel()); err != nil {
		return "", nil, fmt.Errorf("model: %w", err)
	}
	return ds.Title, trainer, nil
}

// parallelism returns the number of trainings at once.
func parallelism(def *search.Definition) int {
	if def.Search.Parallel > 0 {
		return def.Search.Parallel
	}
	return runtime.NumCPU()
}

// deadlineOf returns when this invocation must end, the zero time if never.
func deadlineOf(ctx context.Context, study *runs.Study, def *search.Definition, until time.Time) (time.Time, error) {
	if def.Search.Time == 0 {
		return until, nil
	}
	spent, err := study.Spent(ctx)
	if err != nil {
		return time.Time{}, err
	}
	end := time.Now().Add(def.Search.Time - time.Duration(spent*float64(time.Second)))
	if !until.IsZero() && until.Before(end) {
		return until, nil
	}
	return end, nil
}

// untilTime reads a clock time (the next time the clock shows it) or an RFC
// 3339 time, which may be over; "" is never.
func untilTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	clock, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, fmt.Errorf("search.until: %q is neither a clock time such as 07:00 nor an RFC 3339 time", text)
	}
	t := time.Date(now.Year(), now.Month(), now.Day(), clock.Hour(), clock.Minute(), 0, 0, now.Location())
	if !t.After(now) {
		t = time.Date(now.Year(), now.Month(), now.Day()+1, clock.Hour(), clock.Minute(), 0, 0, now.Location())
	}
	return t, nil
}

// watchSignals closes stop at the first SIGINT or SIGTERM, and ends the context
// at the second or when the grace is over.
func watchSignals(parent context.Context, log *eventLog) (context.Context, <-chan struct{}, func()) {
	ctx, cancel := context.WithCancel(parent)
	stop, released := make(chan struct{}), make(chan struct{})
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-released:
			return
		}
		log.print("stopping: trainings under way have %v to finish; Ctrl-C again stops at once", grace)
		close(stop)
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-signals:
		case <-timer.C:
		case <-released:
		}
		cancel()
	}()
	return ctx, stop, func() {
		signal.Stop(signals)
		close(released)
		cancel()
	}
}
