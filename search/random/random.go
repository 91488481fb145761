package random

import (
	"fmt"
	"math/rand/v2"

	"evenkeel/search"
)

// Sampler draws uniformly. The zero value is ready.
type Sampler struct{}

var _ search.Sampler = Sampler{}

// New returns the sampler.
func New() Sampler { return Sampler{} }

// Name returns "random".
func (Sampler) Name() string { return "random" }

// Suggest returns a uniform point of the space; see [search.Space.Uniform]. The
// history is not looked at. The error is that of [search.Space.Validate].
func (Sampler) Suggest(space search.Space, _ []search.Observation, rng *rand.Rand) (search.Point, error) {
	if err := space.Validate(); err != nil {
		return nil, fmt.Errorf("space: %w", err)
	}
	return space.Uniform(rng), nil
}
