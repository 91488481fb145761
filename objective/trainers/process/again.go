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
type lackError struct{ err error }

func (e *lackError) Error() string { return e.err.Error() }

// Unwrap returns the failure.
func (e *lackError) Unwrap() error { return e.err }

// noRoom are the words with which systems say that a disk is full, in all usual languages of
// programs (ENOSPC and EDQUOT of strerror(3)).
var noRoom = []string{"no space left on device", "disk quota exceeded"}

// lacksRoom reports whether a program failed because a disk is full, by its own last words.
func lacksRoom(err error) bool {
	text := strings.ToLower(err.Error())
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
	if lacksRoom(err) || errors.Is(err, errNoFolder) {
		advice = fmt.Sprintf("make room in %s, or set TMPDIR to another folder", t.scratch.path)
	}
	return fmt.Errorf("%w: %w, also at the %dth attempt; %s, and start again: no trial failed, and this run is trained then",
		objective.ErrTrainerBroken, err, maxAttempts+1, advice)
}

// errNoFolder is wrapped by the error of a run that has no folder.
var errNoFolder = errors.New("the run's folder cannot be made")

// tries counts the attempts at a run that were in vain, by their cause.
type tries struct{ asked, lost, lacked int }
