package nets

import "evenkeel/objective/nets/kernels"

// optimizer updates parameters by their gradients: AdamW or SGD as in PyTorch,
// see [kernels.Level.AdamW] and [kernels.SGD].
type optimizer struct {
	config Config
	level  kernels.Level
	params parameters
	// first is Adam's mean of gradients or the momentum buffer, second Adam's
	// mean of squares.
	first, second [][]float32
	steps         int
}

func newOptimizer(c Config, level kernels.Level, p parameters) *optimizer {
	o := &optimizer{config: c, level: level, params: p}
	for _, t := range p {
		o.first = append(o.first, make([]float32, t.DataSize()))
		if c.Optimizer == adam {
			o.second = append(o.second, make([]float32, t.DataSize()))
		}
	}
	return o
}

// step applies one gradient per parameter.
func (o *optimizer) step(grads [][]float32) {
	o.steps++
	for i, t := range o.params {
		if o.config.Optimizer == adam {
			o.level.AdamW(floats(t), grads[i], o.first[i], o.second[i], o.config.LearningRate, o.config.WeightDecay, o.steps)
			continue
		}
		kernels.SGD(floats(t), grads[i], o.first[i], o.config.LearningRate, o.config.Momentum, o.config.WeightDecay)
	}
}
