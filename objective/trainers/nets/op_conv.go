package nets

import (
	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/trainers/nets/kernels"
)

// convBlock is a convolution block, see [kernels.Level.ConvBlock]: x is batch x
// inputs, w is (3 x 3 x in) x out, b has out entries, y is batch x outputs.
type convBlock struct {
	base
	c    *compute
	conv kernels.Conv
	y    *tensor.Dense
	// taken is which pixel of its window each y came from, for the gradient; nil in
	// evaluation.
	taken []uint8
	now   struct{ x, w, b []float32 }
}

// newConvBlock makes a block; one on planar images is a first layer, and its
// gradient by x is not made. Only a block in training has gradients.
func newConvBlock(c *compute, conv kernels.Conv, training bool) *convBlock {
	shape := tensor.Shape{conv.Batch, conv.PooledOutputs()}
	b := &convBlock{
		base: newBase("convolution block", matrixType, shape, matrixType, matrixType, vectorType),
		c:    c, conv: conv, y: newMatrix(conv.Batch, conv.PooledOutputs()),
	}
	if training {
		b.taken = make([]uint8, conv.Batch*conv.PooledOutputs())
	}
	return b
}

// Do computes y.
func (b *convBlock) Do(in ...G.Value) (G.Value, error) {
	if err := b.check(in); err != nil {
		return nil, err
	}
	b.now.x, b.now.w, b.now.b = floats(in[0]), floats(in[1]), floats(in[2])
	b.c.do(b, min(imageParts, b.conv.Batch), b.conv.Batch*products(b.conv))
	return b.y, nil
}

func (b *convBlock) parts(from, to int, ws *kernels.Workspace) {
	first, end := span(from, to, min(imageParts, b.conv.Batch), b.conv.Batch)
	some := b.conv
	some.Batch = end - first
	x, y := b.now.x[first*some.Inputs():], first*some.PooledOutputs()
	var taken []uint8
	if b.taken != nil {
		taken = b.taken[y:]
	}
	b.c.level.ConvBlock(ws, floats(b.y)[y:], taken, x, b.now.w, b.now.b, some)
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
	op.sums = make([]float32, min(imageParts, b.conv.Batch)*(op.dw.DataSize()+op.db.DataSize()))
	grads := make(G.Nodes, 3)
	var err error
	if !b.conv.Planar {
		op.dx = newMatrix(b.conv.Batch, b.conv.Inputs())
	}
	if grads[1], err = G.ApplyOp(op, x, w, y, dy); err != nil {
		return nil, err
	}
	if op.dx != nil {
		if grads[0], err = G.ApplyOp(newFurther("convolution input gradient", matrixType, op.dx), grads[1]); err != nil {
			return nil, err
		}
	}
	grads[2], err = G.ApplyOp(newFurther("convolution bias gradient", vectorType, op.db), grads[1])
	return grads, err
}

// convGrad makes the gradients of a block by w, b and, unless dx is nil, x, from
// x, w, y and dy; y only makes sure that what the block took is this step's.
type convGrad struct {
	base
	block      *convBlock
	dw, db, dx *tensor.Dense
	// sums are the gradients by w and b, one after the other, of each group of images.
	sums []float32
	now  struct{ x, w, dy []float32 }
}

// Do computes all gradients and returns the one by w.
func (g *convGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	g.now.x, g.now.w, g.now.dy = floats(in[0]), floats(in[1]), floats(in[3])
	parts := min(imageParts, g.block.conv.Batch)
	g.block.c.do(g, parts, 2*g.block.conv.Batch*products(g.block.conv))
	dw, db := floats(g.dw), floats(g.db)
	kernels.SumParts(dw, g.sums, parts, len(dw)+len(db))
	kernels.SumParts(db, g.sums[len(dw):], parts, len(dw)+len(db))
	return g.dw, nil
}

func (g *convGrad) parts(from, to int, ws *kernels.Workspace) {
	b := g.block
	var dx []float32
	if g.dx != nil {
		dx = floats(g.dx)
	}
	groups := kernels.Groups{From: from, To: to, Of: min(imageParts, b.conv.Batch), Images: b.conv.Batch}
	b.c.level.ConvBlockGrad(ws, groups, g.sums, dx, g.now.x, g.now.w, g.now.dy, b.taken, b.conv)
}

// further hands out a further result of the operation that makes its operand.
type further struct {
	base
	value *tensor.Dense
}

func newFurther(name string, result hm.Type, value *tensor.Dense) *further {
	return &further{base: newBase(name, result, value.Shape(), matrixType), value: value}
}

// Do returns the result.
func (p *further) Do(in ...G.Value) (G.Value, error) {
	if err := p.check(in); err != nil {
		return nil, err
	}
	return p.value, nil
}
