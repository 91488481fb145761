package search

import (
	"context"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// StepKind says what a step does.
type StepKind string

// The kinds of steps.
const (
	// NewTrial evaluates a new point on its first replicates.
	NewTrial StepKind = "trial"
	// MoreSeeds evaluates an existing trial on further replicates.
	MoreSeeds StepKind = "seeds"
)

// Step is one entry of a study's sequence. It is decided from the space, the
// seed and the outcomes of exactly the steps up to Conditioned.
type Step struct {
	Number int // from 1
	Kind   StepKind
	Trial  int // from 1
	// Replicates are the training seeds this step adds, by index.
	Replicates []int
	// Point is set for NewTrial.
	Point Point
	// Predicted is what was predicted for the point that a [Screen] chose; nil where
	// it was not screened.
	Predicted *Prediction
	// Conditioned is the last step whose outcome the decision knew.
	Conditioned int
}

// Outcome is how a step ended. The first recorded outcome of a step is final.
type Outcome struct {
	Step int
	// Err is empty for a complete step, else the reason of the failure.
	Err string
	// Replicates holds the measurements, one per replicate of the step, in order.
	Replicates []objective.Replicate
	// Seconds is the training time of the runs this step had to perform itself.
	Seconds float64
}

// Record is a step as a store holds it: Outcome is nil while it is open.
type Record struct {
	Step    Step
	Outcome *Outcome
	// Invalid is why the step's trial was declared invalid, the same in all its
	// steps; "" if it was not. It never changes while a driver runs.
	Invalid string
	// Deaths is how often the program died, without recording the end of its work, while it
	// performed the step; 0 for a step with an outcome.
	Deaths int
}

// DeathCounter is what a [Store] may also be.
type DeathCounter interface {
	// Deaths returns how often the program died, without recording the end of its work, while
	// it searched and before a step was recorded, or an outcome, that is not yet there.
	Deaths(ctx context.Context) (int, error)
}

// Store is what the driver needs of a trial history for one study. Records are
// durable in the order of the calls, together with or after every training run
// that was saved before: Append and Finish may return before they are on disk,
// Flush returns when they are. A Store is safe for concurrent use; package storetest has
// the suite that every Store passes.
type Store interface {
	objective.Cache
	// Load returns all steps in the order of their numbers, those too that were recorded
	// just before. The slice is the caller's. Of what was predicted for a trial it may
	// leave out the number of candidates, of a round the hits.
	Load(ctx context.Context) ([]Record, error)
	// Append adds the next step; numbers begin with 1 and have no gaps.
	Append(ctx context.Context, s Step) error
	// Finish records the outcome of a step, and the arms of its trial after it. A second
	// outcome of a step changes nothing.
	Finish(ctx context.Context, o Outcome, arms []objective.Arm) error
	// Reference records the unweighted reference on one training seed. It may be called
	// again with the same values.
	Reference(ctx context.Context, replicate int, seed int64, r objective.Round) error
	// Offsets records what fitted offsets do for the reference on one training seed.
	// It may be called again with the same values.
	Offsets(ctx context.Context, o Offsets) error
	// ScreenSeeds returns the seeds of the reference that points are predicted from, by
	// index; none before they were set.
	ScreenSeeds(ctx context.Context) ([]int, error)
	// SetScreenSeeds records them; once they are recorded, another call changes nothing.
	SetScreenSeeds(ctx context.Context, replicates []int) error
	// Transmission records the share of what was predicted that training delivered. It
	// replaces the one before.
	Transmission(ctx context.Context, t posthoc.Transmission) error
	// Flush waits until everything recorded is durable.
	Flush(ctx context.Context) error
}
