package nets

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/trainers/nets/kernels"
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
	// now is what a step computes.
	now struct{ x, w, b []float32 }
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
	d.now.x, d.now.w, d.now.b = floats(in[0]), floats(in[1]), floats(in[2])
	d.c.do(d, d.c.blocks(d.batch, d.out, d.in), d.products())
	return d.y, nil
}

func (d *dense) parts(from, to int, ws *kernels.Workspace) {
	for i := from; i < to; i++ {
		b := d.c.block(i, d.batch, d.out, d.in)
		d.c.level.MatMul(ws, b, floats(d.y), d.now.x, d.now.w, d.now.b, d.batch, d.out, d.in, d.relu)
	}
}

// products returns the multiply-adds of the layer, which are those of each of its gradients.
func (d *dense) products() int { return d.batch * d.in * d.out }

// grid returns into how many blocks of columns and of rows a product of m rows, n columns and
// k terms is divided: some for each thread, where it is large enough for several, and so many
// that one takes no more than about [perCall] multiply-adds. Those of a thread are columns
// where there are many, since a block packs its columns anew, else rows.
func (c *compute) grid(m, n, k int) (columns, rows int) {
	wide, high := max(n/columnUnit, 1), max(m/rowUnit, 1)
	columns, rows = 1, 1
	if c.threads() > 1 && m*n*k >= leastProduct {
		if parts := min(2*c.threads(), max(wide, high)); wide >= parts {
			columns = parts
		} else {
			rows = parts
		}
	}
	if calls := 1 + m*n*k/perCall; columns*rows < calls {
		columns = min(wide, max(columns, calls))
		rows = min(high, max(rows, (calls+columns-1)/columns))
	}
	return columns, rows
}

// blocks returns the number of blocks of a product.
func (c *compute) blocks(m, n, k int) int {
	columns, rows := c.grid(m, n, k)
	return columns * rows
}

// block returns block i of a product.
func (c *compute) block(i, m, n, k int) kernels.Block {
	columns, rows := c.grid(m, n, k)
	left, right := slice(i%columns, columns, n, columnUnit)
	top, bottom := slice(i/columns, rows, m, rowUnit)
	return kernels.Block{Row: top, Rows: bottom - top, Column: left, Columns: right - left}
}

// The least product that is worth a second thread, and the sizes of blocks: whole
// panels of columns, and rows that divide into tiles, at every kernel level.
const leastProduct, columnUnit, rowUnit = 200_000, 32, 16

// DiffWRT reports that y has derivatives by x, unless x is data, by w and by b.
func (d *dense) DiffWRT(int) []bool { return []bool{!d.first, true, true} }

// SymDiff returns dy wᵀ, xᵀ dy and the column sums of dy, where dy is first
// cut to the units that the ReLU let through.
func (d *dense) SymDiff(in G.Nodes, y, dy *G.Node) (G.Nodes, error) {
	x, w := in[0], in[1]
	grads := make(G.Nodes, 3)
	var err error
	if d.relu {
		cut := &reluGrad{base: newBase("relu gradient", matrixType, d.shape, matrixType, matrixType), level: d.c.level, dy: newMatrix(d.batch, d.out)}
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
	level kernels.Level
	dy    *tensor.Dense
}

// Do computes the gradient before the ReLU from y and the gradient after it.
func (r *reluGrad) Do(in ...G.Value) (G.Value, error) {
	if err := r.check(in); err != nil {
		return nil, err
	}
	r.level.ReLUGrad(floats(r.dy), floats(in[0]), floats(in[1]))
	return r.dy, nil
}

// inputGrad is dx = dy wᵀ.
type inputGrad struct {
	base
	dense *dense
	dx    *tensor.Dense
	now   struct{ dy, w []float32 }
}

// Do computes dx from dy and w.
func (g *inputGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	g.now.dy, g.now.w = floats(in[0]), floats(in[1])
	g.dense.c.do(g, g.dense.c.blocks(g.dense.batch, g.dense.in, g.dense.out), g.dense.products())
	return g.dx, nil
}

func (g *inputGrad) parts(from, to int, ws *kernels.Workspace) {
	d := g.dense
	for i := from; i < to; i++ {
		b := d.c.block(i, d.batch, d.in, d.out)
		d.c.level.MatMulNT(ws, b, floats(g.dx), g.now.dy, g.now.w, d.batch, d.in, d.out)
	}
}

// weightGrad is dw = xᵀ dy.
type weightGrad struct {
	base
	dense *dense
	dw    *tensor.Dense
	now   struct{ x, dy []float32 }
}

// Do computes dw from x and dy.
func (g *weightGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	g.now.x, g.now.dy = floats(in[0]), floats(in[1])
	g.dense.c.do(g, g.dense.c.blocks(g.dense.in, g.dense.out, g.dense.batch), g.dense.products())
	return g.dw, nil
}

func (g *weightGrad) parts(from, to int, ws *kernels.Workspace) {
	d := g.dense
	for i := from; i < to; i++ {
		b := d.c.block(i, d.in, d.out, d.batch)
		d.c.level.MatMulTN(ws, b, floats(g.dw), g.now.x, g.now.dy, d.in, d.out, d.batch)
	}
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
