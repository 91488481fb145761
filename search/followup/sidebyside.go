package followup

import (
	"errors"
	"sync/atomic"

	"evenkeel/objective"
)

// sideBySide does n pieces of work at once. A failure stops the runner for the
// others; it is returned before the interruptions that it caused.
func sideBySide(n int, runner *objective.Runner, work func(i int) error) error {
	errs := make(chan error)
	for i := range n {
		go func() { errs <- work(i) }()
	}
	var failed, broken error
	for range n {
		err := <-errs
		if err == nil {
			continue
		}
		runner.Stop()
		if objective.IsInterruption(err) {
			broken = err
		} else {
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return failed
	}
	return broken
}

// inTurn does n pieces of work in their order, so many at once. Failures are returned
// as by sideBySide.
func inTurn(n, atOnce int, runner *objective.Runner, work func(i int) error) error {
	var next atomic.Int64
	var failed atomic.Bool
	return sideBySide(min(n, max(1, atOnce)), runner, func(int) error {
		for i := int(next.Add(1)) - 1; i < n && !failed.Load(); i = int(next.Add(1)) - 1 {
			if err := work(i); err != nil {
				failed.Store(true)
				return err
			}
		}
		return nil
	})
}

// stopWith stops a runner as soon as stop is closed, until it is released; at once if
// it is closed already.
func stopWith(stop <-chan struct{}, runner *objective.Runner) (release func()) {
	select {
	case <-stop:
		runner.Stop()
	default:
	}
	released := make(chan struct{})
	go func() {
		select {
		case <-stop:
			runner.Stop()
		case <-released:
		}
	}()
	return func() { close(released) }
}
