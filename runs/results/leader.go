// Package results reads the trial history and says what it amounts to, as data: who
// leads, what the weights of an arm are. It prints nothing (package report does) and
// trains nothing (package session does).
package results

import "evenkeel/runs"

// NoLeader is why no arm of a leaderboard leads; "" where one does.
type NoLeader string

// The reasons.
const (
	// AllFailed: there are trials, and every one of them failed.
	AllFailed NoLeader = "every trial failed"
	// NoneComplete: no trial has a result yet.
	NoneComplete NoLeader = "no trial is complete yet"
	// ToleranceNotHeld: no arm on as many seeds as the first is sure to hold the
	// accuracy tolerance, which takes a margin of one standard error.
	ToleranceNotHeld NoLeader = "every arm may lose more accuracy than the study allows"
)

// Leader is the arm of a leaderboard that leads.
type Leader struct {
	// At is the index of its row, -1 without one.
	At int
	// Why says why there is none.
	Why NoLeader
}

// LeaderOf returns the leader of a leaderboard, or why there is none.
func LeaderOf(board *runs.Board) Leader {
	at := board.Leader()
	switch h := board.Study; {
	case at >= 0:
		return Leader{At: at}
	case len(board.Rows) > 0:
		return Leader{At: -1, Why: ToleranceNotHeld}
	case h.Failed > 0 && h.Failed == h.Done:
		return Leader{At: -1, Why: AllFailed}
	}
	return Leader{At: -1, Why: NoneComplete}
}
