package nets

import (
	"math"

	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets/kernels"
)

// standardizer brings inputs to mean 0 and standard deviation 1 over the training
// part: images channel by channel, as is usual for images, tables column by
// column. All parts go through the same one. A channel that is constant in the
// training part becomes 0 everywhere: for other values in another part, a
// model has not learnt what to make of it.
type standardizer struct{ mean, scale []float32 } // one entry per feature

// newStandardizer measures the training part, in float64, example by example.
func newStandardizer(train data.Part, shape []int) standardizer {
	features := len(train.X) / train.Len()
	groups, size := features, 1
	if len(shape) > 1 { // channel, height, width
		groups, size = shape[0], features/shape[0]
	}
	n := float64(train.Len() * size)
	mean, variance := make([]float64, groups), make([]float64, groups)
	// Constancy is seen from the values: a constant has the variance 0 only as long
	// as its sum is exact, which float64 holds for 2^29 float32 and not beyond.
	varies := make([]bool, groups)
	eachRun(train.X, groups, size, func(g int, run []float32) {
		sum, first, differs := mean[g], train.X[g*size], varies[g]
		for _, x := range run {
			sum += float64(x)
			differs = differs || x != first
		}
		mean[g], varies[g] = sum, differs
	})
	for g := range mean {
		mean[g] /= n
	}
	eachRun(train.X, groups, size, func(g int, run []float32) {
		sum, centre := variance[g], mean[g]
		for _, x := range run {
			d := float64(x) - centre
			sum += float64(d * d)
		}
		variance[g] = sum
	})
	s := standardizer{mean: make([]float32, features), scale: make([]float32, features)}
	for j := range features {
		g := j / size
		s.mean[j] = float32(mean[g])
		// A deviation below 1e-38 has no inverse in float32, and is as good as none.
		if scale := float32(1 / math.Sqrt(variance[g]/n)); varies[g] && !math.IsInf(float64(scale), 0) {
			s.scale[j] = scale
		}
	}
	return s
}

// eachRun calls f with the numbers of each channel of each example, in the order
// of x.
func eachRun(x []float32, groups, size int, f func(group int, run []float32)) {
	g := 0
	for start := 0; start < len(x); start += size {
		f(g, x[start:start+size])
		if g++; g == groups {
			g = 0
		}
	}
}

// apply writes the standardised rows of x to out.
func (s standardizer) apply(level kernels.Level, out, x []float32) {
	level.Standardize(out, x, s.mean, s.scale)
}
