package kernels

// #include "kernels.h"
import "C"

import "fmt"

// Convolve computes y = conv(x, w), without bias, as PyTorch's Conv2d(In, Out,
// Kernel, stride=Stride, padding=Kernel/2, bias=False) does:
//
//	y[i][j][o] = sum over u, v and channels c of x[s*i+u-p][s*j+v-p][c] w[u][v][c][o]
//
// with s the stride and p = Kernel/2. Shapes: x is Batch x Inputs, w is Kernel x
// Kernel x In x Out, y is Batch x [Conv.OutputSize] x Out. Each sum runs over u, v and
// c in this order. If moments is not nil it gets, for each image, the sum of each
// channel of y and the sum of the squared deviations from that channel's mean in the
// image: Batch x 2 x Out. It panics if the shape is not one, or a slice is shorter.
func (l Level) Convolve(ws *Workspace, y, moments, x, w []float32, c Conv) {
	if !c.valid() || len(x) < c.Batch*c.Inputs() || len(w) < c.Weights()*c.Out || len(y) < c.Batch*c.pixels()*c.Out ||
		(moments != nil && len(moments) < c.Batch*2*c.Out) {
		panic(fmt.Sprintf("kernels: Convolve of %+v with %d, %d, %d and %d numbers for x, w, y and moments", c, len(x), len(w),
			len(y), len(moments)))
	}
	s := c.shape()
	C.ek_convolve(C.int(l), &s, ptr(x), ptr(w), ptr(y), ptr(moments), ws.reserve(int(C.ek_conv_scratch(&s))))
}

// NormGrad says what the gradient dy by the outputs y of a convolution is that a
// batch normalisation follows: with g = DZ, or 0 where Z is given and not positive,
//
//	dy = g Gain + (Y Slope + Shift)
//
// DZ, Z and Y are images, the others have an entry per channel. With Gain 1 and
// Slope and Shift 0 dy is g.
type NormGrad struct{ DZ, Z, Y, Gain, Slope, Shift []float32 }

// ConvolveGrad computes the gradients of [Level.Convolve] by w and x. dw has the
// shape of w, dx that of x; dx may be nil, and must be if x is planar. The gradient
// by x is added to dx if add, else stored. A gradient by a weight is summed over the
// pixels of some lines in reading order, then over these blocks of about 256 pixels
// and over the images. It panics as Convolve does.
func (l Level) ConvolveGrad(ws *Workspace, dw, dx, x, w []float32, g NormGrad, c Conv, add bool) {
	outputs := c.Batch * c.pixels() * c.Out
	if !c.valid() || len(x) < c.Batch*c.Inputs() || min(len(w), len(dw)) < c.Weights()*c.Out ||
		min(len(g.DZ), len(g.Y)) < outputs || (g.Z != nil && len(g.Z) < outputs) ||
		min(len(g.Gain), len(g.Slope), len(g.Shift)) < c.Out || (dx != nil && (c.Planar || len(dx) < c.Batch*c.Inputs())) {
		panic(fmt.Sprintf("kernels: ConvolveGrad of %+v with %d, %d, %d, %d numbers for x, w, dw, dx and %d, %d, %d, %d, %d, %d in the gradient",
			c, len(x), len(w), len(dw), len(dx), len(g.DZ), len(g.Z), len(g.Y), len(g.Gain), len(g.Slope), len(g.Shift)))
	}
	s := c.shape()
	C.ek_convolve_grad(C.int(l), &s, ptr(x), ptr(w), ptr(g.DZ), ptr(g.Z), ptr(g.Y), ptr(g.Gain), ptr(g.Slope), ptr(g.Shift),
		ptr(dw), ptr(dx), flag(add), ws.reserve(int(C.ek_conv_scratch(&s))))
}

// pixels returns the pixels of an image of outputs.
func (c Conv) pixels() int {
	height, width := c.OutputSize()
	return height * width
}
