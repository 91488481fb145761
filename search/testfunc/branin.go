package testfunc

import (
	"math"

	"evenkeel/search"
)

// Branin returns the Branin-Hoo function on two reals,
//
//	f(x, y) = (y - b x^2 + c x - 6)^2 + 10 (1 - t) cos x + 10
//	b = 5.1 / (4 pi^2), c = 5 / pi, t = 1 / (8 pi)
//
// for x in [-5, 10] and y in [0, 15]. Its minimum 5/(4 pi) = 0.397887 is reached
// at (-pi, 12.275), (pi, 2.275) and (3 pi, 2.475).
//
// Source: L. C. W. Dixon and G. P. Szegö, "The global optimization problem: an
// introduction", in Towards Global Optimisation 2 (1978), where it is named for
// F. H. Branin.
func Branin() Function {
	const b, c, t = 5.1 / (4 * math.Pi * math.Pi), 5 / math.Pi, 1 / (8 * math.Pi)
	return Function{
		Name: "branin",
		Space: search.Space{Params: []search.Param{
			{Name: "x", Kind: search.Real, Low: -5, High: 10},
			{Name: "y", Kind: search.Real, Low: 0, High: 15},
		}},
		Value: func(p search.Point) float64 {
			x, y := p["x"], p["y"]
			a := y - float64(b*x*x) + float64(c*x) - 6
			return float64(a*a) + float64(10*(1-t)*math.Cos(x)) + 10
		},
		Minimum: 5 / (4 * math.Pi), // the square vanishes and cos x = -1: 10 - 10 (1 - t) = 10 t
		Minimizers: []search.Point{
			{"x": -math.Pi, "y": 12.275}, {"x": math.Pi, "y": 2.275}, {"x": 3 * math.Pi, "y": 2.475},
		},
	}
}
