package confirm

import (
	"math"
	"slices"

	"evenkeel/objective"
)

// corrected is the spread of one run, with and without the noise of the examples.
type corrected struct {
	plain float64   // as measured
	value float64   // without what the noise of the examples adds
	slope []float64 // by how much the spread grows with each class's recall
}

// correct returns the spread f of recalls r_c that were measured on m_c examples
// each. Slopes are finite differences at the scale of the noise,
//
//	h_c     = sqrt(r_c (1 - r_c) / (m_c - 1))
//	slope_c = (f(r + h_c) - f(r - h_c)) / 2 h_c
//
// where f(r ± h_c) moves class c alone, so that spreads without a derivative (the
// maximum and minimum in gap) have a slope too, shared among the classes that
// noise could make the extreme one. r_c ± h_c stay within 0 and 1.
//
// The measures that average over classes ([objective.Spread.Averages]) are corrected by
// drawing the recalls towards their mean until their variance is the unbiased one,
//
//	V = mean (r_c - r̄)^2, N = (1 - 1/K) mean h_c^2
//	value = f(r̄ + sqrt(max(0, 1 - N/V)) (r - r̄))
//
// which for stddev is sqrt(max(0, V - N)). Those that look at single classes
// do not grow with noise in the same way; there the second-order
// term of the delta method is subtracted,
//
//	value = f(r) - 1/2 sum over c of (f(r + h_c) - 2 f(r) + f(r - h_c)).
//
// In simulations each is the better of the two where it is used: with 100 classes of 100
// examples, where nine tenths of the spread are removed, 95 % intervals of stddev held in
// 92 % of cases with the first and in 68 % with the second, those of gap in 82 % and 95 %.
func correct(f objective.Spread, recall []float64, sample *Sample) corrected {
	r := append([]float64(nil), recall...)
	v := corrected{plain: f.Of(r), slope: make([]float64, len(r))}
	var second float64
	for c := range r {
		h := sample.exampleSD(c, recall[c])
		if h == 0 {
			continue
		}
		r[c] = min(recall[c]+h, 1)
		up := f.Of(r)
		r[c] = max(recall[c]-h, 0)
		down := f.Of(r)
		r[c] = recall[c]
		v.slope[c] = (up - down) / (2 * h)
		second += (up - v.plain) - (v.plain - down)
	}
	if f.Averages() {
		v.value = f.Of(sample.evener(recall))
	} else {
		v.value = max(0, v.plain-second/2)
	}
	return v
}

// exampleSD returns the standard deviation of a recall over examples, h_c above; 0
// where it is not known.
func (s *Sample) exampleSD(c int, recall float64) float64 {
	m := len(s.examples[c])
	if m < 2 {
		return 0
	}
	return math.Sqrt(max(0, float64(recall*(1-recall))/float64(m-1)))
}

// evener returns the recalls drawn towards their mean, see [correct]; recalls
// without noise as they are.
func (s *Sample) evener(recall []float64) []float64 {
	k := float64(s.present)
	var center, variance, noise float64
	for c, r := range recall {
		if len(s.examples[c]) > 0 {
			center += r / k
		}
	}
	for c, r := range recall {
		if len(s.examples[c]) > 0 {
			h := s.exampleSD(c, r)
			variance += float64((r-center)*(r-center)) / k
			noise += float64(h*h) / k * (1 - 1/k)
		}
	}
	out := append([]float64(nil), recall...)
	if noise == 0 {
		return out
	}
	share := 0.0
	if variance > noise {
		share = math.Sqrt(1 - noise/variance)
	}
	for c, r := range recall {
		out[c] = center + float64(share*(r-center))
	}
	return out
}

// WithoutNoise returns the spread f of recalls without what the noise of so many examples of
// each class adds, as confirmations correct it ([Measured.Spread]); NaN without examples.
func WithoutNoise(f objective.Spread, recall []float64, examples []int64) float64 {
	var labels []uint16
	for c, n := range examples {
		labels = append(labels, slices.Repeat([]uint16{uint16(c)}, int(n))...)
	}
	sample, err := NewSample(len(examples), labels)
	if err != nil {
		return math.NaN()
	}
	return correct(f, recall, sample).value
}
