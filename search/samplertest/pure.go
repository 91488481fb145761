package samplertest

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"evenkeel/search"
)

// sameSeed checks that two samplers, and one sampler asked again in another
// order, make the same points from the same arguments.
func sameSeed(sampler fresh, space search.Space) error {
	const n = 14 // a few more than samplers take to start learning
	used := sampler()
	first, err := Sequence(used, space, 3, n, bowl)
	if err != nil {
		return err
	}
	if second, err := Sequence(sampler(), space, 3, n, bowl); err != nil || !equal(first, second) {
		return errors.Join(err, fmt.Errorf("two samplers made\n%v\nand\n%v", first, second))
	}
	if again, err := Sequence(used, space, 3, n, bowl); err != nil || !equal(first, again) {
		return errors.Join(err, fmt.Errorf("a used sampler made\n%v\nafter\n%v", again, first))
	}
	var history []search.Observation
	for _, p := range first[:n-1] {
		history = append(history, complete(p, bowl(p)))
	}
	last, err := sampler().Suggest(space, history, search.Rand(3, n, "suggest"))
	if err != nil || !maps.Equal(last, first[n-1]) {
		return errors.Join(err, fmt.Errorf("a sampler that resumes makes %v; want %v", last, first[n-1]))
	}
	return nil
}

// otherSeed checks that another seed makes other points, where there are others.
func otherSeed(sampler fresh, space search.Space) error {
	if single(space) {
		return nil
	}
	s := sampler()
	a, errA := Sequence(s, space, 4, 20, bowl)
	b, errB := Sequence(s, space, 5, 20, bowl)
	if equal(a, b) {
		return errors.Join(errA, errB, fmt.Errorf("seeds 4 and 5 both made %v", a))
	}
	return errors.Join(errA, errB)
}

// argumentsUnchanged checks that neither the history nor the space is changed,
// and that the point is the caller's.
func argumentsUnchanged(sampler fresh, space search.Space) error {
	s := sampler()
	history, err := made(s, space, 8, 14)
	if err != nil {
		return err
	}
	historyBefore, spaceBefore := copied(history), search.Space{Params: slices.Clone(space.Params)}
	for i, p := range space.Params {
		spaceBefore.Params[i].Choices = slices.Clone(p.Choices)
	}
	first, err := s.Suggest(space, history, search.Rand(8, 0, "suggest"))
	if err != nil {
		return err
	}
	kept := maps.Clone(first)
	for name := range first {
		first[name] = math.NaN()
	}
	again, err := s.Suggest(space, history, search.Rand(8, 0, "suggest"))
	switch {
	case err != nil:
		return err
	case !maps.Equal(again, kept):
		return fmt.Errorf("after the caller changed a point, the sampler made %v; want %v", again, kept)
	case !reflect.DeepEqual(history, historyBefore):
		return errors.New("the sampler changed the history")
	case !reflect.DeepEqual(space, spaceBefore):
		return errors.New("the sampler changed the space")
	}
	return nil
}

// forgets checks that nothing of a history stays behind: after it was changed,
// and after another one, a sampler makes what a new one makes.
func forgets(sampler fresh, space search.Space) error {
	used := sampler()
	history, err := made(used, space, 9, 20)
	if err != nil {
		return err
	}
	intact := copied(history)
	if _, err := used.Suggest(space, history, search.Rand(9, 0, "suggest")); err != nil {
		return err
	}
	for i := range history {
		history[i].Value = -history[i].Value
		for name := range history[i].Point {
			history[i].Point[name] = math.NaN()
		}
	}
	a, errA := used.Suggest(space, intact, search.Rand(9, 0, "suggest"))
	b, errB := sampler().Suggest(space, intact, search.Rand(9, 0, "suggest"))
	if errA != nil || errB != nil || !maps.Equal(a, b) {
		return errors.Join(errA, errB, fmt.Errorf("a used sampler made %v and a new one %v; want the same", a, b))
	}
	return nil
}

// made returns the history of a sequence.
func made(s search.Sampler, space search.Space, seed int64, n int) ([]search.Observation, error) {
	points, err := Sequence(s, space, seed, n, bowl)
	var history []search.Observation
	for _, p := range points {
		history = append(history, complete(p, bowl(p)))
	}
	return history, err
}

// copied returns a history with maps of its own.
func copied(history []search.Observation) []search.Observation {
	out := slices.Clone(history)
	for i := range out {
		out[i].Point = maps.Clone(out[i].Point)
	}
	return out
}
