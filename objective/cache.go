package objective

import (
	"context"
	"errors"
)

// ErrStorage is wrapped by every error that comes from a [Cache] or from the
// trial history above it, and not from a training run.
var ErrStorage = errors.New("trial history")

// Cache finds and keeps finished training runs. Save returns when the run is
// durable; saving a run that is there already changes nothing.
type Cache interface {
	Find(ctx context.Context, id RunID) (*Result, bool, error)
	Save(ctx context.Context, id RunID, spec Spec, r *Result) error
}

// Failure is what is known of a training run that failed.
type Failure struct {
	Run  RunID
	Spec Spec
	// Err is the reason on one line, Log the end of the trainer's log, if any.
	Err, Log string
	Seconds  float64
}

// FailureKeeper is what a [Cache] may also be: it keeps a record of failed runs,
// for people to read. A failed run is never found again.
type FailureKeeper interface {
	KeepFailure(ctx context.Context, f Failure) error
}
