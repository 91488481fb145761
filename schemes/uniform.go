package schemes

// uniform weighs all classes alike.
var uniform = &Scheme{
	Name:    "uniform",
	Title:   "equal weights: the control, trained on the same seeds",
	Formula: "w = 1",
	Source:  "empirical risk minimisation; no weighting at all",
	Raw: func(in Input, _ Values) []float64 {
		return ones(len(in.Signal))
	},
}

// ones returns k ones.
func ones(k int) []float64 {
	w := make([]float64, k)
	for c := range w {
		w[c] = 1
	}
	return w
}
