package nets

import (
	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets/kernels"
)

// optimizer updates parameters by their gradients: AdamW or SGD as in PyTorch,
// see [kernels.Level.AdamW] and [kernels.SGD].
type optimizer struct {
	config models.Config
	c      *compute
	params parameters
	// first is Adam's mean of gradients or the momentum buffer, second Adam's
	// mean of squares.
	first, second [][]float32
	steps         int
	// pieces are what threads share; each number is updated on its own.
	pieces []piece
	grads  [][]float32
}

// piece is some numbers of a parameter.
type piece struct{ param, from, to int }

// pieceSize is enough numbers for a second thread to be worth it.
const pieceSize = 8192

func newOptimizer(config models.Config, c *compute, p parameters) *optimizer {
	o := &optimizer{config: config, c: c, params: p}
	for i, t := range p {
		n := t.DataSize()
		o.first = append(o.first, make([]float32, n))
		if config.Optimizer == models.Adam {
			o.second = append(o.second, make([]float32, n))
		}
		for from := 0; from < n; from += pieceSize {
			o.pieces = append(o.pieces, piece{i, from, min(from+pieceSize, n)})
		}
	}
	return o
}

// step applies one gradient per parameter. Of a run that is over it leaves some out, and
// nobody reads the parameters any more.
func (o *optimizer) step(grads [][]float32) {
	o.steps++
	o.grads = grads
	o.c.do(o, len(o.pieces), 0) // it looks itself whether the run is over
}

func (o *optimizer) parts(from, to int, _ *kernels.Workspace) {
	for _, at := range o.pieces[from:to] {
		if o.c.over() {
			return
		}
		p, grad := floats(o.params[at.param])[at.from:at.to], o.grads[at.param][at.from:at.to]
		first := o.first[at.param][at.from:at.to]
		if o.config.Optimizer == models.Adam {
			o.c.level.AdamW(p, grad, first, o.second[at.param][at.from:at.to], o.config.LearningRate, o.config.WeightDecay, o.steps)
			continue
		}
		kernels.SGD(p, grad, first, o.config.LearningRate, o.config.Momentum, o.config.WeightDecay)
	}
}
