package posthoc

import (
	"fmt"
	"math"
	"slices"

	"evenkeel/schemes"
)

// FromWeights returns the shift of the logits that class weights correspond to,
//
//	b_c = ln w_c - mean(ln w)
//
// since the weighted cross-entropy is smallest where the class probabilities are
// those of the unweighted model times w, normalised again. One entry per class,
// in nats; they sum to 0 within rounding, and equal weights give exactly 0. The
// scale of w does not matter. It panics if a weight is not positive and finite.
//
// Source: C. Elkan, The foundations of cost-sensitive learning, IJCAI 2001,
// theorem 2, for two classes; Menon et al., Long-tail learning via logit
// adjustment, ICLR 2021, section 3.1, for several.
func FromWeights(w []float64) []float64 {
	b := make([]float64, len(w))
	for c, v := range w {
		if !(v > 0) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("posthoc: the weight of class %d is %v; want a positive finite number", c, v))
		}
		b[c] = schemes.Log(v)
	}
	centre(b)
	return b
}

// centre subtracts the mean. Equal entries become exactly 0.
func centre(b []float64) {
	if len(b) == 0 {
		return
	}
	anchor, sum := b[0], 0.0
	for c := range b {
		b[c] -= anchor
		sum += b[c]
	}
	mean := sum / float64(len(b))
	for c := range b {
		b[c] -= mean
	}
}

// checkShift panics unless b is a shift of the part's classes, and returns its
// largest entry.
func (p *Logits) checkShift(b []float64) float64 {
	if len(b) != p.classes {
		panic(fmt.Sprintf("posthoc: a shift of %d classes on logits of %d", len(b), p.classes))
	}
	for c, v := range b {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("posthoc: the shift of class %d is %v; want a finite number", c, v))
		}
	}
	return slices.Max(b)
}

// Predict appends the predictions under the shift b to into and returns it: for
// each example the class with the largest z_c + b_c, the first of equals. Sums
// are those of float64. It panics if b has another length or is not finite.
func (p *Logits) Predict(b []float64, into []uint16) []uint16 {
	highest := p.checkShift(b)
	into = slices.Grow(into, len(p.labels))
	for i := range p.labels {
		into = append(into, p.winner(i, b, highest))
	}
	return into
}

// winner returns the prediction for one example; highest is the largest entry
// of b. Addition is monotone also where it rounds, so that classes from the
// first one on that could not win even with the highest shift can be left out.
func (p *Logits) winner(i int, b []float64, highest float64) uint16 {
	value := p.value[i*p.kept : (i+1)*p.kept]
	class := p.class[i*p.kept:][:len(value)]
	at := class[0]
	best := float64(value[0]) + b[at]
	for k := 1; k < len(value); k++ {
		z := float64(value[k])
		if z+highest < best {
			return at
		}
		c := class[k]
		if s := z + b[c]; s > best || s == best && c < at {
			best, at = s, c
		}
	}
	if p.kept == p.classes {
		return at
	}
	at, best = 0, math.Inf(-1)
	for c, z := range p.row(i) {
		if s := float64(z) + b[c]; s > best {
			best, at = s, uint16(c)
		}
	}
	return at
}
