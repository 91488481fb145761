package tpe

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"evenkeel/search"
)

// The settings, all defaults of Optuna's TPESampler; docs/samplers.md has what
// was measured.
const (
	// startupTrials is how many trials must have ended before the history counts.
	startupTrials = 10
	// candidates is the number of draws among which a point is chosen.
	candidates = 24
	// priorWeight is the weight of the uniform prior, in trials.
	priorWeight = 1
)

// slack allows for rounding when thirds of trials are added up.
const slack = 1e-9

// Sampler suggests points by tree-structured Parzen estimators. The zero value
// is ready.
type Sampler struct{}

var _ search.Sampler = Sampler{}

// New returns the sampler.
func New() Sampler { return Sampler{} }

// Name returns "tpe".
func (Sampler) Name() string { return "tpe" }

// Suggest returns the candidate x with the largest l(x)/g(x) among 24 drawn
// from l. Until ten trials have ended, and until one of them has a finite value,
// it returns the uniform point that package random would; see [search.Space.Uniform].
//
// An arm of round r is learned from as a trial of that many rounds, which it is
// to the last bit. Failed arms and those with a value that is NaN or +Inf are
// bad, and so are pending ones. Parameters learn from the points in which they
// exist. The error is that of [search.Space.Validate].
func (Sampler) Suggest(space search.Space, history []search.Observation, rng *rand.Rand) (search.Point, error) {
	if err := space.Validate(); err != nil {
		return nil, fmt.Errorf("space: %w", err)
	}
	l := learn(history)
	if l.finished < startupTrials-slack || len(l.good) == 0 {
		return space.Uniform(rng), nil
	}
	axes := newAxes(space)
	good, bad := newMixture(axes, l.good...), newMixture(axes, l.bad...)
	drawn := make([]candidate, candidates)
	for i := range drawn {
		drawn[i] = good.draw(rng)
		drawn[i].above = good.density(drawn[i], 0)
	}
	// The likeliest first: once a large ratio is known, most others are seen to
	// be smaller before all of g is summed up.
	slices.SortStableFunc(drawn, func(a, b candidate) int { return cmp.Compare(b.above, a.above) })
	var best candidate
	bestRatio := 0.0
	for _, c := range drawn {
		if ratio := c.above / bad.density(c, c.above/bestRatio); ratio > bestRatio {
			best, bestRatio = c, ratio
		}
	}
	return best.point(axes), nil
}
