package nets

import (
	"fmt"
	"hash"
	"hash/fnv"
	"sync/atomic"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/trainers/nets/kernels"
)

// compute is what the operations of one run share: the kernel level, its threads
// with their scratch memory, and what changes from step to step.
type compute struct {
	level kernels.Level
	pool
	// step is the number of the optimiser step, from which dropout draws.
	step uint64
	// examples is how many rows of the training batch are examples; 0 means all.
	examples int
}

// imageParts is the number of groups into which the images of a batch are divided
// where a gradient is summed over them: fixed, since it decides the order of the sum.
const imageParts = 16

// The types of the values between operations.
var (
	matrixType = G.TensorType{Dims: 2, Of: tensor.Float32}
	vectorType = G.TensorType{Dims: 1, Of: tensor.Float32}
	labelsType = G.TensorType{Dims: 1, Of: tensor.Uint16}
)

// base is the part of [G.Op] that all operations here have in common. An
// operation belongs to one node of one graph and owns the memory of its result,
// which the next execution overwrites. Its id makes its hash unique, so that
// gorgonia never merges two nodes that own different memory.
type base struct {
	name     string
	id       uint64
	operands []hm.Type
	result   hm.Type
	shape    tensor.Shape
}

var opCount atomic.Uint64

func newBase(name string, result hm.Type, shape tensor.Shape, operands ...hm.Type) base {
	return base{name: name, id: opCount.Add(1), operands: operands, result: result, shape: shape}
}

// Arity returns the number of operands.
func (b *base) Arity() int { return len(b.operands) }

// Type returns the function type of the operation.
func (b *base) Type() hm.Type {
	return hm.NewFnType(append(append([]hm.Type(nil), b.operands...), b.result)...)
}

// InferShape returns the shape fixed at construction.
func (b *base) InferShape(...G.DimSizer) (tensor.Shape, error) { return b.shape.Clone(), nil }

// ReturnsPtr reports that the result is memory of the operation's own.
func (b *base) ReturnsPtr() bool { return true }

// CallsExtern is false: gorgonia's machine must not allocate for us.
func (b *base) CallsExtern() bool { return false }

// OverwritesInput is -1: no operand is overwritten.
func (b *base) OverwritesInput() int { return -1 }

// WriteHash writes what is unique to this operation.
func (b *base) WriteHash(h hash.Hash) { fmt.Fprintf(h, "%s#%d", b.name, b.id) }

// Hashcode hashes what WriteHash writes.
func (b *base) Hashcode() uint32 {
	h := fnv.New32a()
	b.WriteHash(h)
	return h.Sum32()
}

// String returns the name.
func (b *base) String() string { return b.name }

// newMatrix allocates the memory of a result.
func newMatrix(rows, columns int) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.Of(tensor.Float32))
}

func newVector(n int) *tensor.Dense {
	return tensor.New(tensor.WithShape(n), tensor.Of(tensor.Float32))
}

// floats returns the numbers of a tensor of them. Unlike Data it allocates nothing.
func floats(v G.Value) []float32 { return v.(*tensor.Dense).Float32s() }

// labelsOf returns the numbers of a tensor of labels.
func labelsOf(v G.Value) []uint16 { return v.(*tensor.Dense).Uint16s() }

// check checks the number of values given to Do.
func (b *base) check(in []G.Value) error {
	if len(in) != len(b.operands) {
		return fmt.Errorf("%s got %d operands; want %d", b.name, len(in), len(b.operands))
	}
	return nil
}
