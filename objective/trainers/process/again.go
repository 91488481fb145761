package process

import (
	"errors"
	"fmt"
	"strings"

	"evenkeel/objective"
)

// lostError is the failure of an attempt at a run that somebody disturbed: its guard was
// killed, or its folder removed. It is no failure of the run, which is tried again.
type lostError struct{ err error }

func (e *lostError) Error() string { return e.err.Error() }

// Unwrap returns the failure.
func (e *lostError) Unwrap() error { return e.err }

// lackError is the failure of an attempt at a run because this machine lacks something, such
// as room for files. It is never a failure of the run: later, or elsewhere, it may succeed.
type lackError struct {
	err error
	// room says that it is room on a disk.
	room bool
}

func (e *lackError) Error() string { return e.err.Error() }

// Unwrap returns the failure.
func (e *lackError) Unwrap() error { return e.err }

// noRoom are the words with which systems say that a disk is full, in all usual languages of
// programs (ENOSPC and EDQUOT of strerror(3)).
var noRoom = []string{"no space left on device", "disk quota exceeded"}

// lastWords is how much of the log's end may say why a program ended.
const lastWords = 4 << 10

// lackOfRoom returns a [*lackError] if a program failed because a disk is full, else nil: it says
// so itself, or ended and said so in its last words.
func lackOfRoom(failure *objective.LoggedError, ended bool) error {
	log := failure.Log
	switch {
	case saysNoRoom(failure.Error()):
		return &lackError{failure, true}
	case ended && saysNoRoom(log[max(0, len(log)-lastWords):]):
		return &lackError{fmt.Errorf("%w (before that it says that a disk is full)", failure), true}
	}
	return nil
}

func saysNoRoom(text string) bool {
	text = strings.ToLower(text)
	for _, words := range noRoom {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// outOfRoom ends the search: what the machine lacks is still missing after several attempts.
func (t *Trainer) outOfRoom(err error) error {
	advice := "free what is missing"
	if lack := (*lackError)(nil); errors.As(err, &lack) && lack.room {
		advice = fmt.Sprintf("make room in %s, or set TMPDIR to another folder", t.scratch.path)
	}
	return fmt.Errorf("%w: %w, also at the %dth attempt; %s, and start again: no trial failed, and this run is trained then",
		objective.ErrTrainerBroken, err, maxAttempts+1, advice)
}

// tries counts the attempts at a run that were in vain, by their cause.
type tries struct{ asked, lost, lacked int }
