package nets

import (
	"math"

	"evenkeel/objective/data"
	"evenkeel/objective/nets/kernels"
)

// standardizer brings inputs to mean 0 and standard deviation 1 over the training
// part: images channel by channel, as is usual for images, tables column by
// column. All parts go through the same one; a constant channel becomes 0.
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
	for i, x := range train.X {
		mean[i%features/size] += float64(x)
	}
	for g := range mean {
		mean[g] /= n
	}
	for i, x := range train.X {
		d := float64(x) - mean[i%features/size]
		variance[i%features/size] += float64(d * d)
	}
	s := standardizer{mean: make([]float32, features), scale: make([]float32, features)}
	for j := range features {
		g := j / size
		s.mean[j] = float32(mean[g])
		if variance[g] > 0 {
			s.scale[j] = float32(1 / math.Sqrt(variance[g]/n))
		}
	}
	return s
}

// apply writes the standardised rows of x to out.
func (s standardizer) apply(out, x []float32) { kernels.Standardize(out, x, s.mean, s.scale) }
