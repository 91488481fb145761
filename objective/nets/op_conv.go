package nets

import (
	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/nets/kernels"
)

// convBlock is a convolution block, see [kernels.Level.ConvBlock]: x is batch x
// inputs, w is (3 x 3 x in) x out, b has out entries, y is batch x outputs.
type convBlock struct {
	base
	c    *compute
	conv kernels.Conv
	y    *tensor.Dense
	// taken is which pixel of its window each y came from.
	taken []uint8
}

// newConvBlock makes a block; one on planar images is a first layer, and its
// gradient by x is not made.
func newConvBlock(c *compute, conv kernels.Conv) *convBlock {
	shape := tensor.Shape{conv.Batch, conv.Outputs()}
	return &convBlock{
		base: newBase("convolution block", matrixType, shape, matrixType, matrixType, vectorType),
		c:    c, conv: conv, y: newMatrix(conv.Batch, conv.Outputs()), taken: make([]uint8, conv.Batch*conv.Outputs()),
	}
}

// Do computes y.
func (b *convBlock) Do(in ...G.Value) (G.Value, error) {
	if err := b.check(in); err != nil {
		return nil, err
	}
	b.c.level.ConvBlock(&b.c.ws, floats(b.y), b.taken, floats(in[0]), floats(in[1]), floats(in[2]), b.conv)
	return b.y, nil
}

// DiffWRT reports that y has derivatives by x, unless x is data, by w and by b.
func (b *convBlock) DiffWRT(int) []bool { return []bool{!b.conv.Planar, true, true} }

// SymDiff returns the gradients by x, w and b. One operation makes them all; its
// result is the gradient by w, and two more hand out the others.
func (b *convBlock) SymDiff(in G.Nodes, y, dy *G.Node) (G.Nodes, error) {
	x, w := in[0], in[1]
	op := &convGrad{
		base:  newBase("convolution gradient", matrixType, w.Shape(), matrixType, matrixType, matrixType, matrixType),
		block: b, dw: newMatrix(b.conv.Weights(), b.conv.Out), db: newVector(b.conv.Out),
	}
	grads := make(G.Nodes, 3)
	var err error
	if !b.conv.Planar {
		op.dx = newMatrix(b.conv.Batch, b.conv.Inputs())
	}
	if grads[1], err = G.ApplyOp(op, x, w, y, dy); err != nil {
		return nil, err
	}
	if op.dx != nil {
		if grads[0], err = G.ApplyOp(newPart("convolution input gradient", matrixType, op.dx), grads[1]); err != nil {
			return nil, err
		}
	}
	grads[2], err = G.ApplyOp(newPart("convolution bias gradient", vectorType, op.db), grads[1])
	return grads, err
}

// convGrad makes the gradients of a block by w, b and, unless dx is nil, x, from
// x, w, y and dy; y only makes sure that what the block took is this step's.
type convGrad struct {
	base
	block      *convBlock
	dw, db, dx *tensor.Dense
}

// Do computes all gradients and returns the one by w.
func (g *convGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	var dx []float32
	if g.dx != nil {
		dx = floats(g.dx)
	}
	b := g.block
	b.c.level.ConvBlockGrad(&b.c.ws, floats(g.dw), floats(g.db), dx, floats(in[0]), floats(in[1]), floats(in[3]), b.taken, b.conv)
	return g.dw, nil
}

// part hands out a further result of the operation that makes its operand.
type part struct {
	base
	value *tensor.Dense
}

func newPart(name string, result hm.Type, value *tensor.Dense) *part {
	return &part{base: newBase(name, result, value.Shape(), matrixType), value: value}
}

// Do returns the result.
func (p *part) Do(in ...G.Value) (G.Value, error) {
	if err := p.check(in); err != nil {
		return nil, err
	}
	return p.value, nil
}
