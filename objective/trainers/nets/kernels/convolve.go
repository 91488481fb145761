package kernels

// #include "kernels.h"
import "C"

import "fmt"

// Source says what images convolutions read: Height x Width pixels of In channels, as
// a [Conv] has them. Without Gain they are X itself. Else they are what follows on a
// batch normalisation, by channel:
//
//	max(X Gain + Shift + a, 0)
//
// where a is 0, or Added, or, with AddedGain, Added AddedGain + AddedShift, and that cut
// at 0 if AddedReLU; what comes out is also written to Z unless that is nil. X, Added and
// Z have the numbers of all images of a batch, the others an entry per channel. NaN
// stays NaN.
type Source struct {
	X, Gain, Shift               []float32
	Added, AddedGain, AddedShift []float32
	AddedReLU                    bool
	Z                            []float32
}

// Unit is a convolution of images, without bias, as PyTorch's Conv2d(In, Out, Kernel,
// stride=Stride, padding=Kernel/2, bias=False) does it:
//
//	y[i][j][o] = sum over u, v and channels c of x[s*i+u-p][s*j+v-p][c] w[u][v][c][o]
//
// with s the stride and p = Kernel/2. Shapes: W is Kernel x Kernel x In x Out, Y is
// Batch x [Conv.OutputSize] x Out. Each sum runs over u, v and c in this order. If
// Moments is not nil it gets, for each image, the sum of each channel of y and the sum
// of the squared deviations from that channel's mean in the image: Batch x 2 x Out.
type Unit struct {
	Conv
	W, Y, Moments []float32
}

// Convolve computes one or two convolutions of the same images, of images from to to-1 of
// a batch; a second one has Out 0 if there is none. What it writes overlaps nothing else. It
// panics if the shapes are not ones, not of the same images, or a slice is shorter.
func (l Level) Convolve(ws *Workspace, in Source, from, to int, first, second Unit) {
	in.check("Convolve", first.Conv)
	for _, u := range (&[2]Unit{first, second})[:units(second.Conv)] {
		u.checkImages("Convolve", first.Conv, from, to)
		if len(u.W) < u.Weights()*u.Out || len(u.Y) < u.outputs() || (u.Moments != nil && len(u.Moments) < u.Batch*2*u.Out) {
			panic(fmt.Sprintf("kernels: Convolve of %+v with %d, %d and %d numbers for w, y and moments", u.Conv, len(u.W), len(u.Y), len(u.Moments)))
		}
	}
	a, b := first.c(), second.c()
	C.ek_convolve(C.int(l), in.c(first.Conv), C.long(from), C.long(to), a, b, ws.reserveFor(a.shape, b.shape))
}

// units is how many convolutions there are.
func units(second Conv) int {
	if second.Out == 0 {
		return 1
	}
	return 2
}

func (u Unit) c() C.ek_unit {
	return C.ek_unit{shape: u.shape(), w: ptr(u.W), y: ptr(u.Y), moments: ptr(u.Moments)}
}

// UnitGrad is what a gradient of a [Unit] is made of. The gradient by its outputs is
// that of a batch normalisation whose output has the gradient G:
//
//	dy = G Gain + (Y Slope + Shift)
//
// G and Y are images, the others have an entry per channel; with Gain 1 and Slope and
// Shift 0 dy is G. DW gets the gradient by w that each group of images gives: groups x
// weights. A gradient by a weight is summed over the pixels of some lines in reading
// order, then over these blocks of about 256 pixels and over the images of a group.
type UnitGrad struct {
	Conv
	W, G, Y, Gain, Slope, Shift, DW []float32
}

// InputGrad says what becomes of the gradient by the images, which is not made where DX
// is nil. It starts from Start, or 0 where that is nil; what the units give is added, the
// second's first; it is set to 0 where the image is not positive if Cut; and the sums of
// [Level.NormSums] are made of it where Sums have an Out.
type InputGrad struct {
	DX, Start []float32
	Cut       bool
	Sums      [2]NormSum
}

// NormSum asks for the sums by channel, of each image, of a gradient g and of
// g (Y - Mean): Out is images x 2 x channels, Mean has an entry per channel.
type NormSum struct{ Y, Mean, Out []float32 }

// Groups are groups From to To-1 of the Of groups that the first Images images of a batch
// are divided into; group i has images Images*i/Of to Images*(i+1)/Of - 1.
type Groups struct{ From, To, Of, Images int }

// ConvolveGrad computes the gradients of [Level.Convolve] for the images of some groups:
// by w, for each group, and by the images. Planar images have no gradient. What it writes
// overlaps nothing else. It panics as Convolve does.
func (l Level) ConvolveGrad(ws *Workspace, in Source, g Groups, first, second UnitGrad, back InputGrad) {
	in.check("ConvolveGrad", first.Conv)
	g.check("ConvolveGrad", first.Batch)
	for _, u := range (&[2]UnitGrad{first, second})[:units(second.Conv)] {
		u.checkImages("ConvolveGrad", first.Conv, 0, u.Batch)
		if len(u.W) < u.Weights()*u.Out || len(u.DW) < g.Of*u.Weights()*u.Out || min(len(u.G), len(u.Y)) < u.outputs() ||
			min(len(u.Gain), len(u.Slope), len(u.Shift)) < u.Out {
			panic(fmt.Sprintf("kernels: ConvolveGrad of %+v in %d groups with %d, %d, %d, %d, %d, %d and %d numbers for w, dw, g, y, gain, slope and shift",
				u.Conv, g.Of, len(u.W), len(u.DW), len(u.G), len(u.Y), len(u.Gain), len(u.Slope), len(u.Shift)))
		}
	}
	back.check(first.Conv)
	a, b := first.c(), second.c()
	C.ek_convolve_grad(C.int(l), in.c(first.Conv), C.long(g.Images), C.long(g.Of), C.long(g.From), C.long(g.To),
		a, b, back.c(), ws.reserveFor(a.shape, b.shape))
}

func (u UnitGrad) c() C.ek_unit_grad {
	return C.ek_unit_grad{
		shape: u.shape(), w: ptr(u.W), g: ptr(u.G), y: ptr(u.Y), gain: ptr(u.Gain), slope: ptr(u.Slope), shift: ptr(u.Shift), dw: ptr(u.DW),
	}
}

func (b InputGrad) check(c Conv) {
	if b.DX == nil {
		if b.Start != nil || b.Sums[0].Out != nil || b.Sums[1].Out != nil {
			panic("kernels: ConvolveGrad with a start or sums of a gradient by the images, and no room for it")
		}
		return
	}
	n := c.Batch * c.Inputs()
	if c.Planar || len(b.DX) < n || (b.Start != nil && len(b.Start) < n) {
		panic(fmt.Sprintf("kernels: ConvolveGrad of %+v with %d and %d numbers for dx and its start", c, len(b.DX), len(b.Start)))
	}
	for _, s := range b.Sums {
		if s.Out != nil && (len(s.Y) < n || len(s.Mean) < c.In || len(s.Out) < c.Batch*2*c.In) {
			panic(fmt.Sprintf("kernels: ConvolveGrad of %+v with %d, %d and %d numbers for y, mean and sums", c, len(s.Y), len(s.Mean), len(s.Out)))
		}
	}
}

func (b InputGrad) c() C.ek_input_grad {
	g := C.ek_input_grad{dx: ptr(b.DX), start: ptr(b.Start), cut: flag(b.Cut)}
	for i, s := range b.Sums {
		g.sums[i] = C.ek_norm_sum{y: ptr(s.Y), mean: ptr(s.Mean), out: ptr(s.Out)}
	}
	return g
}

// Norm computes what a source with Gain stands for, its Z, for images from to to-1 of
// images of the shape of c. Z may be X or Added. It panics if a slice is shorter.
func (l Level) Norm(in Source, c Conv, from, to int) {
	in.check("Norm", c)
	if in.Gain == nil || in.Z == nil || from < 0 || to < from || to > c.Batch {
		panic(fmt.Sprintf("kernels: Norm of images %d to %d of %+v with %d and %d numbers for gain and z", from, to, c, len(in.Gain), len(in.Z)))
	}
	C.ek_norm(C.int(l), in.c(c), C.long(from), C.long(to))
}

func (s Source) check(what string, c Conv) {
	n := c.Batch * c.Inputs()
	ok := c.valid() && len(s.X) >= n && (s.Gain != nil || s.Z == nil && s.Added == nil)
	if s.Gain != nil {
		ok = ok && !c.Planar && min(len(s.Gain), len(s.Shift)) >= c.In && (s.Added == nil || len(s.Added) >= n) &&
			(s.AddedGain == nil || min(len(s.AddedGain), len(s.AddedShift)) >= c.In) && (s.Z == nil || len(s.Z) >= n)
	}
	if !ok {
		panic(fmt.Sprintf("kernels: %s of %+v from a source with %d, %d, %d, %d, %d, %d, %d numbers", what, c, len(s.X), len(s.Gain),
			len(s.Shift), len(s.Added), len(s.AddedGain), len(s.AddedShift), len(s.Z)))
	}
}

func (s Source) c(c Conv) C.ek_source {
	return C.ek_source{
		height: C.long(c.Height), width: C.long(c.Width), channels: C.long(c.In), planar: flag(c.Planar), x: ptr(s.X), gain: ptr(s.Gain),
		shift: ptr(s.Shift), added: ptr(s.Added), added_gain: ptr(s.AddedGain), added_shift: ptr(s.AddedShift),
		added_relu: flag(s.AddedReLU), z: ptr(s.Z),
	}
}

// checkImages panics if c is no shape, reads other images than first, or has not the
// images from to to-1.
func (c Conv) checkImages(what string, first Conv, from, to int) {
	if !c.valid() || c.Batch != first.Batch || c.Height != first.Height || c.Width != first.Width || c.In != first.In ||
		c.Planar != first.Planar || from < 0 || to < from || to > c.Batch {
		panic(fmt.Sprintf("kernels: %s of images %d to %d of %+v, beside %+v", what, from, to, c, first))
	}
}

func (g Groups) check(what string, batch int) {
	if g.Of < 1 || g.Of > g.Images || g.Images > batch || g.From < 0 || g.To < g.From || g.To > g.Of {
		panic(fmt.Sprintf("kernels: %s of %+v in a batch of %d", what, g, batch))
	}
}

// pixels returns the pixels of an image of outputs.
func (c Conv) pixels() int {
	height, width := c.OutputSize()
	return height * width
}

// outputs returns the numbers of a batch of outputs.
func (c Conv) outputs() int { return c.Batch * c.pixels() * c.Out }

// reserveFor returns scratch memory for one or two convolutions of the same images.
func (w *Workspace) reserveFor(a, b C.ek_conv) *C.float {
	n := C.ek_conv_scratch(&a)
	if b.out > 0 {
		n += C.ek_conv_scratch(&b)
	}
	return w.reserve(int(n))
}

// Scratch returns how many numbers a [Workspace] has for a convolution, or a block of one.
// Two of the same images have as many as both.
func (c Conv) Scratch() int {
	s := c.shape()
	return int(C.ek_conv_scratch(&s))
}
