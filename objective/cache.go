package objective

import "context"

// Cache finds and keeps finished training runs. Save returns when the run is
// durable; saving a run that is there already changes nothing.
type Cache interface {
	Find(ctx context.Context, id RunID) (*Result, bool, error)
	Save(ctx context.Context, id RunID, spec Spec, r *Result) error
}
