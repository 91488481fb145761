package schemes

// floor is the smallest signal a ratio scheme divides by, and the smallest
// 1 - signal an error scheme reads: one dead class must not get all the weight,
// and one perfect class must not get none.
const floor = 0.01

// exponentMax bounds accepted exponents: with the floor, weights up to 100^64
// and down to 100^-64 apart stay well inside a float64.
const exponentMax = 64

// meanRatio weighs a class by how far its signal lies below the mean.
var meanRatio = &Scheme{
	Name:    "mean-ratio",
	Aliases: []string{"inverse-recall"},
	Title:   "mean recall divided by the class's recall, to a power",
	Formula: "w = (mean(x) / x) ^ exponent",
	Params: []Param{{
		Name: "exponent",
		Doc:  "how strongly a low recall counts; 0 gives equal weights",
		Min:  0, Max: exponentMax,
		Low: 0.25, High: 16, Log: true,
		Default: 2,
	}},
	StrengthOf: "exponent",
	Source: "common practice: retrain with (mean recall / recall) ^ exponent, often with exponent 2; " +
		"the same as (1 / recall) ^ exponent where the loss divides by the sum of the weights",
	Raw: rawMeanRatio,
}

// rawMeanRatio returns
//
//	w_c = (mean(x) / x_c) ^ exponent
//
// with every x_c floored at 0.01 first, also in the mean. It is flat near
// x = 1: recalls of 0.90 and 0.98 give weights 9 % apart at exponent 1, where
// the error scheme has a factor of 5.
func rawMeanRatio(in Input, p Values) []float64 {
	x := make([]float64, len(in.Signal))
	var sum float64
	for c, v := range in.Signal {
		x[c] = max(v, floor)
		sum += x[c]
	}
	mean := sum / float64(len(x))
	for c := range x {
		x[c] = Pow(mean/x[c], p["exponent"])
	}
	return x
}
