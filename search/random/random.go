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

// Suggest returns a uniform point of the space; see [search.Param.At] for what
// uniform means on each scale. It takes exactly one 64-bit number from rng for
// every parameter of the space. The history is not looked at. The error is that
// of [search.Space.Validate].
func (Sampler) Suggest(space search.Space, _ []search.Observation, rng *rand.Rand) (search.Point, error) {
	if err := space.Validate(); err != nil {
		return nil, fmt.Errorf("space: %w", err)
	}
	point := make(search.Point, len(space.Params))
	for _, p := range space.Params {
		u := share(rng.Uint64())
		if search.Active(point, p) {
			point[p.Name] = p.At(u)
		}
	}
	return point, nil
}

// share maps a draw to a number from 0 to 1, both included, in steps of
// 1/(2^53 - 1): the highest 53 bits over the largest number they can hold.
func share(draw uint64) float64 {
	return float64(draw>>11) / (1<<53 - 1)
}
