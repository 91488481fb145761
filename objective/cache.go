package objective

import (
	"context"
	"errors"
)

// ErrStorage is wrapped by every error that comes from a [Cache] or from the
// trial history above it, and not from a training run.
var ErrStorage = errors.New("trial history")

// ErrRefused is wrapped by the error of [Cache.Save] for a run that does not fit
// those before it. That is a failure of the run and not of the storage.
var ErrRefused = errors.New("the run contradicts earlier runs")

// Cache finds and keeps finished training runs. Save returns when the run is
// durable; saving a run that is there already changes nothing, but for the test
// part, which is added to a run that was saved without.
type Cache interface {
	Find(ctx context.Context, id RunID) (*Result, bool, error)
	Save(ctx context.Context, id RunID, spec Spec, r *Result) error
}

// Failure describes a training run that failed.
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
