package search

import "math/rand/v2"

// Sampler proposes points. It has no hidden state: Suggest is a pure function
// of its arguments, so that a study resumes, replays and runs in parallel with
// the same points. A sampler learns only from the history that it is
// given. Package samplertest holds the suite that every sampler passes.
type Sampler interface {
	// Name is the word for the sampler in study files, such as "random".
	Name() string
	// Suggest returns the next point of the space, which satisfies
	// [Space.Contains]. The history holds everything that may be known, in the
	// order of the trials; values may be NaN and observations pending or failed.
	// Suggest must neither keep nor change its arguments, and must draw from rng
	// only. It fails on a space that it cannot search.
	Suggest(space Space, history []Observation, rng *rand.Rand) (Point, error)
}

// ObservationState says how far an [Observation] got.
type ObservationState string

// The states of an observation.
const (
	ObservedPending  ObservationState = "pending"
	ObservedComplete ObservationState = "complete"
	ObservedFailed   ObservationState = "failed"
)

// Observation is what a sampler may know of one arm, or of a trial that has no
// arms yet.
type Observation struct {
	Point Point
	// Round is the arm's round, from 1; 0 where there is no arm.
	Round int
	// Value is what is minimised; NaN unless the state is [ObservedComplete].
	Value float64
	State ObservationState
	// Weight is the observation's share of its trial: a trial with R arms gives
	// R observations of weight 1/R.
	Weight float64
}
