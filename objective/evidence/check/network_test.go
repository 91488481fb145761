package check_test

import (
	"math"
	"math/rand/v2"
)

// network is a softmax regression or a network with one hidden layer of tanh;
// all its parameters lie in w, the biases as the last column of each layer.
type network struct {
	in, hidden, classes int
	w, grad             []float64
	h, z, dh            []float64
}

func newNetwork(classes, hidden int, rng *rand.Rand) *network {
	n := &network{in: features, hidden: hidden, classes: classes, h: make([]float64, hidden), dh: make([]float64, hidden), z: make([]float64, classes)}
	top := features
	if hidden > 0 {
		top = hidden
	}
	n.w = make([]float64, hidden*(features+1)+classes*(top+1))
	n.grad = make([]float64, len(n.w))
	for i := range n.w {
		n.w[i] = 0.3 * rng.NormFloat64()
	}
	return n
}

// layers returns the two layers' parts of a parameter vector.
func (n *network) layers(w []float64) (bottom, top []float64) {
	cut := n.hidden * (n.in + 1)
	return w[:cut], w[cut:]
}

func linear(w, x, out []float64) {
	d := len(x) + 1
	for c := range out {
		row := w[c*d : (c+1)*d]
		out[c] = row[len(x)]
		for j, v := range x {
			out[c] += row[j] * v
		}
	}
}

// forward returns the logits, valid until the next call.
func (n *network) forward(x []float64) []float64 {
	bottom, top := n.layers(n.w)
	if n.hidden > 0 {
		linear(bottom, x, n.h)
		for i, v := range n.h {
			n.h[i] = math.Tanh(v)
		}
		x = n.h
	}
	linear(top, x, n.z)
	return n.z
}

// backward adds the gradient of an example's weighted loss and returns that loss.
func (n *network) backward(x []float64, y int, weight float64) float64 {
	z := n.forward(x)
	largest, sum := z[0], 0.0
	for _, v := range z {
		largest = max(largest, v)
	}
	for _, v := range z {
		sum += math.Exp(v - largest)
	}
	loss := weight * (math.Log(sum) + largest - z[y])
	input := x
	if n.hidden > 0 {
		input = n.h
	}
	_, top := n.layers(n.w)
	gradBottom, gradTop := n.layers(n.grad)
	d := len(input) + 1
	clear(n.dh)
	for c, v := range z {
		delta := weight * math.Exp(v-largest) / sum
		if c == y {
			delta -= weight
		}
		for j, in := range input {
			gradTop[c*d+j] += delta * in
			if n.hidden > 0 {
				n.dh[j] += delta * top[c*d+j]
			}
		}
		gradTop[c*d+len(input)] += delta
	}
	for i, g := range n.dh {
		g *= 1 - n.h[i]*n.h[i]
		row := gradBottom[i*(n.in+1) : (i+1)*(n.in+1)]
		for j, in := range x {
			row[j] += g * in
		}
		row[n.in] += g
	}
	return loss
}

// stepper is plain gradient descent or Adam.
type stepper struct {
	adam bool
	rate float64
	m, v []float64
	t    float64
}

func newStepper(adam bool, rate float64, n int) *stepper {
	return &stepper{adam: adam, rate: rate, m: make([]float64, n), v: make([]float64, n)}
}

// step moves the parameters against scale times the gradient.
func (s *stepper) step(n *network, scale float64) {
	s.t++
	for i, g := range n.grad {
		g *= scale
		if !s.adam {
			n.w[i] -= s.rate * g
			continue
		}
		s.m[i] = 0.9*s.m[i] + 0.1*g
		s.v[i] = 0.999*s.v[i] + 0.001*g*g
		m, v := s.m[i]/(1-math.Pow(0.9, s.t)), s.v[i]/(1-math.Pow(0.999, s.t))
		n.w[i] -= s.rate * m / (math.Sqrt(v) + 1e-8)
	}
}
