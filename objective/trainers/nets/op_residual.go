package nets

import (
	"fmt"
	"slices"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/trainers/nets/kernels"
)

// residual is a chain of blocks of convolutions with batch normalisation (He and
// others, 2016, "Deep residual learning for image recognition"). With cn the convolution
// and normalisation of a unit, see [convNorm], a block makes z of its images x:
//
//	one unit, the first block:  z = relu(cn1(x))
//	two units, a later block:   z = relu(cn2(relu(cn1(x))) + x)
//	three units, a later block: z = relu(cn2(relu(cn1(x))) + cn3(x))
//
// Its operands are the images, which are data, and, for each unit, w, gamma and beta;
// the images are batch x inputs, the result, the last z, is batch x outputs. Rows beyond
// compute.examples are not there: they are in no mean, and their z is 0.
//
// All blocks are one operation because it is memory that limits them: what follows on a
// normalisation is made where the next convolution pads its images, and read from there. A
// later block's z is stored as well, for what is added and the gradient; the first block's,
// where another follows, and every relu(cn1(x)) are made again from the result of the
// convolution.
type residual struct {
	base
	c        *compute
	blocks   []*block
	units    []*convNorm // of all blocks
	training bool
	z        *tensor.Dense
	now      struct {
		images int // that are there
		x      []float32
		stage  stage
		block  int
	}
}

// block is a block of a chain.
type block struct {
	units []*convNorm
	// z is nil in a first block, unless it is the last as well: what follows makes it
	// from its only unit's result.
	z []float32
}

// stage is a piece of the computation of a block. Between two of them all images must be
// done, since a normalisation is over the batch.
type stage int

const (
	enter stage = iota // the images of the block, and its first and third convolution
	inner              // the second convolution
	leave              // the result of the last block

	leaveGrad // the gradient by the last block's units from that by its result
	innerGrad // those by the second convolution and by what it reads
	enterGrad // those by the first and third, and by the units of the block before
)

// ends are the units whose sum is the block's result.
func (b *block) ends() []*convNorm { return b.units[min(len(b.units)-1, 1):] }

// newResidual makes the blocks of the given convolutions, with their running figures.
func newResidual(c *compute, batch int, blocks [][]kernels.Conv, running []runningNorm, training bool) *residual {
	r := &residual{c: c, training: training}
	operands := []hm.Type{matrixType}
	size := 0
	for i, convs := range blocks {
		if (i == 0) != (len(convs) == 1) || (i == 0) != convs[0].Planar || len(convs) > 3 {
			panic(fmt.Sprintf("nets: block %d has the units %+v; want one for data first, then two or three", i+1, convs))
		}
		b := &block{}
		for _, conv := range convs {
			conv.Batch = batch
			u := newConvNorm(conv, running[len(r.units)], training)
			r.units, b.units = append(r.units, u), append(b.units, u)
			operands = append(operands, matrixType, vectorType, vectorType)
		}
		size = outputs(b.ends()[0].conv)
		if i > 0 && i < len(blocks)-1 {
			b.z = make([]float32, batch*size)
		}
		r.blocks = append(r.blocks, b)
	}
	r.z = newMatrix(batch, size)
	r.last().z = floats(r.z)
	r.base = newBase("residual blocks", matrixType, tensor.Shape{batch, size}, operands...)
	return r
}

func (r *residual) last() *block { return r.blocks[len(r.blocks)-1] }

// Do computes z.
func (r *residual) Do(in ...G.Value) (G.Value, error) {
	if err := r.check(in); err != nil {
		return nil, err
	}
	r.now.x, r.now.images = floats(in[0]), r.shape[0]
	for i, u := range r.units {
		u.w, u.gamma, u.beta = floats(in[3*i+1]), floats(in[3*i+2]), floats(in[3*i+3])
	}
	if r.training && r.c.examples > 0 {
		r.now.images = r.c.examples
	}
	for i, b := range r.blocks {
		r.run(r, enter, i)
		if i > 0 {
			r.normalize(b.units[0])
			r.run(r, inner, i)
		}
		for _, u := range b.ends() {
			r.normalize(u)
		}
	}
	r.run(r, leave, len(r.blocks)-1)
	clear(floats(r.z)[r.now.images*r.shape[1]:])
	return r.z, nil
}

// normalize fixes by what a unit is normalised.
func (r *residual) normalize(u *convNorm) {
	if r.training {
		u.measure(r.now.images)
		return
	}
	u.recall()
}

// work is at most how many multiply-adds a stage of block i takes: a gradient by w and one by
// the images for each unit.
func (r *residual) work(i int) (n int) {
	for _, u := range r.blocks[i].units {
		n += 2 * r.now.images * products(u.conv)
	}
	return n
}

// run does a stage of block i for all groups of images.
func (r *residual) run(w shared, s stage, i int) {
	r.now.stage, r.now.block = s, i
	r.c.do(w, r.groups(), r.work(i))
}

func (r *residual) groups() int { return min(imageParts, r.now.images) }

func (r *residual) parts(from, to int, ws *kernels.Workspace) {
	first, end := span(from, to, r.groups(), r.now.images)
	l, i := r.c.level, r.now.block
	b := r.blocks[i]
	switch r.now.stage {
	case enter:
		l.Convolve(ws, r.images(i, false), first, end, b.units[0].unit(), b.beside().unit())
	case inner:
		l.Convolve(ws, b.units[0].source(), first, end, b.units[1].unit(), kernels.Unit{})
	case leave:
		shape := b.ends()[0].conv
		height, width := shape.OutputSize()
		// The shape of the images; that of a convolution has filters as well.
		l.Norm(r.images(i+1, false), kernels.Conv{Batch: shape.Batch, Height: height, Width: width, In: shape.Out, Out: 1}, first, end)
	}
}

// beside is the third unit, or nil.
func (b *block) beside() *convNorm {
	if len(b.units) < 3 {
		return nil
	}
	return b.units[2]
}

// images are what block i reads: the operand, or the result of the block before, which is
// made from its units in passing, and stored, unless it is made already.
func (r *residual) images(i int, made bool) kernels.Source {
	if i == 0 {
		return kernels.Source{X: r.now.x}
	}
	b := r.blocks[i-1]
	if made && b.z != nil {
		return kernels.Source{X: b.z}
	}
	s := b.ends()[0].source()
	s.Z = b.z
	switch len(b.units) {
	case 2:
		x := r.images(i-1, true)
		s.Added, s.AddedGain, s.AddedShift, s.AddedReLU = x.X, x.Gain, x.Shift, x.Gain != nil
	case 3:
		beside := b.units[2]
		s.Added, s.AddedGain, s.AddedShift = beside.y, beside.gain, beside.shift
	}
	return s
}

// DiffWRT reports derivatives by all operands but the images, which are data.
func (r *residual) DiffWRT(n int) []bool {
	by := make([]bool, n)
	for i := range by {
		by[i] = i > 0
	}
	return by
}

// SymDiff returns the gradients by w1, gamma1, beta1, w2, ... One operation makes them
// all; its result is that by w1, and further ones hand out the others.
func (r *residual) SymDiff(in G.Nodes, z, dz *G.Node) (G.Nodes, error) {
	w := in[1].Shape()
	op := &residualGrad{
		base:  newBase("residual gradient", matrixType, w, append(slices.Clone(r.operands), matrixType, matrixType)...),
		chain: r, dw: tensor.New(tensor.WithShape(w...), tensor.WithBacking(r.units[0].dw)),
	}
	op.allocate()
	grads := make(G.Nodes, len(in))
	var err error
	if grads[1], err = G.ApplyOp(op, append(slices.Clone(in), z, dz)...); err != nil {
		return nil, err
	}
	hand := func(i int, what string, kind hm.Type, value []float32) {
		if err == nil {
			t := tensor.New(tensor.WithShape(in[i].Shape()...), tensor.WithBacking(value))
			grads[i], err = G.ApplyOp(newFurther(what, kind, t), grads[1])
		}
	}
	for i, u := range r.units {
		if i > 0 {
			hand(3*i+1, "residual weight gradient", matrixType, u.dw)
		}
		hand(3*i+2, "normalisation gain gradient", vectorType, u.dgamma)
		hand(3*i+3, "normalisation bias gradient", vectorType, u.dbeta)
	}
	return grads, err
}

// residualGrad makes the gradients of a chain from its operands, z and dz; all but dz
// only make sure that what the chain keeps is this step's.
type residualGrad struct {
	base
	chain *residual
	dw    *tensor.Dense
	dz    []float32 // of this step

	// The gradients by the results of the units: g[i%2] by those whose sum is the result
	// of block i, h by that of the first unit of the block in hand.
	g [2][]float32
	h []float32
}

// allocate makes room for the largest of each gradient.
func (r *residualGrad) allocate() {
	var g [2]int
	h := 0
	for i, b := range r.chain.blocks {
		g[i%2] = max(g[i%2], len(b.ends()[0].y))
		if i > 0 {
			h = max(h, len(b.units[0].y))
		}
	}
	r.g, r.h = [2][]float32{make([]float32, g[0]), make([]float32, g[1])}, make([]float32, h)
}

// Do computes all gradients and returns the one by w1.
func (r *residualGrad) Do(in ...G.Value) (G.Value, error) {
	if err := r.check(in); err != nil {
		return nil, err
	}
	c := r.chain
	r.dz = floats(in[len(in)-1])
	last := len(c.blocks) - 1
	c.run(r, leaveGrad, last)
	for i := last; i >= 0; i-- {
		b := c.blocks[i]
		for _, u := range b.ends() {
			u.differentiate(c.now.images)
		}
		if i > 0 {
			c.run(r, innerGrad, i)
			b.units[0].differentiate(c.now.images)
		}
		c.run(r, enterGrad, i)
	}
	for _, u := range c.units {
		u.finish(c.groups())
	}
	return r.dw, nil
}

func (r *residualGrad) parts(from, to int, ws *kernels.Workspace) {
	c := r.chain
	l, i := c.c.level, c.now.block
	b, g := c.blocks[i], r.g[i%2]
	groups := kernels.Groups{From: from, To: to, Of: c.groups(), Images: c.now.images}
	switch c.now.stage {
	case leaveGrad:
		r.cut(from, to)
	case innerGrad:
		back := kernels.InputGrad{DX: r.h, Cut: true}
		back.Sums[0] = b.units[0].sum()
		l.ConvolveGrad(ws, b.units[0].source(), groups, b.units[1].grad(g), kernels.UnitGrad{}, back)
	case enterGrad:
		if i == 0 {
			l.ConvolveGrad(ws, c.images(0, true), groups, b.units[0].grad(g), kernels.UnitGrad{}, kernels.InputGrad{})
			return
		}
		back := kernels.InputGrad{DX: r.g[(i-1)%2], Cut: true}
		for k, u := range c.blocks[i-1].ends() {
			back.Sums[k] = u.sum()
		}
		if len(b.units) == 2 {
			back.Start = g
		}
		l.ConvolveGrad(ws, c.images(i, true), groups, b.units[0].grad(r.h), b.beside().grad(g), back)
	}
}

// cut makes the gradient by the last block's units from dz, and its sums.
func (r *residualGrad) cut(from, to int) {
	c := r.chain
	first, end := span(from, to, c.groups(), c.now.images)
	n := c.shape[1]
	g := r.g[c.now.block%2][first*n : end*n]
	c.c.level.ReLUGrad(g, floats(c.z)[first*n:end*n], r.dz[first*n:end*n])
	for _, u := range c.last().ends() {
		s := u.sum()
		channels := u.conv.Out
		s.Y, s.Out = s.Y[first*n:end*n], s.Out[first*2*channels:end*2*channels]
		c.c.level.NormSums(s, g, end-first)
	}
}
