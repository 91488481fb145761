package search

import (
	"slices"

	"evenkeel/objective"
)

// Two arms are copies of each other if they are made of the same runs: the first two rounds
// of a recipe are the same with a limit of two rounds as with one of three, and two points
// may give the same weights. They are one arm: it takes one place in a race, is one
// observation for a sampler and one piece of evidence.

// armKey names an arm.
type armKey struct{ trial, round int } // the trial from 1

// runOf returns the run of an arm on its first seed, "" without one.
func (v *view) runOf(a armKey) objective.RunID {
	t := &v.trials[a.trial-1]
	if len(t.measured) == 0 {
		return ""
	}
	return t.measured[0].Rounds[a.round].Run
}

// same reports whether two arms have the same run on every seed that both were measured on,
// one at least.
func (v *view) same(a, b armKey) bool {
	x, y := v.trials[a.trial-1].measured, v.trials[b.trial-1].measured
	n := min(len(x), len(y))
	for i := range n {
		if run := x[i].Rounds[a.round].Run; run == "" || run != y[i].Rounds[b.round].Run {
			return false
		}
	}
	return n > 0
}

// originals are arms of which none is a copy of another one, by the run on their first seed.
type originals map[objective.RunID][]armKey

// add adds an arm and returns true, or false if it is a copy of one that is there.
func (o originals) add(v *view, a armKey) bool {
	run := v.runOf(a)
	for _, other := range o[run] {
		if v.same(a, other) {
			return false
		}
	}
	o[run] = append(o[run], a)
	return true
}

// forget takes out the arms of a trial.
func (o originals) forget(v *view, trial int) {
	t := &v.trials[trial-1]
	for round := 1; round <= len(t.arms); round++ {
		run := v.runOf(armKey{trial, round})
		o[run] = slices.DeleteFunc(o[run], func(a armKey) bool { return a.trial == trial })
	}
}
