package nets

import (
	"slices"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/nets/kernels"
)

// residual is a block of convolutions with batch normalisation (He and others,
// 2016, "Deep residual learning for image recognition"). With cn the convolution
// and normalisation of a unit, see [convNorm]:
//
//	one unit:    z = relu(cn1(x))
//	two units:   z = relu(cn2(relu(cn1(x))) + x)
//	three units: z = relu(cn2(relu(cn1(x))) + cn3(x))
//
// Its operands are x and, for each unit, w, gamma and beta; x is batch x inputs, z
// batch x outputs. Rows beyond compute.examples are not there: they are in no mean,
// and their z is 0.
type residual struct {
	base
	c        *compute
	units    []*convNorm
	training bool
	h        []float32 // relu(cn1(x)), where there is a second unit
	z        *tensor.Dense

	now struct {
		x      []float32
		images int
		stage  func(g group, ws *kernels.Workspace)
	}
	// The stages, made once.
	first, second, last func(g group, ws *kernels.Workspace)
}

// newResidual makes a block for units on the same batch, with their running figures.
func newResidual(c *compute, convs []kernels.Conv, running []runningNorm, training bool) *residual {
	batch, out := convs[0].Batch, outputs(convs[0])
	operands := []hm.Type{matrixType}
	b := &residual{c: c, training: training, z: newMatrix(batch, out)}
	for i, conv := range convs {
		b.units = append(b.units, newConvNorm(c.level, conv, running[i], training))
		operands = append(operands, matrixType, vectorType, vectorType)
	}
	if len(convs) > 1 {
		b.h = make([]float32, batch*out)
	}
	b.base = newBase("residual block", matrixType, tensor.Shape{batch, out}, operands...)
	b.first, b.second, b.last = b.convolveFirst, b.convolveSecond, b.combine
	return b
}

// stages runs a stage over the groups of images.
func (b *residual) stages(stage func(g group, ws *kernels.Workspace)) {
	b.now.stage = stage
	b.c.do(b, b.groups())
}

func (b *residual) groups() int { return min(imageParts, b.now.images) }

func (b *residual) part(i int, ws *kernels.Workspace) {
	from, to := slice(i, b.groups(), b.now.images, 1)
	b.now.stage(group{i, from, to}, ws)
}

// Do computes z.
func (b *residual) Do(in ...G.Value) (G.Value, error) {
	if err := b.check(in); err != nil {
		return nil, err
	}
	b.now.x, b.now.images = floats(in[0]), b.shape[0]
	for i, u := range b.units {
		u.w, u.gamma, u.beta = floats(in[3*i+1]), floats(in[3*i+2]), floats(in[3*i+3])
	}
	if b.training && b.c.examples > 0 {
		b.now.images = b.c.examples
	}
	b.stages(b.first)
	b.normalizer(0)
	if len(b.units) > 1 {
		b.stages(b.second)
		b.normalizer(1)
	}
	if len(b.units) > 2 {
		b.normalizer(2)
	}
	b.stages(b.last)
	clear(floats(b.z)[b.now.images*outputs(b.units[0].conv):])
	return b.z, nil
}

// normalizer fixes by what a unit is normalised.
func (b *residual) normalizer(unit int) {
	if b.training {
		b.units[unit].measure(b.now.images)
		return
	}
	b.units[unit].recall()
}

func (b *residual) convolveFirst(g group, ws *kernels.Workspace) {
	b.units[0].convolve(g, b.now.x, ws)
	if len(b.units) > 2 {
		b.units[2].convolve(g, b.now.x, ws)
	}
}

func (b *residual) convolveSecond(g group, ws *kernels.Workspace) {
	b.units[0].normalize(g, b.h, nil, true)
	b.units[1].convolve(g, b.h, ws)
}

func (b *residual) combine(g group, _ *kernels.Workspace) {
	z := floats(b.z)
	switch len(b.units) {
	case 1:
		b.units[0].normalize(g, z, nil, true)
	case 2:
		b.units[1].normalize(g, z, b.now.x, true)
	default:
		b.units[2].normalize(g, z, nil, false)
		b.units[1].normalize(g, z, z, true)
	}
}

// DiffWRT reports derivatives by all operands, but not by x if that is data.
func (b *residual) DiffWRT(n int) []bool {
	by := make([]bool, n)
	for i := range by {
		by[i] = i > 0 || !b.units[0].conv.Planar
	}
	return by
}

// SymDiff returns the gradients by x, w1, gamma1, beta1, w2, ... One operation makes
// them all; its result is that by w1, and further ones hand out the others.
func (b *residual) SymDiff(in G.Nodes, z, dz *G.Node) (G.Nodes, error) {
	w := in[1].Shape()
	op := &residualGrad{
		base:  newBase("residual gradient", matrixType, w, append(slices.Clone(b.operands), matrixType, matrixType)...),
		block: b, dw: tensor.New(tensor.WithShape(w...), tensor.WithBacking(b.units[0].dw)),
	}
	op.first, op.second, op.last = op.sumLast, op.backSecond, op.backFirst
	if b.h != nil {
		op.dh = make([]float32, len(b.h))
	}
	grads := make(G.Nodes, len(in))
	var err error
	if grads[1], err = G.ApplyOp(op, append(slices.Clone(in), z, dz)...); err != nil {
		return nil, err
	}
	hand := func(i int, what string, kind hm.Type, value *tensor.Dense) {
		if err == nil {
			grads[i], err = G.ApplyOp(newFurther(what, kind, value), grads[1])
		}
	}
	if !b.units[0].conv.Planar {
		op.dx = newMatrix(b.shape[0], b.units[0].conv.Inputs())
		hand(0, "residual input gradient", matrixType, op.dx)
	}
	for i, u := range b.units {
		if i > 0 {
			hand(3*i+1, "residual weight gradient", matrixType, tensor.New(tensor.WithShape(in[3*i+1].Shape()...), tensor.WithBacking(u.dw)))
		}
		hand(3*i+2, "normalisation gain gradient", vectorType, tensor.New(tensor.WithShape(len(u.dgamma)), tensor.WithBacking(u.dgamma)))
		hand(3*i+3, "normalisation bias gradient", vectorType, tensor.New(tensor.WithShape(len(u.dbeta)), tensor.WithBacking(u.dbeta)))
	}
	return grads, err
}

// residualGrad makes the gradients of a block from its operands, z and dz; all but
// dz only make sure that what the block keeps is this step's.
type residualGrad struct {
	base
	block  *residual
	dw, dx *tensor.Dense
	dh     []float32
	dz     []float32 // of this step

	first, second, last func(g group, ws *kernels.Workspace)
}

// Do computes all gradients and returns the one by w1.
func (r *residualGrad) Do(in ...G.Value) (G.Value, error) {
	if err := r.check(in); err != nil {
		return nil, err
	}
	b := r.block
	r.dz = floats(in[len(in)-1])
	b.stages(r.first)
	for _, u := range b.units[min(len(b.units)-1, 1):] {
		u.differentiate(b.now.images)
	}
	if len(b.units) > 1 {
		b.stages(r.second)
		b.units[0].differentiate(b.now.images)
	}
	b.stages(r.last)
	for _, u := range b.units {
		u.finish(b.groups())
	}
	return r.dw, nil
}

// sumLast makes the sums of the units whose results z is made of.
func (r *residualGrad) sumLast(g group, _ *kernels.Workspace) {
	for _, u := range r.block.units[min(len(r.block.units)-1, 1):] {
		u.sum(g, r.dz, floats(r.block.z))
	}
}

// backSecond goes back through the second unit, and the third, to h and x.
func (r *residualGrad) backSecond(g group, ws *kernels.Workspace) {
	b := r.block
	z := floats(b.z)
	b.units[1].back(g, b.h, r.dz, z, r.dh, false, ws)
	b.units[0].sum(g, r.dh, b.h)
	if len(b.units) > 2 {
		b.units[2].back(g, b.now.x, r.dz, z, r.inputGradient(), false, ws)
	}
}

// backFirst goes back through the first unit to x, and past it where x is added.
func (r *residualGrad) backFirst(g group, ws *kernels.Workspace) {
	b := r.block
	if len(b.units) == 1 {
		b.units[0].back(g, b.now.x, r.dz, floats(b.z), r.inputGradient(), false, ws)
		return
	}
	dx, n := r.inputGradient(), b.units[0].conv.Inputs()
	b.units[0].back(g, b.now.x, r.dh, b.h, dx, len(b.units) > 2, ws)
	if len(b.units) == 2 && dx != nil {
		b.units[0].level.AddReLUGrad(g.of(dx, n), g.of(floats(b.z), n), g.of(r.dz, n))
	}
}

// inputGradient returns the gradient by x, or nil where x is data.
func (r *residualGrad) inputGradient() []float32 {
	if r.dx == nil {
		return nil
	}
	return floats(r.dx)
}
