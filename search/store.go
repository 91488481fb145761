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
}

// Store is what the driver needs of a trial history for one study. Records are
// durable in the order of the calls, together with or after every training run
// that was saved before: Append and Finish may return before they are on disk,
// Flush returns when they are.
type Store interface {
	objective.Cache
	// Load returns all steps in the order of their numbers. Of what was predicted for a
	// trial it may leave out the number of candidates.
	Load(ctx context.Context) ([]Record, error)
	// Append adds the next step.
	Append(ctx context.Context, s Step) error
	// Finish records the outcome of a step, and the state of its trial after it.
	Finish(ctx context.Context, o Outcome, arms []objective.Arm) error
	// Reference records the unweighted reference on one training seed.
	Reference(ctx context.Context, replicate int, seed int64, r objective.Round) error
	// Offsets records what fitted offsets do for the reference on one training seed.
	// It may be called again with the same values.
	Offsets(ctx context.Context, o Offsets) error
	// ScreenSeeds returns the seeds of the reference that points are predicted from, by
	// index; none before they were set.
	ScreenSeeds(ctx context.Context) ([]int, error)
	// SetScreenSeeds records them, once for a study.
	SetScreenSeeds(ctx context.Context, replicates []int) error
	// Transmission records how much of what was predicted arrived in training, in
	// place of what it was before.
	Transmission(ctx context.Context, t posthoc.Transmission) error
	// Spent returns the driver's time of earlier invocations in seconds.
	Spent(ctx context.Context) (float64, error)
	// Flush waits until everything recorded is durable.
	Flush(ctx context.Context) error
}
