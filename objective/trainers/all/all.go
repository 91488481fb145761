// Package all opens the trainer of a study, whichever it is: it has the list of all
// openers, and is what a program imports that trains.
package all

import (
	"context"
	"fmt"
	"slices"

	"evenkeel/objective/trainers"
	"evenkeel/objective/trainers/nets"
	"evenkeel/objective/trainers/process"
)

// openers has one for each transport of package trainers.
var openers = []trainers.Opener{nets.Opener, process.Opener}

// Open opens the trainer that the settings are for. The error is a
// [*trainers.StudyError] where the study file is at fault.
func Open(ctx context.Context, s trainers.Setup) (*trainers.Opened, error) {
	t := s.Settings.Transport()
	i := slices.IndexFunc(openers, func(o trainers.Opener) bool { return o.Transport == t })
	switch {
	case i < 0:
		return nil, fmt.Errorf("the trainer %s has no opener in package trainers/all", t.Name)
	case s.Redraw && !t.Redraws:
		return nil, &trainers.StudyError{Err: fmt.Errorf("training and validation part cannot be drawn again: %s", t.FixedParts)}
	}
	return openers[i].Open(ctx, s)
}

// Child is called first in main. In an ordinary process it returns at once; in one that a trainer
// started to train in, it does that and never returns.
func Child() { nets.Child() }
