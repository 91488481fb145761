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
