package search

import (
	"errors"

	"evenkeel/objective"
)

// sideBySide does n pieces of work at once. A failure stops the runner for the
// others; it is told before the interruptions that it caused.
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
