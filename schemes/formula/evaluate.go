package formula

import (
	"math"
	"slices"

	"evenkeel/schemes"
)

// frame holds what one evaluation reads: the variables, then the parameters.
type frame struct{ values []float64 }

// parameter describes a parameter, of which nothing but the name is known.
func parameter(name string) schemes.Param {
	return schemes.Param{Name: name, Doc: "parameter of the formula", Min: -math.MaxFloat64, Max: math.MaxFloat64, Default: 1}
}

// raw evaluates the formula for every class.
func (f *Formula) raw(in schemes.Input, p schemes.Values) []float64 {
	fr := &frame{values: make([]float64, len(variables)+len(f.params))}
	fr.values[varMean], fr.values[varStd] = moments(in.Signal)
	fr.values[varMin], fr.values[varMax] = slices.Min(in.Signal), slices.Max(in.Signal)
	fr.values[varClasses] = float64(len(in.Signal))
	fr.values[varRound] = float64(in.Round)
	for _, n := range in.Support {
		fr.values[varTotal] += float64(n)
	}
	for i, name := range f.params {
		fr.values[len(variables)+i] = p[name]
	}
	w := make([]float64, len(in.Signal))
	for c := range w {
		fr.values[varX] = in.Signal[c]
		fr.values[varRecall] = at(in.Recall, c)
		fr.values[varPrecision] = at(in.Precision, c)
		fr.values[varF1] = at(in.F1, c)
		fr.values[varPrev] = at(in.Previous, c)
		if in.Support != nil {
			fr.values[varSupport] = float64(in.Support[c])
		}
		w[c] = f.evaluate(fr)
	}
	return w
}

// at returns an entry of a list that may be absent.
func at(list []float64, c int) float64 {
	if list == nil {
		return 0
	}
	return list[c]
}

// moments returns the mean and the population standard deviation of x,
//
//	mean = sum(x) / K,  std = sqrt(sum((x - mean)^2) / K)
//
// for equal entries exactly the entry and 0.
func moments(x []float64) (mean, std float64) {
	if slices.Min(x) == slices.Max(x) {
		return x[0], 0
	}
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	var squares float64
	for _, v := range x {
		squares += float64((v - mean) * (v - mean))
	}
	return mean, math.Sqrt(squares / float64(len(x)))
}
