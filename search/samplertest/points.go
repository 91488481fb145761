package samplertest

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"evenkeel/search"
)

// draws is how many points a test of reachability makes. The rarest value of
// [Spaces] has a share of 1/11 under a uniform sampler, and is missed by all
// draws with a probability below 1e-16; a sampler may favour some values and
// still passes.
const draws = 400

// inside checks that every suggestion is a point of the space.
func inside(sampler fresh, space search.Space) error {
	points, err := Sequence(sampler(), space, 1, 40, bowl)
	if err != nil {
		return err
	}
	for _, p := range points {
		if err := space.Contains(p); err != nil {
			return fmt.Errorf("point %v: %w", p, err)
		}
	}
	return nil
}

// ends checks that without a history every value of a counted parameter is
// suggested, both ends included, and that a real one comes within a tenth of
// its scale of both ends.
func ends(sampler fresh, space search.Space) error {
	s := sampler()
	seen := make(map[string]map[float64]bool)
	for trial := range draws {
		p, err := s.Suggest(space, nil, search.Rand(2, trial, "suggest"))
		if err != nil {
			return err
		}
		for name, v := range p {
			if seen[name] == nil {
				seen[name] = make(map[float64]bool)
			}
			seen[name][v] = true
		}
	}
	var faults []error
	for _, p := range space.Params {
		faults = append(faults, reached(p, slices.Sorted(maps.Keys(seen[p.Name]))))
	}
	return errors.Join(faults...)
}

// reached checks the different values that a parameter took, ascending.
func reached(p search.Param, values []float64) error {
	if len(values) == 0 {
		return fmt.Errorf("%s never existed", p.Name)
	}
	low, high := p.At(0), p.At(1)
	if p.Count() == 0 {
		low, high = p.At(0.1), p.At(0.9)
	}
	if values[0] > low || values[len(values)-1] < high {
		return fmt.Errorf("%s went from %v to %v; want %v or less and %v or more", p.Name, values[0], values[len(values)-1], low, high)
	}
	if n := p.Count(); n > 0 && float64(len(values)) != n {
		return fmt.Errorf("%s took the values %v; want all %v there are", p.Name, values, n)
	}
	return nil
}

// wrongSpace checks that a space that cannot be searched is an error.
func wrongSpace(sampler fresh) error {
	space := search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, Low: 2, High: 1}}}
	p, err := sampler().Suggest(space, nil, search.Rand(0, 0, "suggest"))
	if err == nil {
		return fmt.Errorf("a range from 2 to 1 gave the point %v; want an error", p)
	}
	return nil
}
