package nets

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/nets/kernels"
)

// dense is y = x w + b, and then max(y, 0) if relu: x is batch x in, w in x out,
// b has out entries.
type dense struct {
	base
	c              *compute
	batch, in, out int
	relu           bool
	// first marks a layer whose input is data: its gradient by x is not made.
	first bool
	y     *tensor.Dense
}

func newDense(c *compute, batch, in, out int, relu, first bool) *dense {
	return &dense{
		base: newBase("dense", matrixType, tensor.Shape{batch, out}, matrixType, matrixType, vectorType),
		c:    c, batch: batch, in: in, out: out, relu: relu, first: first, y: newMatrix(batch, out),
	}
}

// Do computes y.
func (d *dense) Do(in ...G.Value) (G.Value, error) {
	if err := d.check(in); err != nil {
		return nil, err
	}
	d.c.level.MatMul(&d.c.ws, floats(d.y), floats(in[0]), floats(in[1]), floats(in[2]), d.batch, d.out, d.in, d.relu)
	return d.y, nil
}

// DiffWRT reports that y has derivatives by x, unless x is data, by w and by b.
func (d *dense) DiffWRT(int) []bool { return []bool{!d.first, true, true} }

// SymDiff returns dy wᵀ, xᵀ dy and the column sums of dy, where dy is first
// cut to the units that the ReLU let through.
func (d *dense) SymDiff(in G.Nodes, y, dy *G.Node) (G.Nodes, error) {
	x, w := in[0], in[1]
	grads := make(G.Nodes, 3)
	var err error
	if d.relu {
		cut := &reluGrad{base: newBase("relu gradient", matrixType, d.shape, matrixType, matrixType), dy: newMatrix(d.batch, d.out)}
		if dy, err = G.ApplyOp(cut, y, dy); err != nil {
			return nil, err
		}
	}
	if !d.first {
		byInput := &inputGrad{base: newBase("input gradient", matrixType, tensor.Shape{d.batch, d.in}, matrixType, matrixType), dense: d, dx: newMatrix(d.batch, d.in)}
		if grads[0], err = G.ApplyOp(byInput, dy, w); err != nil {
			return nil, err
		}
	}
	byWeights := &weightGrad{base: newBase("weight gradient", matrixType, tensor.Shape{d.in, d.out}, matrixType, matrixType), dense: d, dw: newMatrix(d.in, d.out)}
	if grads[1], err = G.ApplyOp(byWeights, x, dy); err != nil {
		return nil, err
	}
	byBias := &biasGrad{base: newBase("bias gradient", vectorType, tensor.Shape{d.out}, matrixType), batch: d.batch, db: newVector(d.out)}
	grads[2], err = G.ApplyOp(byBias, dy)
	return grads, err
}

// reluGrad is dy where y > 0, else 0.
type reluGrad struct {
	base
	dy *tensor.Dense
}

// Do computes the gradient before the ReLU from y and the gradient after it.
func (r *reluGrad) Do(in ...G.Value) (G.Value, error) {
	if err := r.check(in); err != nil {
		return nil, err
	}
	kernels.ReLUGrad(floats(r.dy), floats(in[0]), floats(in[1]))
	return r.dy, nil
}

// inputGrad is dx = dy wᵀ.
type inputGrad struct {
	base
	dense *dense
	dx    *tensor.Dense
}

// Do computes dx from dy and w.
func (g *inputGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	d := g.dense
	d.c.level.MatMulNT(&d.c.ws, floats(g.dx), floats(in[0]), floats(in[1]), d.batch, d.in, d.out)
	return g.dx, nil
}

// weightGrad is dw = xᵀ dy.
type weightGrad struct {
	base
	dense *dense
	dw    *tensor.Dense
}

// Do computes dw from x and dy.
func (g *weightGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	d := g.dense
	d.c.level.MatMulTN(&d.c.ws, floats(g.dw), floats(in[0]), floats(in[1]), d.in, d.out, d.batch)
	return g.dw, nil
}

// biasGrad is the sum of the rows of dy.
type biasGrad struct {
	base
	batch int
	db    *tensor.Dense
}

// Do computes db from dy.
func (g *biasGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	kernels.ColumnSums(floats(g.db), floats(in[0]), g.batch)
	return g.db, nil
}
