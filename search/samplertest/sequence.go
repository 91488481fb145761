package samplertest

import (
	"maps"
	"slices"

	"evenkeel/search"
)

// Sequence returns the points of a study whose history grows by one observation
// a trial, with the values of the function. It is what a driver with window 1 does.
func Sequence(s search.Sampler, space search.Space, seed int64, n int, value func(search.Point) float64) ([]search.Point, error) {
	var points []search.Point
	var history []search.Observation
	for trial := 1; trial <= n; trial++ {
		point, err := s.Suggest(space, history, search.Rand(seed, trial, "suggest"))
		if err != nil {
			return nil, err
		}
		points = append(points, point)
		history = append(history, complete(point, value(point)))
	}
	return points, nil
}

// complete is the observation of a trial with one arm.
func complete(p search.Point, value float64) search.Observation {
	return search.Observation{Point: p, Round: 1, Value: value, State: search.ObservedComplete, Weight: 1}
}

// bowl is the value of a point in the sequences: smooth, finite, and different
// for different points. The names are taken in order, so that it is one number.
func bowl(p search.Point) float64 {
	sum := 0.0
	for i, name := range slices.Sorted(maps.Keys(p)) {
		d := p[name] - float64(i)
		sum += d * d
	}
	return sum
}

// single reports whether the space has one point.
func single(space search.Space) bool {
	return !slices.ContainsFunc(space.Params, func(p search.Param) bool { return p.Count() != 1 })
}

// equal compares sequences of points.
func equal(a, b []search.Point) bool {
	return slices.EqualFunc(a, b, func(p, q search.Point) bool { return maps.Equal(p, q) })
}
