package check_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"

	"evenkeel/objective"
)

// settings describe a trainer. The zero value of every fault is the right way.
type settings struct {
	classes int     // 0 means 5
	hidden  int     // 0 means softmax regression
	val     int     // validation examples of each class; 0 means 120
	apart   float64 // scale of the centres; 0 means 1.1
	rate    float64 // learning rate; 0 means 0.05
	adam    bool
	bare    bool // answers with the confusion matrix only

	unnormalised bool // mean over examples, not over weights
	unused       bool
	order        func(class, classes int) int // whose weight a class gets
	unseeded     bool                         // all generators from a counter
	seedIgnored  bool
	kernels      float64 // relative noise of the initial parameters, from a counter
	chaotic      bool    // another generator for other weights: rounding at its worst
	leaks        bool    // goes on from the model of the run before
}

// on returns the trainer on a set of blobs.
func (s settings) on(data int) *tiny { return &tiny{settings: s, data: int64(data)} }

// tiny is a trainer that really trains: a softmax regression, or a network with
// one hidden layer, by stochastic gradient descent on Gaussian blobs.
type tiny struct {
	settings
	data   int64                     // seed of the blobs
	before func(objective.Job) error // called first; its error is the run's

	count atomic.Int64
	kept  *network
}

func (t *tiny) k() int { return or(t.classes, 5) }

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

const features = 4

func (t *tiny) Info() objective.Info {
	info := objective.Info{Trainer: "tiny", Version: "1", Numerics: "float64", Data: fmt.Sprint("blobs ", t.data), Supports: []string{"loss"}}
	for c := range t.k() {
		info.Classes = append(info.Classes, fmt.Sprint("class ", c))
	}
	return info
}

// blobs returns examples of every class; the centres depend on the data seed.
func (t *tiny) blobs(per int, part uint64) (x [][]float64, y []int) {
	centres := rand.New(rand.NewPCG(uint64(t.data), 1))
	draw := rand.New(rand.NewPCG(uint64(t.data), part))
	apart := t.apart
	if apart == 0 {
		apart = 1.1
	}
	for c := range t.k() {
		centre := make([]float64, features)
		for j := range centre {
			centre[j] = apart * centres.NormFloat64()
		}
		for range per {
			p := make([]float64, features)
			for j := range p {
				p[j] = centre[j] + draw.NormFloat64()
			}
			x, y = append(x, p), append(y, c)
		}
	}
	return x, y
}

func (t *tiny) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n := uint64(t.count.Add(1))
	if t.before != nil {
		if err := t.before(job); err != nil {
			return nil, err
		}
	}
	seed, stream := uint64(job.Spec.Seed), uint64(7)
	switch {
	case t.unseeded:
		stream = 1000 + n
	case t.seedIgnored:
		seed = 0
	}
	if t.chaotic {
		for _, w := range job.Spec.Weights {
			stream = stream*31 + uint64(math.Float32bits(w))
		}
	}
	rng := rand.New(rand.NewPCG(seed, stream))
	net := newNetwork(t.k(), t.hidden, rng)
	if t.kernels > 0 {
		noise := rand.New(rand.NewPCG(n, 3))
		for i := range net.w {
			net.w[i] *= 1 + t.kernels*noise.NormFloat64()
		}
	}
	if t.leaks {
		if t.kept != nil {
			net = t.kept
		}
		t.kept = net
	}
	epochs := t.fit(net, rng, t.weights(job.Spec.Weights), int(job.Spec.Model["epochs"].(int64)))
	if last := epochs[len(epochs)-1].Loss; math.IsNaN(last) || math.IsInf(last, 0) {
		return nil, fmt.Errorf("the loss is %v", last)
	}
	return t.evaluate(net, epochs), nil
}

// weights returns the weight of every class as this trainer takes it.
func (t *tiny) weights(given []float32) []float64 {
	w := make([]float64, t.k())
	for c := range w {
		w[c] = 1
		if given == nil || t.unused {
			continue
		}
		from := c
		if t.order != nil {
			from = t.order(c, t.k())
		}
		w[c] = float64(given[from])
	}
	return w
}

func (t *tiny) fit(net *network, rng *rand.Rand, w []float64, epochs int) []objective.Epoch {
	const batch = 16
	x, y := t.blobs(60, 2)
	rate := t.rate
	if rate == 0 {
		rate = 0.05
	}
	opt := newStepper(t.adam, rate, len(net.w))
	var trained []objective.Epoch
	for e := range epochs {
		order, total := rng.Perm(len(x)), 0.0
		for from := 0; from < len(x); from += batch {
			rows := order[from:min(from+batch, len(x))]
			clear(net.grad)
			var loss, sum float64
			for _, i := range rows {
				loss += net.backward(x[i], y[i], w[y[i]])
				sum += w[y[i]]
			}
			if t.unnormalised {
				sum = float64(len(rows))
			}
			opt.step(net, 1/sum)
			total += loss / sum * float64(len(rows))
		}
		trained = append(trained, objective.Epoch{Epoch: e + 1, Loss: total / float64(len(x)), ValLoss: math.NaN()})
	}
	return trained
}

func (t *tiny) evaluate(net *network, epochs []objective.Epoch) *objective.Result {
	r := &objective.Result{Val: objective.NewConfusion(t.k()), Epochs: epochs}
	x, y := t.blobs(or(t.val, 120), 3)
	for i := range x {
		z := net.forward(x[i])
		best := 0
		for c := range z {
			if z[c] > z[best] {
				best = c
			}
		}
		r.Val.Add(y[i], best, 1)
		if t.bare {
			continue
		}
		r.ValPredictions = append(r.ValPredictions, uint16(best))
		for _, v := range z {
			r.ValLogits = append(r.ValLogits, float32(v))
		}
	}
	if t.bare {
		r.Epochs = nil
	}
	return r
}
