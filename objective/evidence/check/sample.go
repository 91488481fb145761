package check

import (
	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// sample holds a share per class for each of several runs that differ in their
// seed only. The share is k_c/n_c: recall (n_c the support) or how often a class
// is predicted (n_c all examples).
type sample struct {
	rates [][]float64 // runs x classes
	sizes []float64   // n_c
}

// recalls returns the recalls of runs.
func recalls(runs []*objective.Result) sample {
	s := sample{sizes: floats(runs[0].Val.Support())}
	for _, r := range runs {
		s.rates = append(s.rates, r.Val.Recall())
	}
	return s
}

// predictions returns the share of all examples taken for each class.
func predictions(runs []*objective.Result) sample {
	s := sample{sizes: make([]float64, runs[0].Val.Classes())}
	for c := range s.sizes {
		s.sizes[c] = float64(runs[0].Val.Total())
	}
	for _, r := range runs {
		row := floats(r.Val.Predicted())
		for c := range row {
			row[c] /= float64(r.Val.Total())
		}
		s.rates = append(s.rates, row)
	}
	return s
}

func floats(counts []int64) []float64 {
	f := make([]float64, len(counts))
	for i, n := range counts {
		f[i] = float64(n)
	}
	return f
}

// column returns the shares of a class, one a run.
func (s sample) column(c int) []float64 {
	x := make([]float64, len(s.rates))
	for i, row := range s.rates {
		x[i] = row[c]
	}
	return x
}

// mean returns the mean share of a class over the runs.
func (s sample) mean(c int) float64 {
	return interval.Mean(s.column(c))
}

// means returns the mean share of every class.
func (s sample) means() []float64 {
	m := make([]float64, len(s.sizes))
	for c := range m {
		m[c] = s.mean(c)
	}
	return m
}

// squares returns the sum of squared deviations of a class from its mean.
func (s sample) squares(c int) float64 {
	return interval.SumSquares(s.column(c))
}

// first returns the first n runs.
func (s sample) first(n int) sample { return sample{s.rates[:n], s.sizes} }

// binomial returns p (1 - p) / n_c with p = (k + 1) / (n_c + 2), the variance
// that drawing other examples would give the share. It is never 0.
func (s sample) binomial(c int) float64 {
	p := (s.sizes[c]*s.mean(c) + 1) / (s.sizes[c] + 2)
	return p * (1 - p) / s.sizes[c]
}
