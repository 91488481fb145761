package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"evenkeel/objective"
)

// maxQuickFailures is how many runs in a row may fail within seconds of the
// request, or for want of a process that starts, before nothing more is tried, by
// the contract.
const maxQuickFailures = 3

// stopRule keeps a program that fails at once, again and again, from using
// up the time of a search.
type stopRule struct {
	quick time.Duration

	mu     sync.Mutex
	row    int
	broken error
}

// stopped returns why nothing more is tried, if so.
func (s *stopRule) stopped() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// note records how a run ended and how long the program worked on it, 0 if it
// was never asked, and returns what to say of it. A failure that the caller counts is not
// counted here.
func (s *stopRule) note(err error, took time.Duration, counted bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil || took >= s.quick:
		s.row = 0
	case !counted && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		s.row++
	}
	if s.broken == nil && s.row == maxQuickFailures {
		s.broken = fmt.Errorf("%w: %d runs in a row failed within %v of the request or could not be started; the last: %w", objective.ErrTrainerBroken, s.row, s.quick, err)
		return s.broken
	}
	if s.broken == nil && errors.Is(err, objective.ErrTrainerBroken) {
		s.broken = err
	}
	return err
}
