package trainers

import (
	"context"

	"evenkeel/objective"
	"evenkeel/objective/data"
)

// Setup is what a trainer is opened with: what a study says of it.
type Setup struct {
	Settings Settings
	// Source and Split are the data section; of no use to a transport with OwnData.
	Source data.Source
	Split  objective.Split
	// Kinds are the kinds of models that the study may train, in alphabetical order.
	Kinds []string
	// Model is the reference's model, which is checked before anything starts.
	Model map[string]any
	// Folder is the study file's, absolute.
	Folder string
	// Log is the file for what the trainer logs; "" is none.
	Log string
	// Parallel is how many trainings the study allows at once, 0 for as many as are
	// sensible.
	Parallel int
	// Redraw asks for a trainer whose parts can be drawn again.
	Redraw bool
}

// Opened is a trainer that is ready to train.
type Opened struct {
	objective.Trainer
	// Title names the data in tables.
	Title string
	// Parallel is the number of trainings at once.
	Parallel int
	// Close ends all that was started.
	Close func() error
	// Redraw returns the same trainer with training and validation part drawn again;
	// nil where [Setup.Redraw] did not ask for it.
	Redraw func(seed int64) (objective.Trainer, error)
}

// Opener opens the trainers of one transport.
type Opener struct {
	Transport *Transport
	// Open opens a trainer with settings of the transport. The error is a [*StudyError]
	// where the study file is at fault.
	Open func(ctx context.Context, s Setup) (*Opened, error)
}

// StudyError says that a trainer cannot be opened as the study file wants it. Its
// text begins with the key that is at fault.
type StudyError struct{ Err error }

// Error returns the text of the fault.
func (e *StudyError) Error() string { return e.Err.Error() }

// Unwrap returns the fault.
func (e *StudyError) Unwrap() error { return e.Err }
