package schemes

import "slices"

// softmaxError weighs classes by the softmax of their errors.
var softmaxError = &Scheme{
	Name:    "softmax-error",
	Title:   "the softmax of the classes' errors",
	Formula: "w = K * exp((1 - x) / temperature) / sum over classes of exp((1 - x) / temperature)",
	Params: []Param{{
		Name: "temperature",
		Doc:  "recalls that differ by this give weights that differ by a factor of 2.7; a lower value is stronger",
		Min:  0.01, Max: 100, // e^(1/0.01) = 3e43 still fits single precision's exponents
		Low: 0.02, High: 1, Log: true,
		Default: 0.1,
	}},
	StrengthOf: "temperature",
	Source: "common practice: a softmax over class errors; equal to one step of exponentiated gradients with rate 1/temperature " +
		"(Jyrki Kivinen, Manfred Warmuth: Exponentiated Gradient versus Gradient Descent for Linear Predictors, 1997)",
	Raw: rawSoftmaxError,
}

// rawSoftmaxError returns
//
//	w_c = K exp(e_c / T) / sum_j exp(e_j / T),  e = 1 - x
//
// which has mean 1. No floor is needed: a difference of d in recall is a factor
// of exp(d / T) wherever it lies, and no ratio exceeds exp(1 / T).
func rawSoftmaxError(in Input, p Values) []float64 {
	least := slices.Min(in.Signal) // the largest error, subtracted so that nothing overflows
	w := make([]float64, len(in.Signal))
	var sum float64
	for c, v := range in.Signal {
		w[c] = Exp((least - v) / p["temperature"])
		sum += w[c]
	}
	scale := float64(len(w)) / sum
	for c := range w {
		w[c] *= scale
	}
	return w
}
