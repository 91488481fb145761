package main

import (
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/search"
)

// TestConfirmReserve: with a tenth in reserve a seed of nine minutes takes ten. One
// after the other, ten seeds take 100 minutes and six take 60; four at once take three
// turns and two; with twenty at once all of them take one.
func TestConfirmReserve(t *testing.T) {
	const minute = time.Minute
	for _, c := range []struct {
		seed              time.Duration
		parallel          int
		whole, left, want time.Duration
	}{
		{9 * minute, 1, 200 * minute, 200 * minute, 100 * minute}, // ten seeds are just half of it
		{9 * minute, 1, 199 * minute, 199 * minute, 90 * minute},  // nine
		{9 * minute, 1, 120 * minute, 120 * minute, 60 * minute},  // six are half
		{9 * minute, 1, 80 * minute, 80 * minute, 60 * minute},    // six are three quarters
		{9 * minute, 1, 79 * minute, 79 * minute, 0},              // no time to say anything
		{9 * minute, 1, 200 * minute, 59 * minute, 0},             // it is too late for six
		{9 * minute, 4, 200 * minute, 200 * minute, 30 * minute},
		{9 * minute, 4, 59 * minute, 59 * minute, 20 * minute}, // eight take two turns
		{9 * minute, 20, 200 * minute, 200 * minute, 10 * minute},
		{0, 1, 10 * minute, 10 * minute, 0}, // not known yet
	} {
		if got := confirmReserve(c.seed, c.parallel, c.whole, c.left); got != c.want {
			t.Errorf("seeds of %v, %d at once, within %v of which %v are left: %v, want %v", c.seed, c.parallel, c.whole, c.left, got, c.want)
		}
	}
}

// TestLeaderConfirmationKnowsTheLeader: more seeds first, then arms that hold the
// tolerance, then the lower score.
func TestLeaderConfirmationKnowsTheLeader(t *testing.T) {
	var l leaderConfirmation
	for i, a := range []objective.Arm{
		{Round: 1, Seeds: 1, Difference: -0.5},
		{Round: 2, Seeds: 3, Difference: -0.1},
		{Round: 3, Seeds: 3, Difference: -0.05, Holds: true},
		{Round: 4, Seeds: 3, Difference: -0.06, Holds: true},
	} {
		l.observe(search.Event{Arms: []objective.Arm{a}})
		if l.best.Round != i+1 {
			t.Errorf("after round %d the leader is %+v", i+1, l.best)
		}
	}
	l.observe(search.Event{Arms: []objective.Arm{{Round: 5, Seeds: 1, Difference: -9, Holds: true}, {Round: 6, Seeds: 3, Difference: -9}}})
	if l.best.Round != 4 {
		t.Errorf("the leader is %+v; want round 4", l.best)
	}
}
