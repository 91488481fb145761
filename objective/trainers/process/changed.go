package process

import (
	"fmt"
	"slices"

	"evenkeel/objective"
)

// codeChangedError says that a process that replaced another reports a different
// version of the program's code. No run is given to it: two programs would be
// compared with one another. It is an [objective.ErrTrainerBroken].
type codeChangedError struct {
	// Was and Now are the versions, in the program's own words.
	Was, Now string
}

// Error says what happened and what to do.
func (e *codeChangedError) Error() string {
	return fmt.Sprintf("%v: the code of the training program changed while the search was running: its version was %q and is %q; "+
		"the next `evenkeel search` asks whether the change matters (--accept-code goes on with the study; a new name begins another)",
		objective.ErrTrainerBroken, e.Was, e.Now)
}

// Unwrap returns [objective.ErrTrainerBroken].
func (e *codeChangedError) Unwrap() error { return objective.ErrTrainerBroken }

// changed says what a later process states otherwise than the first one did; nil
// if nothing.
func changed(first, now objective.Info) error {
	var what string
	switch {
	case first.Version != now.Version:
		return &codeChangedError{first.Version, now.Version}
	case first.Data != now.Data:
		what = fmt.Sprintf("its data was %q and is now %q", first.Data, now.Data)
	case !slices.Equal(first.Classes, now.Classes):
		what = fmt.Sprintf("its classes were %q and are now %q", first.Classes, now.Classes)
	case !slices.Equal(first.Supports, now.Supports):
		what = fmt.Sprintf("it supported %q and now supports %q", first.Supports, now.Supports)
	case !slices.Equal(first.TrainCounts, now.TrainCounts):
		what = fmt.Sprintf("its train_counts were %d and are now %d", first.TrainCounts, now.TrainCounts)
	default:
		return nil
	}
	return fmt.Errorf("%w: the training program changed while it was in use: %s", objective.ErrTrainerBroken, what)
}
