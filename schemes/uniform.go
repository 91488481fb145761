package schemes

// uniform weighs all classes alike.
var uniform = &Scheme{
	Name:    "uniform",
	Title:   "equal weights, for comparison: trained on the same seeds",
	Formula: "w = 1",
	Source:  "no weighting (empirical risk minimisation)",
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
