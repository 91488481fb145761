package testfunc

import (
	"math"

	"evenkeel/search"
)

// Conditional returns a function whose parameters depend on a choice, of every
// kind there is. The choice "family" has three branches:
//
//	ridge  real x, y in [-1, 1]                        0.3 + (x - 0.2)^2 + 4 (y + 0.4)^2
//	rate   real rate in [1e-5, 1], log; int depth 1..8  (log10 rate + 2)^2 / 4 + (depth - 6)^2 / 16
//	grid   share in 0, 0.1, ..., 0.9; mode a or b       0.6 + abs(share - 0.7), and 0.2 more in mode b
//
// Its minimum is 0 at rate 0.01 and depth 6. The other branches end at 0.3 and 0.6,
// and most points of the best branch are worse than 0.3. Ours.
func Conditional() Function {
	const ridge, rate, grid = 0, 1, 2
	in := func(branch int) *search.Condition { return &search.Condition{Param: "family", In: []int{branch}} }
	return Function{
		Name: "conditional",
		Space: search.Space{Params: []search.Param{
			{Name: "family", Kind: search.Categorical, Choices: []any{"ridge", "rate", "grid"}},
			{Name: "x", Kind: search.Real, Low: -1, High: 1, When: in(ridge)},
			{Name: "y", Kind: search.Real, Low: -1, High: 1, When: in(ridge)},
			{Name: "rate", Kind: search.Real, Low: 1e-5, High: 1, Log: true, When: in(rate)},
			{Name: "depth", Kind: search.Int, Low: 1, High: 8, When: in(rate)},
			{Name: "share", Kind: search.Real, Low: 0, High: 0.9, Step: 0.1, When: in(grid)},
			{Name: "mode", Kind: search.Categorical, Choices: []any{"a", "b"}, When: in(grid)},
		}},
		Value: func(p search.Point) float64 {
			switch p["family"] {
			case ridge:
				return 0.3 + square(p["x"]-0.2) + float64(4*square(p["y"]+0.4))
			case rate:
				return float64(square(math.Log10(p["rate"])+2)/4) + square(p["depth"]-6)/16
			default:
				return 0.6 + math.Abs(p["share"]-0.7) + float64(0.2*p["mode"])
			}
		},
		Minimum:    0,
		Minimizers: []search.Point{{"family": rate, "rate": 0.01, "depth": 6}},
	}
}

// square returns x^2, rounded.
func square(x float64) float64 { return float64(x * x) }
