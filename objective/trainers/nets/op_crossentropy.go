package nets

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// crossEntropy is the weighted mean cross-entropy of logits: see
// [kernels.Level.SoftmaxCE] for the formula. Its operands are the logits (batch x
// classes), the labels, the weight of each row (0 for padding, w_label or 1 for an
// example) and the offset of each class. It makes the gradient in the same go.
type crossEntropy struct {
	base
	c       *compute
	classes int
	scalar  G.F32         // the result
	loss    float64       // the same, before rounding
	weights float64       // the sum of the row weights
	grad    *tensor.Dense // of the loss by the logits
}

func newCrossEntropy(c *compute, batch, classes int) *crossEntropy {
	return &crossEntropy{
		base: newBase("cross-entropy", tensor.Float32, tensor.ScalarShape(), matrixType, labelsType, vectorType, vectorType),
		c:    c, classes: classes, grad: newMatrix(batch, classes),
	}
}

// Do computes the loss, a scalar, and its gradient.
func (e *crossEntropy) Do(in ...G.Value) (G.Value, error) {
	if err := e.check(in); err != nil {
		return nil, err
	}
	e.loss, e.weights = e.c.level.SoftmaxCE(floats(in[0]), labelsOf(in[1]), floats(in[2]), floats(in[3]), e.classes, floats(e.grad))
	e.scalar = G.F32(e.loss)
	return &e.scalar, nil
}

// DiffWRT reports a derivative by the logits only.
func (e *crossEntropy) DiffWRT(int) []bool { return []bool{true, false, false, false} }

// SymDiff returns the gradient made in Do, times the gradient of the loss.
func (e *crossEntropy) SymDiff(_ G.Nodes, loss, dloss *G.Node) (G.Nodes, error) {
	op := &crossEntropyGrad{base: newBase("cross-entropy gradient", matrixType, e.grad.Shape(), tensor.Float32, tensor.Float32), forward: e}
	dz, err := G.ApplyOp(op, loss, dloss)
	return G.Nodes{dz, nil, nil, nil}, err
}

// crossEntropyGrad hands out the gradient that the forward operation made; its
// first operand, the loss, makes sure that it is this step's.
type crossEntropyGrad struct {
	base
	forward *crossEntropy
}

// Do scales the gradient by the gradient of the loss, which is 1 at the root.
func (g *crossEntropyGrad) Do(in ...G.Value) (G.Value, error) {
	if err := g.check(in); err != nil {
		return nil, err
	}
	if scale := float32(*in[1].(*G.F32)); scale != 1 {
		z := floats(g.forward.grad)
		for i := range z {
			z[i] *= scale
		}
	}
	return g.forward.grad, nil
}
