package schemes

import (
	"fmt"
	"math"
	"slices"
)

// smallest is the least weight at mean 1: anything below is raised to it, so
// that no weight becomes 0 when it is rounded to single precision.
const smallest = 0x1p-100

// meanOf returns the mean of w as mantissa * 2^exponent. Weights are scaled by a
// power of two first, which is exact, so that a sum can neither overflow nor
// vanish. The entries of w must be finite, none negative, one positive.
func meanOf(w []float64) (mantissa float64, exponent int) {
	_, exponent = math.Frexp(slices.Max(w))
	var sum float64
	for _, v := range w {
		sum += math.Ldexp(v, -exponent)
	}
	return sum / float64(len(w)), exponent
}

// toMean1 returns w at mean 1, w / mean(w), in a new slice. Equal weights
// become exactly 1; weights whose mean is 1 within rounding are returned as
// they are, so that toMean1(toMean1(w)) has the bits of toMean1(w).
func toMean1(w []float64) []float64 {
	if slices.Min(w) == slices.Max(w) {
		return ones(len(w))
	}
	out := slices.Clone(w)
	mean, exponent := meanOf(w)
	if math.Abs(math.Ldexp(mean, exponent)-1) > float64(len(w))*0x1p-52 {
		for c, v := range w {
			out[c] = math.Ldexp(v, -exponent) / mean
		}
	}
	for c, v := range out {
		out[c] = max(v, smallest)
	}
	return out
}

// shown returns weights, which are at mean 1, on the scale of n:
//
//	mean     mean(w) = 1
//	sum      sum(w) = 1
//	max      max(w) = 1
//	support  sum(n_c w_c) / sum(n_c) = 1, n_c the training examples of class c
//	none     the scale the formula gave: raw itself where no modifier acted,
//	         else the mean of the shown weights is the mean of raw
func (n Normalization) shown(weights, raw []float64, train []int) []float64 {
	out := slices.Clone(weights)
	if n == NormalizeNone {
		if slices.Equal(weights, toMean1(raw)) {
			return slices.Clone(raw)
		}
		mean, exponent := meanOf(raw)
		for c, w := range out {
			out[c] = math.Ldexp(w*mean, exponent)
		}
		return out
	}
	unit := n.unit(weights, train)
	for c := range out {
		out[c] /= unit
	}
	return out
}

// unit returns the figure that n makes 1; weights are at mean 1.
func (n Normalization) unit(weights []float64, train []int) float64 {
	switch n {
	case NormalizeSum:
		var sum float64
		for _, w := range weights {
			sum += w
		}
		return sum
	case NormalizeMax:
		return slices.Max(weights)
	case NormalizeSupport:
		var sum, total float64
		for c, w := range weights {
			sum += float64(float64(train[c]) * w)
			total += float64(train[c])
		}
		return sum / total
	default:
		return 1
	}
}

// check reports whether n can be shown with the given training counts.
func (n Normalization) check(train []int) error {
	if n != NormalizeSupport {
		return nil
	}
	if train == nil {
		return fmt.Errorf("normalize support needs the number of training examples of each class, which is not known")
	}
	if slices.Max(train) == 0 {
		return fmt.Errorf("normalize support: no class has a training example; want at least one")
	}
	return nil
}
