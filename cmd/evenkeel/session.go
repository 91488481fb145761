package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/search"
	"evenkeel/search/samplers"
)

// grace is how long trainings may go on after the first Ctrl-C.
const grace = 5 * time.Second

// sessionFlags are what a search is told beside its definition.
type sessionFlags struct {
	format     string
	acceptCode bool
	confirm    bool
}

// acceptCodeFlag adds --accept-code to a command.
func acceptCodeFlag(cmd *cobra.Command, f *sessionFlags) {
	cmd.Flags().BoolVar(&f.acceptCode, "accept-code", false, "go on although the trainer's code has changed since the study began")
}

// runStudy runs or continues a study and prints its leaderboard.
func runStudy(cmd *cobra.Command, path string, def *search.Definition, f sessionFlags) (err error) {
	deadline, err := untilTime(def.Search.Until, time.Now())
	if err != nil {
		return search.InputError{Err: err}
	}
	if f := cmd.Flags().Lookup("until"); f != nil && f.Changed && !deadline.IsZero() && !deadline.After(time.Now()) {
		return search.Inputf("--until: %s is over; want a time to come", def.Search.Until)
	}
	if err := checkOnFinish(def); err != nil {
		return err
	}
	log := report.NewLog(cmd.ErrOrStderr(), time.Now)
	if def.Model.Trainer.Transport().Started {
		complete, err := peek(cmd.Context(), path, def)
		if err != nil {
			return err
		}
		if yes, asked := confirms(cmd, def, f); complete && yes {
			awaits, err := awaitsConfirmation(cmd.Context(), path, def, asked)
			if err != nil {
				return err
			}
			complete = !awaits
		}
		if complete {
			log.Print("study %s is complete; its program was not started", def.Name)
			return printStored(cmd, path, def.Name, f.format)
		}
		log.Print("starting %s", def.Model.Trainer.Program(def.Folder))
	}
	ctx, stop, release := watchSignals(cmd.Context(), log)
	defer release()
	starting, started := untilStopped(ctx, stop)
	trainer, err := openTrainer(starting, def, path)
	if err != nil && starting.Err() != nil {
		err = errInterrupted
	}
	started()
	if err != nil {
		return err
	}
	if err := checkTrainer(def, trainer.Info()); err != nil {
		return errors.Join(err, trainer.close())
	}
	var leader *leaderConfirmation
	if yes, asked := confirms(cmd, def, f); yes {
		leader = &leaderConfirmation{asked: asked}
		if err := hasTestPart(trainer.Trainer, def); asked && err != nil {
			return errors.Join(err, trainer.close())
		} else if err != nil {
			log.Print("the leader will not be confirmed: %v", err)
			leader = nil // and no time is kept free
		}
	}
	db, err := runs.Open(cmd.Context(), path, runs.Options{})
	if err != nil {
		return errors.Join(err, trainer.close())
	}
	s := &session{def: def, db: db, trainer: trainer, until: deadline, acceptCode: f.acceptCode, leader: leader, log: log}
	outcome := s.search(ctx, stop)
	// The trainer is gone before anything that may take long: it holds a GPU.
	if closing := trainer.close(); outcome == nil {
		outcome = closing
	}
	var unconfirmed unconfirmedError
	searched := errors.As(outcome, &unconfirmed)
	if s.ended != "" && !errors.Is(outcome, errInterrupted) && (s.worked.Load() || outcome != nil) {
		waiting, done := untilStopped(ctx, stop)
		if failed := outcome; searched {
			s.onFinish(waiting, path, nil)
		} else {
			s.onFinish(waiting, path, failed)
		}
		done()
	}
	if outcome != nil && !searched && !errors.Is(outcome, errInterrupted) {
		return errors.Join(outcome, db.Close())
	}
	err = printLeaderboard(cmd, db, def.Name, f.format, report.BoardOptions{})
	return errors.Join(outcome, err, db.Close())
}

// peek looks at what the history says of a study before its program is started,
// which may take long: a search that others are at, another definition, or
// nothing left to do. A history that cannot be read yet says nothing.
func peek(ctx context.Context, path string, def *search.Definition) (complete bool, err error) {
	db, err := runs.Open(ctx, path, runs.Options{ReadOnly: true})
	if err != nil {
		return false, nil
	}
	at, err := db.Peek(ctx, def)
	var differs *runs.DifferenceError
	if errors.As(err, &differs) {
		err = search.InputError{Err: err}
	}
	return at.Complete, errors.Join(err, db.Close())
}

// printStored prints a leaderboard from the history.
func printStored(cmd *cobra.Command, path, study, format string) error {
	db, err := runs.Open(cmd.Context(), path, runs.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(printLeaderboard(cmd, db, study, format, report.BoardOptions{}), db.Close())
}

// session is one invocation's work on a study.
type session struct {
	def        *search.Definition
	db         *runs.DB
	trainer    *opened
	until      time.Time
	acceptCode bool
	// leader is how the search ends with a confirmation, nil if it does not.
	leader *leaderConfirmation
	log    *report.Log
	// ended is how the search ended, "" if it never began; worked says that it did
	// anything.
	ended  string
	worked atomic.Bool
}

// search joins the study with its trainer and drives it to its end. It returns
// errInterrupted if a signal cut it short.
func (s *session) search(ctx context.Context, stop <-chan struct{}) (err error) {
	def, log := s.def, s.log
	study, opening, err := s.db.OpenStudy(ctx, def, runs.Invocation{Program: programVersion(), GitCommit: gitCommit(ctx, def.Folder), AcceptCode: s.acceptCode})
	var differs *runs.DifferenceError
	if errors.As(err, &differs) {
		return search.InputError{Err: err}
	}
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}
	s.ended = "failed"
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = errInterrupted
		}
		closing := study.Close(s.ended)
		if err == nil || errors.Is(err, errInterrupted) && closing != nil {
			err = closing // a failure before it would say the same
		}
	}()
	var changed *runs.CodeChangedError
	if err := study.Describe(ctx, s.trainer.title, s.trainer.Info()); errors.As(err, &changed) {
		s.ended = ""
		return search.InputError{Err: err}
	} else if err != nil {
		return err
	}
	log.Opening(def, opening)
	if few := report.FewExamples(s.trainer.Info()); few != "" {
		log.Print("%s", few)
	}
	if err := study.Begin(ctx, runs.Searching); err != nil {
		return err
	}
	deadline, err := deadlineOf(ctx, study, def, s.until)
	if err != nil {
		return err
	}
	sampler, err := samplers.New(def.Search.Sampler)
	if err != nil {
		return err
	}
	driver := search.Driver{
		Definition: def, Store: study, Trainer: s.trainer, Sampler: sampler,
		Parallel: s.trainer.parallel, Deadline: deadline, Clock: time.Now,
		Observe: s.observer(),
	}
	if s.leader != nil && !deadline.IsZero() {
		driver.Reserve = s.leader.reserve(def, s.trainer.parallel, deadline, time.Now)
	}
	unfollow := log.Follow(def, deadline)
	summary, err := driver.Run(ctx, stop)
	unfollow()
	switch {
	case err != nil:
		return err
	case summary.End == search.EndStopped:
		s.ended = "interrupted"
		log.Print("interrupted after %s, %s trained; the same command continues", count(summary.Steps, "step"), count(summary.Trained, "run"))
		return errInterrupted
	case summary.End == search.EndTime:
		s.ended = "time"
		log.Print("time is over after %s; evenkeel resume %s goes on, with a later --until, a longer --time, or '' and 0 for none",
			count(summary.Trained, "run"), def.Name)
	default:
		s.ended = "done"
		if err := study.EvictLogits(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		log.Print("complete: %s, %s trained, %d found", count(summary.Steps, "step"), count(summary.Trained, "run"), summary.Shared)
	}
	if s.leader == nil {
		return nil
	}
	return s.leader.run(ctx, s, visited{db: s.db, study: study, trainer: s.trainer, stop: stop}, deadline)
}

// observer returns the function that the driver tells its events.
func (s *session) observer() func(search.Event) {
	log := s.log.Observer(s.def)
	return func(e search.Event) {
		if e.Kind == search.EventOutcome {
			s.worked.Store(true)
		}
		if s.leader != nil {
			s.leader.observe(e)
		}
		log(e)
	}
}

// untilStopped returns a context that ends with ctx and as soon as stop is closed:
// before trainings are under way there is nothing to wait for.
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
func watchSignals(parent context.Context, log *report.Log) (context.Context, <-chan struct{}, func()) {
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
		log.Print("stopping: trainings under way have %v to finish; Ctrl-C again stops at once", grace)
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
