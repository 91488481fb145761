package nets

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"gorgonia.org/tensor"
)

// parameters are the weights (in x out) and biases (out) of each layer, in turn.
// The weights of a convolution are (3 x 3 x channels) x filters. The training and the evaluation graph share them.
type parameters []*tensor.Dense

// newParameters makes the initial parameters of layers, uniform in +-1/sqrt(in),
// weights and biases alike, as the default initialisation of torch.nn.Linear and
// torch.nn.Conv2d has them.
func newParameters(seed int64, layers []layer) parameters {
	var p parameters
	for i, l := range layers {
		bound := 1 / math.Sqrt(float64(l.in))
		w, b := newMatrix(l.in, l.out), newVector(l.out)
		for j, t := range []*tensor.Dense{w, b} {
			rng := generator(seed, forParameters, 2*i+j)
			x := floats(t)
			for k := range x {
				x[k] = float32(float64(2*rng.Float64()-1) * bound)
			}
		}
		p = append(p, w, b)
	}
	return p
}

// snapshot copies the numbers.
func (p parameters) snapshot() [][]float32 {
	s := make([][]float32, len(p))
	for i, t := range p {
		s[i] = slices.Clone(floats(t))
	}
	return s
}

// restore sets the numbers to those of a snapshot.
func (p parameters) restore(s [][]float32) {
	for i, t := range p {
		copy(floats(t), s[i])
	}
}

// hash is the SHA-256 of all numbers' bits, little-endian, in order.
func (p parameters) hash() string {
	h := sha256.New()
	var b []byte
	for _, t := range p {
		b = b[:0]
		for _, x := range floats(t) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		h.Write(b) // writing to a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}
