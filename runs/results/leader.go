package results

import (
	"math"

	"evenkeel/runs"
)

// NoLeader is why no arm leads; "" where one does.
type NoLeader string

// Why no arm leads.
const (
	// NoneComplete: no trial has ended well yet.
	NoneComplete NoLeader = "none complete"
	// AllFailed: every trial that ended failed.
	AllFailed NoLeader = "all failed"
	// AllInvalid: every trial that ended well was declared invalid.
	AllInvalid NoLeader = "all invalid"
)

// Leader is the leading arm of a leaderboard.
type Leader struct {
	// At is its index in the rows of the board, -1 where no arm leads.
	At int
	// Why says why none does.
	Why NoLeader
}

// LeaderOf returns the first arm of the highest tier, or why there is none.
func LeaderOf(board *runs.Board) Leader {
	if h := board.Study; len(board.Rows) == 0 {
		switch {
		case h.Failed > 0 && h.Failed == h.Done:
			return Leader{At: -1, Why: AllFailed}
		case h.Invalid > 0 && h.Done > h.Failed:
			return Leader{At: -1, Why: AllInvalid}
		}
		return Leader{At: -1, Why: NoneComplete}
	}
	return Leader{At: board.Leader()}
}

// Noise says how an arm's change of score compares with the noise of seeds and images.
type Noise string

// The classes of a change. An interval of NaN is [TooFewSeeds].
const (
	TooFewSeeds Noise = "too few seeds"
	// MoreEven and LessEven are beyond noise.
	MoreEven    Noise = "more even"
	WithinNoise Noise = "within noise"
	NotMoreEven Noise = "not more even"
	LessEven    Noise = "less even"
)

// NoiseOf compares the simultaneous interval of an arm's change with 0.
func NoiseOf(a runs.Row) Noise {
	switch {
	case math.IsNaN(a.DifferenceHigh):
		return TooFewSeeds
	case a.DifferenceHigh < 0:
		return MoreEven
	case a.DifferenceLow > 0:
		return LessEven
	case a.Difference >= 0:
		return NotMoreEven
	}
	return WithinNoise
}
