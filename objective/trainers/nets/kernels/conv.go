package kernels

// #include "kernels.h"
import "C"

import (
	"cmp"
	"fmt"
	"unsafe"
)

// Conv is the shape of a convolution: `Out` filters over images of Height x Width
// pixels and `In` channels, padded by Kernel/2 pixels of zeros.
type Conv struct {
	Batch, Height, Width, In, Out int
	// Kernel is the height and width of a filter, 3 or 1, and Stride the distance of
	// the pixels where it is applied, 1 or 2. 0 means 3, and 1.
	Kernel, Stride int
	// Planar says that x is channel by channel, as data sets hold images; all else
	// is pixel by pixel, the channels of a pixel side by side.
	Planar bool
}

func (c Conv) kernel() int { return cmp.Or(c.Kernel, 3) }
func (c Conv) stride() int { return cmp.Or(c.Stride, 1) }

// Inputs returns the numbers of an image: Height x Width x In.
func (c Conv) Inputs() int { return c.Height * c.Width * c.In }

// Weights returns the weights of a filter: Kernel x Kernel x In.
func (c Conv) Weights() int { return c.kernel() * c.kernel() * c.In }

// OutputSize returns the height and width of what the convolution makes of an
// image, before any pooling.
func (c Conv) OutputSize() (height, width int) {
	return (c.Height-1)/c.stride() + 1, (c.Width-1)/c.stride() + 1
}

// PooledOutputs returns the numbers of an image that a [Level.ConvBlock] makes, which
// pools it: Height/2 x Width/2 x Out, rounded down: a last line or column without a
// partner is dropped.
func (c Conv) PooledOutputs() int { return c.Height / 2 * (c.Width / 2) * c.Out }

// ConvBlock computes y = maxpool(max(conv(x, w) + bias, 0)) as PyTorch's
// MaxPool2d(2)(ReLU()(Conv2d(In, Out, 3, padding=1)(x))) does:
//
//	conv[i][j][o] = sum over u, v in 0..2 and channels c of x[i+u-1][j+v-1][c] w[u][v][c][o]
//
// Shapes: x is Batch x Inputs, w is 3 x 3 x In x Out, bias has Out entries, y and
// taken are Batch x PooledOutputs. taken gets the pixel of its window that each y
// came from, 0 to 3 in reading order and the first of equals, or 4 where y is not
// positive; it may be nil where no gradient is wanted. NaN stays NaN. Each sum starts from the bias and runs over u, v and c
// in this order. It panics if a size is below 1, an image below 2x2, or a slice
// shorter than its shape.
func (l Level) ConvBlock(ws *Workspace, y []float32, taken []uint8, x, w, bias []float32, c Conv) {
	room := len(taken)
	if taken == nil {
		room = c.Batch * c.PooledOutputs()
	}
	c.check("ConvBlock", len(x), len(w), len(bias), len(y), room)
	s := c.shape()
	C.ek_conv_block(C.int(l), &s, ptr(x), ptr(w), ptr(bias), ptr(y), (*C.uint8_t)(unsafe.SliceData(taken)), ws.reserve(int(C.ek_conv_scratch(&s))))
}

// ConvBlockGrad computes, for the images of some groups, the gradients of a
// [Level.ConvBlock] by w, bias and x from dy, the gradient by y, and what the block took.
// A gradient by x goes to the pixel that was taken, and nowhere if y was not positive. dx
// may be nil, and must be if x is planar. dwb gets, for each group, the gradient by w and
// then that by bias: groups x (weights + Out). A gradient by a weight is summed over the
// pixels of some lines in reading order, then over these blocks of about 256 pixels and
// over the images of a group. It panics as ConvBlock does.
func (l Level) ConvBlockGrad(ws *Workspace, g Groups, dwb, dx, x, w, dy []float32, taken []uint8, c Conv) {
	c.check("ConvBlockGrad", len(x), len(w), c.Out, len(dy), len(taken))
	g.check("ConvBlockGrad", c.Batch)
	if len(dwb) < g.Of*(c.Weights()+1)*c.Out || (dx != nil && (c.Planar || len(dx) < c.Batch*c.Inputs())) {
		panic(fmt.Sprintf("kernels: ConvBlockGrad of %+v in %d groups with %d and %d numbers for the gradients by w and x", c, g.Of, len(dwb), len(dx)))
	}
	s := c.shape()
	C.ek_conv_block_grad(C.int(l), &s, C.long(g.Images), C.long(g.Of), C.long(g.From), C.long(g.To), ptr(x), ptr(w), ptr(dy),
		(*C.uint8_t)(&taken[0]), ptr(dwb), ptr(dx), ws.reserve(int(C.ek_conv_scratch(&s))))
}

func (c Conv) shape() C.ek_conv {
	return C.ek_conv{
		batch: C.long(c.Batch), height: C.long(c.Height), width: C.long(c.Width), in: C.long(c.In), out: C.long(c.Out),
		kernel: C.long(c.kernel()), stride: C.long(c.stride()), planar: flag(c.Planar),
	}
}

// check panics if the shape is not a block's or the lengths are too short for it.
func (c Conv) check(what string, x, w, bias, y, taken int) {
	if !c.valid() || c.kernel() != 3 || c.stride() != 1 || c.Height < 2 || c.Width < 2 || x < c.Batch*c.Inputs() ||
		w < c.Weights()*c.Out || bias < c.Out || y < c.Batch*c.PooledOutputs() || taken < c.Batch*c.PooledOutputs() {
		panic(fmt.Sprintf("kernels: %s of %+v with %d, %d, %d, %d and %d numbers for x, w, bias, y and taken",
			what, c, x, w, bias, y, taken))
	}
}

func (c Conv) valid() bool {
	return c.Batch >= 1 && c.Height >= 1 && c.Width >= 1 && c.In >= 1 && c.Out >= 1 &&
		(c.kernel() == 3 || c.kernel() == 1) && (c.stride() == 1 || c.stride() == 2)
}
