package schemes

// errorOdds weighs a class by the odds of getting it wrong.
var errorOdds = &Scheme{
	Name:    "error-odds",
	Title:   "the odds of an error in the class (errors divided by hits), to a power",
	Formula: "w = ((1 - x) / x) ^ exponent",
	Params: []Param{{
		Name: "exponent",
		Doc:  "how strongly high odds count; 0 gives equal weights",
		Min:  0, Max: exponentMax,
		Low: 0.25, High: 2, Log: true,
		Default: 1,
	}},
	StrengthOf: "exponent",
	Source: "this program: acts like error-power at high recalls and like mean-ratio at low ones; " +
		"ln w is proportional to the log odds of an error (Joseph Berkson: " +
		"Application of the Logistic Function to Bio-Assay, JASA 39, 1944)",
	Raw: rawErrorOdds,
}

// rawErrorOdds returns
//
//	w_c = ((1 - x_c) / x_c) ^ exponent
//
// with 1 - x_c and x_c each floored at 0.01, so that the odds lie between 0.01
// and 100.
func rawErrorOdds(in Input, p Values) []float64 {
	w := make([]float64, len(in.Signal))
	for c, v := range in.Signal {
		w[c] = Pow(max(1-v, floor)/max(v, floor), p["exponent"])
	}
	return w
}
