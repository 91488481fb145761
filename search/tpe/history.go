package tpe

import (
	"math"
	"slices"

	"evenkeel/search"
)

// learned is a history split in two, each a list of stretches of the history in
// its order.
type learned struct {
	good, bad [][]search.Observation
	// finished is the number of trials that ended, in success or failure.
	finished float64
}

// learn splits a history: the best arms are good until they are worth
// goodTrials(n) trials, n the trials that ended with a value, and all others
// are bad. So are failed arms, and pending ones: the worst is expected of them,
// which keeps trials that run at the same time apart.
func learn(history []search.Observation) learned {
	var l learned
	valued := 0.0
	for i := range history {
		o := &history[i]
		if o.State != search.ObservedPending {
			l.finished += o.Weight
		}
		if hasValue(o) {
			valued += o.Weight
		}
	}
	chosen := best(history, goodTrials(valued))
	next := 0
	for _, i := range chosen {
		l.good = append(l.good, history[i:i+1])
		if i > next {
			l.bad = append(l.bad, history[next:i])
		}
		next = i + 1
	}
	if next < len(history) {
		l.bad = append(l.bad, history[next:])
	}
	return l
}

// hasValue reports whether an observation can be ranked.
func hasValue(o *search.Observation) bool {
	return o.State == search.ObservedComplete && !math.IsNaN(o.Value) && !math.IsInf(o.Value, 1)
}

// best returns the indexes, ascending, of the arms of smallest value that
// together are worth the given number of trials; of equal values the earlier
// arm is the better. It keeps the best so far in their order, which are few, so
// that it need not sort the whole history.
func best(history []search.Observation, trials float64) []int {
	var kept []int
	have := 0.0
	for i := range history {
		o := &history[i]
		if !hasValue(o) {
			continue
		}
		full := have >= trials-slack
		if full && (len(kept) == 0 || o.Value >= history[kept[len(kept)-1]].Value) {
			continue
		}
		at, _ := slices.BinarySearchFunc(kept, o.Value, func(k int, v float64) int {
			if history[k].Value <= v {
				return -1
			}
			return 1
		})
		kept = slices.Insert(kept, at, i)
		have += o.Weight
		for last := len(kept) - 1; have-history[kept[last]].Weight >= trials-slack; last-- {
			have -= history[kept[last]].Weight
			kept = kept[:last]
		}
	}
	slices.Sort(kept)
	return kept
}

// goodTrials returns how many of n trials are good: a tenth, rounded up, at
// most 25.
func goodTrials(n float64) float64 { return min(math.Ceil((n-slack)/10), 25) }
