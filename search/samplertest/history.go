package samplertest

import (
	"fmt"
	"maps"
	"math"

	"evenkeel/search"
)

// histories are what a sampler must take in: for each, observation i of a
// history, by state, value and round.
var histories = []struct {
	name  string
	entry func(i int) search.Observation
}{
	{"pending", state(search.ObservedPending, math.NaN())},
	{"failed", state(search.ObservedFailed, math.NaN())},
	{"NaN", state(search.ObservedComplete, math.NaN())},
	{"infinite", state(search.ObservedComplete, math.Inf(1))},
	{"equal", state(search.ObservedComplete, 1)},
	{"huge", func(i int) search.Observation {
		return search.Observation{State: search.ObservedComplete, Value: math.MaxFloat64 * float64(1-i%3), Round: 1, Weight: 1}
	}},
	{"rounds", func(i int) search.Observation {
		return search.Observation{State: search.ObservedComplete, Value: float64(i % 7), Round: 1 + i%3, Weight: 1.0 / 3}
	}},
	{"mixed", func(i int) search.Observation {
		states := []search.ObservationState{search.ObservedComplete, search.ObservedFailed, search.ObservedComplete, search.ObservedPending}
		o := search.Observation{State: states[i%4], Value: math.NaN(), Round: 1 + i%2, Weight: 0.5}
		if i%4 == 0 {
			o.Value = float64(i)
		}
		return o
	}},
}

// state returns observations of one state and value, over two rounds.
func state(s search.ObservationState, value float64) func(int) search.Observation {
	return func(i int) search.Observation {
		return search.Observation{State: s, Value: value, Round: 1 + i%2, Weight: 0.5}
	}
}

// anyHistory checks that NaN and infinite values, pending and failed
// observations and several rounds of one trial are taken in, and that they
// leave the suggestion a pure function.
func anyHistory(sampler fresh, space search.Space) error {
	points, err := Sequence(sampler(), space, 6, 12, bowl)
	if err != nil {
		return err
	}
	for _, h := range histories {
		var history []search.Observation
		for i := range 48 {
			o := h.entry(i)
			o.Point = points[i/3%len(points)] // three in a row share it, as arms do
			history = append(history, o)
		}
		if err := suggestTwice(sampler, space, history); err != nil {
			return fmt.Errorf("history %s: %w", h.name, err)
		}
	}
	return nil
}

// longHistory checks a history of a thousand trials, most of them at one point.
func longHistory(sampler fresh, space search.Space) error {
	points, err := Sequence(sampler(), space, 10, 50, bowl)
	if err != nil {
		return err
	}
	var history []search.Observation
	for i := range 1000 {
		p := points[min(i, len(points)-1)]
		history = append(history, complete(p, bowl(p)))
	}
	return suggestTwice(sampler, space, history)
}

// suggestTwice checks that a history gives a point of the space, twice the same.
func suggestTwice(sampler fresh, space search.Space, history []search.Observation) error {
	var made [2]search.Point
	for i := range made {
		p, err := sampler().Suggest(space, history, search.Rand(7, 1, "suggest"))
		if err != nil {
			return err
		}
		if err := space.Contains(p); err != nil {
			return fmt.Errorf("point %v: %w", p, err)
		}
		made[i] = p
	}
	if !maps.Equal(made[0], made[1]) {
		return fmt.Errorf("it made %v and %v; want the same twice", made[0], made[1])
	}
	return nil
}
