package nets

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"evenkeel/objective/trainers/nets/kernels"
)

// average is global average pooling: the mean of each channel over the pixels of an
// image. x is batch x (pixels x channels), y batch x channels.
type average struct {
	base
	pixels, channels int
	y                *tensor.Dense
}

func newAverage(batch, pixels, channels int) *average {
	shape := tensor.Shape{batch, channels}
	return &average{base: newBase("average", matrixType, shape, matrixType), pixels: pixels, channels: channels, y: newMatrix(batch, channels)}
}

// Do computes y.
func (a *average) Do(in ...G.Value) (G.Value, error) {
	if err := a.check(in); err != nil {
		return nil, err
	}
	kernels.Average(floats(a.y), floats(in[0]), a.shape[0], a.channels)
	return a.y, nil
}

// DiffWRT reports a derivative by the only operand.
func (a *average) DiffWRT(int) []bool { return []bool{true} }

// SymDiff returns dy over the number of pixels, for each pixel.
func (a *average) SymDiff(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) {
	shape := tensor.Shape{a.shape[0], a.pixels * a.channels}
	dx, err := G.ApplyOp(&averageGrad{base: newBase("average gradient", matrixType, shape, matrixType), average: a, dx: newMatrix(shape[0], shape[1])}, dy)
	return G.Nodes{dx}, err
}

// averageGrad makes the gradient by x.
type averageGrad struct {
	base
	average *average
	dx      *tensor.Dense
}

// Do computes dx from dy.
func (g *averageGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	kernels.AverageGrad(floats(g.dx), floats(in[0]), g.shape[0], g.average.channels)
	return g.dx, nil
}
