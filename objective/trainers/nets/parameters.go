package nets

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"slices"

	"gorgonia.org/tensor"
)

// parameters are those of each layer in turn, see [layer.parameterShapes]. The
// weights of a convolution are (kernel x kernel x channels) x filters, the kernel 3 or,
// beside a residual block, 1. The training and the
// evaluation graph share them.
type parameters []*tensor.Dense

// newParameters makes the initial parameters of layers: weights and biases uniform
// in +-1/sqrt(in), as the default initialisation of torch.nn.Linear and
// torch.nn.Conv2d has them, and normalisations that change nothing. Of a run that is over
// some numbers stay 0.
func newParameters(seed int64, layers []layer, h *halt) parameters {
	var p parameters
	for _, l := range layers {
		fan := l.in
		for j, shape := range l.parameterShapes() {
			if l.blocks != nil && len(shape) == 2 {
				fan = shape[0]
			}
			t := tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
			switch {
			case l.blocks == nil || len(shape) == 2:
				fill(floats(t), generator(seed, forParameters, len(p)), 1/math.Sqrt(float64(fan)), h)
			case j%3 == 1: // gain; the bias stays 0
				ones(floats(t))
			}
			p = append(p, t)
		}
	}
	return p
}

func fill(x []float32, rng *rand.Rand, bound float64, h *halt) {
	for some := range slices.Chunk(x, pieceSize) {
		if h.over() {
			return
		}
		for k := range some {
			some[k] = float32(float64(2*rng.Float64()-1) * bound)
		}
	}
}

func ones(x []float32) {
	for k := range x {
		x[k] = 1
	}
}

// newRunning makes the running figures of the normalisations, mean 0 and variance 1,
// as vectors and as they are used, layer by layer and unit by unit.
func newRunning(layers []layer) (parameters, [][]runningNorm) {
	var all parameters
	var by [][]runningNorm
	for _, l := range layers {
		var units []runningNorm
		for _, u := range slices.Concat(l.blocks...) {
			mean, variance := newVector(u.Out), newVector(u.Out)
			ones(floats(variance))
			all = append(all, mean, variance)
			units = append(units, runningNorm{floats(mean), floats(variance)})
		}
		by = append(by, units)
	}
	return all, by
}

// snapshot copies the numbers.
func (p parameters) snapshot() [][]float32 {
	s := make([][]float32, len(p))
	for i, t := range p {
		s[i] = slices.Clone(floats(t))
	}
	return s
}

// save copies the numbers into a snapshot.
func (p parameters) save(s [][]float32) {
	for i, t := range p {
		copy(s[i], floats(t))
	}
}

// restore sets the numbers to those of a snapshot.
func (p parameters) restore(s [][]float32) {
	for i, t := range p {
		copy(floats(t), s[i])
	}
}

// hash is the SHA-256 of all numbers' bits, little-endian, in order. It ends with stop.
func (p parameters) hash(stop *halt) (string, error) {
	h := sha256.New()
	var b []byte
	for _, t := range p {
		for some := range slices.Chunk(floats(t), pieceSize) {
			if err := stop.err(); err != nil {
				return "", err
			}
			b = b[:0]
			for _, x := range some {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
			}
			h.Write(b) // writing to a hash never fails
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
