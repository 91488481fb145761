package samplertest

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"evenkeel/search"
)

// function is a sampler made of its Suggest.
type function func(search.Space, []search.Observation, *rand.Rand) (search.Point, error)

func (function) Name() string { return "function" }

func (f function) Suggest(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
	return f(s, h, rng)
}

// good is a sampler without fault; the bad ones differ from it in one thing.
func good(space search.Space, _ []search.Observation, rng *rand.Rand) (search.Point, error) {
	return drawn(space, rng.Float64)
}

// drawn returns the point of the given shares.
func drawn(space search.Space, draw func() float64) (search.Point, error) {
	if err := space.Validate(); err != nil {
		return nil, err
	}
	point := search.Point{}
	for _, p := range space.Params {
		if u := draw(); search.Active(point, p) {
			point[p.Name] = p.At(u)
		}
	}
	return point, nil
}

// always makes samplers of one stateless function.
func always(f function) fresh { return func() search.Sampler { return f } }

// bad are samplers with one fault each, and the check that must find it.
var bad = []struct {
	name, check string
	sampler     fresh
}{
	{"goes beyond the range", "inside", always(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
		p, err := good(s, h, rng)
		for name := range p {
			p[name] += 0.3
		}
		return p, err
	})},
	{"names what does not exist", "inside", always(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
		p, err := good(s, h, rng)
		for _, q := range s.Params {
			if _, ok := p[q.Name]; !ok {
				p[q.Name] = q.At(0)
			}
		}
		return p, err
	})},
	{"never reaches the upper end", "ends", always(func(s search.Space, _ []search.Observation, rng *rand.Rand) (search.Point, error) {
		return drawn(s, func() float64 { return 0.79 * rng.Float64() })
	})},
	{"never reaches the middle", "ends", always(func(s search.Space, _ []search.Observation, rng *rand.Rand) (search.Point, error) {
		return drawn(s, func() float64 { return math.Round(rng.Float64()) })
	})},
	{"draws from a generator of its own", "same seed", func() search.Sampler {
		own := rand.New(rand.NewPCG(1, 2))
		return function(func(s search.Space, h []search.Observation, _ *rand.Rand) (search.Point, error) {
			return good(s, h, own)
		})
	}},
	{"draws from the global generator", "same seed", always(func(s search.Space, _ []search.Observation, _ *rand.Rand) (search.Point, error) {
		return drawn(s, rand.Float64)
	})},
	{"counts its calls", "same seed", func() search.Sampler {
		calls := 0
		return function(func(s search.Space, _ []search.Observation, rng *rand.Rand) (search.Point, error) {
			calls++
			return drawn(s, func() float64 { return math.Mod(rng.Float64()+float64(calls)/7, 1) })
		})
	}},
	{"looks at no generator", "other seed", always(func(s search.Space, h []search.Observation, _ *rand.Rand) (search.Point, error) {
		return drawn(s, func() float64 { return math.Mod(float64(len(h))*math.Phi, 1) })
	})},
	{"wants a value in every history", "history", always(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
		if len(h) > 0 && !slices.ContainsFunc(h, func(o search.Observation) bool { return o.Value == o.Value }) {
			return nil, errors.New("no value")
		}
		return good(s, h, rng)
	})},
	{"moves by the mean value", "history", always(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
		sum := 0.0
		for _, o := range h {
			sum += o.Value
		}
		p, err := good(s, h, rng)
		for _, q := range s.Params {
			if _, ok := p[q.Name]; ok && math.IsNaN(sum) {
				p[q.Name] = sum
			}
		}
		return p, err
	})},
	{"suggests the best again, as its own map", "arguments", always(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
		if len(h) > 13 {
			return h[0].Point, nil
		}
		return good(s, h, rng)
	})},
	{"sorts the history in place", "arguments", always(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
		slices.SortFunc(h, func(a, b search.Observation) int {
			if a.Value < b.Value {
				return -1
			}
			return 1
		})
		return good(s, h, rng)
	})},
	{"fills the space in", "arguments", always(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
		p, err := good(s, h, rng)
		for i := range s.Params {
			if s.Params[i].Choices == nil && s.Params[i].High < 1e6 {
				s.Params[i].High *= 2
			}
		}
		return p, err
	})},
	{"keeps the longest history", "forgets", func() search.Sampler {
		var kept []search.Observation
		return function(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
			if len(kept) == 0 || len(h) > len(kept) {
				kept = h
			}
			shift := 0.0
			for _, o := range kept[min(1, len(kept)):] {
				shift += o.Value
			}
			if math.IsNaN(shift) || math.IsInf(shift, 0) {
				shift = 0
			}
			return drawn(s, func() float64 { return math.Mod(math.Abs(rng.Float64()+math.Mod(shift, 1)), 1) })
		})
	}},
	{"fails late", "long history", always(func(s search.Space, h []search.Observation, rng *rand.Rand) (search.Point, error) {
		if len(h) >= 1000 {
			return nil, errors.New("too many observations")
		}
		return good(s, h, rng)
	})},
}

// TestGoodPasses runs the suite on a sampler without fault.
func TestGoodPasses(t *testing.T) { Run(t, always(good)) }

// TestBadAreFound checks that the suite finds each fault by the check that is
// for it, on some space, and that no check panics on any.
func TestBadAreFound(t *testing.T) {
	for _, b := range bad {
		t.Run(b.name, func(t *testing.T) {
			found := map[string]bool{}
			for i := range Spaces() {
				for _, check := range checks {
					if check.of(b.sampler, Spaces()[i].Space) != nil {
						found[check.name] = true
					}
				}
			}
			if !found[b.check] {
				t.Errorf("the check %q does not find it; found by %v", b.check, found)
			}
		})
	}
	careless := always(func(search.Space, []search.Observation, *rand.Rand) (search.Point, error) { return search.Point{}, nil })
	if wrongSpace(careless) == nil {
		t.Error("a sampler that searches any space is not found")
	}
}
