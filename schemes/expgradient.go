package schemes

import "slices"

// expGradient multiplies the previous weights by the exponential of the error.
var expGradient = &Scheme{
	Name:    "exp-gradient",
	Title:   "the previous weight times the exponential of the class's error",
	Formula: "w = prev * exp(rate * (1 - x))",
	Params: []Param{{
		Name: "rate",
		Doc:  "step size of one round; 0 keeps the weights",
		Min:  0, Max: 100,
		Low: 0.1, High: 20, Log: true,
		Default: 1,
	}},
	StrengthOf:    "rate",
	ReadsPrevious: true,
	Source: "Shiori Sagawa, Pang Wei Koh, Tatsunori Hashimoto, Percy Liang: Distributionally Robust Neural Networks " +
		"for Group Shifts, ICLR 2020 (group DRO: there every batch with rate 0.01 on training loss; here once a round on the validation error)",
	Raw: rawExpGradient,
}

// exponentLimit is where rawExpGradient begins to lower its exponents: e^700 is
// about 1e304, the last power of e with room for a factor in a float64.
const exponentLimit = 700

// rawExpGradient returns
//
//	w_c = prev_c exp(rate (1 - x_c))
//
// where prev has mean 1. If the largest exponent exceeds 700, all are lowered
// by what it exceeds it: only the common scale changes. The logarithms of the
// weights add up the errors of all rounds, an integrating controller, so that a
// class keeps its weight when its recall has caught up.
func rawExpGradient(in Input, p Values) []float64 {
	rate := p["rate"]
	excess := max(0, float64(rate*(1-slices.Min(in.Signal)))-exponentLimit)
	w := make([]float64, len(in.Signal))
	for c, v := range in.Signal {
		w[c] = in.Previous[c] * Exp(float64(rate*(1-v))-excess)
	}
	return w
}
