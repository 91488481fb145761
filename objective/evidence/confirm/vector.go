package confirm

import (
	"fmt"
	"math"
	"slices"

	"evenkeel/schemes"
)

// GeometricMean returns one weight vector for those of several seeds, at mean 1:
//
//	w_c = g_c / mean(g), g_c = exp(mean_s ln w_sc)
//
// Weights act by their ratios, so they are averaged on the log scale, and the
// scale of each vector does not matter. vectors has one weight per class for each
// seed; the error says which is not positive and finite, or of another length.
// Vectors that are all the same and at mean 1 are returned bit for bit. The bits
// do not depend on the machine.
func GeometricMean(vectors [][]float64) ([]float64, error) {
	if len(vectors) == 0 || len(vectors[0]) == 0 {
		return nil, fmt.Errorf("the geometric mean of %d weight vectors; want at least 1, of at least 1 class", len(vectors))
	}
	first := vectors[0]
	for s, w := range vectors {
		if len(w) != len(first) {
			return nil, fmt.Errorf("weight vector %d has %d classes and the first %d; want the same", s+1, len(w), len(first))
		}
		for c, v := range w {
			if !(v > 0) || math.IsInf(v, 1) {
				return nil, fmt.Errorf("weight vector %d: the weight of class %d is %v; want a positive number", s+1, c, v)
			}
		}
	}
	// Logs relative to the first vector: those of equal weights are exactly 0.
	g := slices.Clone(first)
	for c := range g {
		var sum float64
		for _, w := range vectors {
			sum += schemes.Log(w[c]) - schemes.Log(first[c])
		}
		g[c] *= schemes.Exp(sum / float64(len(vectors)))
	}
	return toMean1(g), nil
}

// toMean1 scales w, by a power of two first so that no sum overflows; weights at
// mean 1 within rounding are not changed.
func toMean1(w []float64) []float64 {
	_, e := math.Frexp(slices.Max(w))
	var sum float64
	for _, v := range w {
		sum += math.Ldexp(v, -e)
	}
	m := sum / float64(len(w))
	if math.Abs(math.Ldexp(m, e)-1) <= float64(len(w))*0x1p-52 {
		return w
	}
	for c, v := range w {
		w[c] = math.Ldexp(v, -e) / m
	}
	return w
}
