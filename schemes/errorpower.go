package schemes

// errorPower weighs a class by its error.
var errorPower = &Scheme{
	Name:    "error-power",
	Title:   "the class's error, to a power",
	Formula: "w = (1 - x) ^ exponent",
	Params: []Param{{
		Name: "exponent",
		Doc:  "how strongly a large error counts; 0 gives equal weights",
		Min:  0, Max: exponentMax,
		Low: 0.25, High: 2, Log: true,
		Default: 1.5, // of the authors' published code
	}},
	StrengthOf: "exponent",
	Source: "Saptarshi Sinha, Hiroki Ohashi, Katsuyuki Nakamura: Class-Wise Difficulty-Balanced Loss " +
		"for Solving Class-Imbalance, ACCV 2020 (there every epoch; here once a round)",
	Raw: rawErrorPower,
}

// rawErrorPower returns
//
//	w_c = (1 - x_c) ^ exponent
//
// with every 1 - x_c floored at 0.01.
func rawErrorPower(in Input, p Values) []float64 {
	w := make([]float64, len(in.Signal))
	for c, v := range in.Signal {
		w[c] = Pow(max(1-v, floor), p["exponent"])
	}
	return w
}
