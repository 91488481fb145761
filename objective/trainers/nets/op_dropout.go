package nets

import (
	"math/rand/v2"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/trainers/nets/kernels"
)

// dropout sets each number to 0 with probability p and multiplies the others
// by 1/(1-p), so that the expectation stays (Srivastava and others, 2014, in the
// inverted form that torch.nn.Dropout has). The mask of step t depends on the
// seed of the operation and t alone.
type dropout struct {
	base
	c    *compute
	seed uint64
	p    float64
	rng  rand.PCG
	mask []float32 // 0 or 1/(1-p)
	y    *tensor.Dense
}

func newDropout(c *compute, seed uint64, p float64, batch, width int) *dropout {
	shape := tensor.Shape{batch, width}
	return &dropout{
		base: newBase("dropout", matrixType, shape, matrixType),
		c:    c, seed: seed, p: p, mask: make([]float32, batch*width), y: newMatrix(batch, width),
	}
}

// Do draws the mask of the current step and applies it.
func (d *dropout) Do(in ...G.Value) (G.Value, error) {
	if err := d.check(in); err != nil {
		return nil, err
	}
	d.draw()
	kernels.Mul(floats(d.y), floats(in[0]), d.mask)
	return d.y, nil
}

// draw fills the mask, two numbers from each 64 random bits.
func (d *dropout) draw() {
	d.rng.Seed(d.seed, d.c.step)
	limit := uint64(d.p * (1 << 32))
	keep := float32(1 / (1 - d.p))
	var bits uint64
	for i := range d.mask {
		if i%2 == 0 {
			bits = d.rng.Uint64()
		}
		d.mask[i] = keep
		if bits&0xffffffff < limit {
			d.mask[i] = 0
		}
		bits >>= 32
	}
}

// DiffWRT reports a derivative by the only operand.
func (d *dropout) DiffWRT(int) []bool { return []bool{true} }

// SymDiff returns dy times the mask that y was made with.
func (d *dropout) SymDiff(_ G.Nodes, y, dy *G.Node) (G.Nodes, error) {
	op := &dropoutGrad{base: newBase("dropout gradient", matrixType, d.shape, matrixType, matrixType), dropout: d, dx: newMatrix(d.shape[0], d.shape[1])}
	dx, err := G.ApplyOp(op, dy, y)
	return G.Nodes{dx}, err
}

// dropoutGrad is dx = dy mask. Its second operand, y, only makes sure that the
// mask is this step's.
type dropoutGrad struct {
	base
	dropout *dropout
	dx      *tensor.Dense
}

// Do computes dx.
func (g *dropoutGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	kernels.Mul(floats(g.dx), floats(in[0]), g.dropout.mask)
	return g.dx, nil
}
