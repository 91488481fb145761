package nets

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/nets/kernels"
)

// benchModels are the models of BenchmarkTrain: 784-10, 784-256-128-10, and image
// models on 3 x 32 x 32 pixels.
var benchModels = []struct {
	name  string
	shape []int
	model map[string]any
}{
	{"softmax", []int{784}, tinyModel(kindSoftmax, "batch", int64(128))},
	{"mlp", []int{784}, tinyModel(kindMLP, "batch", int64(128), "hidden", []int64{256, 128})},
	{"cnn", []int{3, 32, 32}, tinyModel(kindCNN, "batch", int64(128))},
	{"resnet8", []int{3, 32, 32}, tinyModel(kindResNet8, "batch", int64(128))},
}

// benchRun is a run on 1,280 examples of noise in ten classes, ready for steps
// of 128 with Adam.
func benchRun(b *testing.B, shape []int, model map[string]any, threads int) *run {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	features := 1
	for _, n := range shape {
		features *= n
	}
	part := func(n int) data.Part {
		p := data.Part{X: make([]float32, n*features), Y: make([]uint16, n)}
		for i := range p.X {
			p.X[i] = rng.Float32()
		}
		for i := range p.Y {
			p.Y[i] = uint16(i % 10)
		}
		return p
	}
	tr, err := New(&data.Splits{
		Dataset: &data.Dataset{Source: "noise", Classes: make([]string, 10), Shape: shape, Fingerprint: "noise"},
		Train:   part(1280), Val: part(10),
	}, Options{Threads: threads})
	if err != nil {
		b.Fatal(err)
	}
	r, err := newRun(tr, objective.Job{Spec: tinySpec(b, tr, model, 1)}, mustParse(b, model))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(r.close)
	r.loader.shuffle(1)
	return r
}

// steps performs n optimiser steps: staging a shuffled batch, forward, backward,
// update.
func (r *run) steps(b *testing.B, n int) {
	for i := range n {
		if err := r.step(i%r.loader.count(), nil); err != nil {
			b.Error(err)
			return
		}
	}
}

// BenchmarkTrain times optimiser steps at batch 128 with Adam and reports images
// a second.
func BenchmarkTrain(b *testing.B) {
	level, err := kernels.Active()
	if err != nil {
		b.Fatal(err)
	}
	peak := 0.0
	for _, m := range benchModels {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/threads=%d", m.name, threads), func(b *testing.B) {
				r := benchRun(b, m.shape, m.model, threads)
				r.steps(b, 2)
				b.ResetTimer()
				r.steps(b, b.N)
				perSecond := 128 * float64(b.N) / b.Elapsed().Seconds()
				b.ReportMetric(perSecond, "images/s")
				b.ReportMetric(0, "ns/op")
				if m.name == "cnn" {
					peak = max(peak, measurePeak(level))
					const flops = 2 * (2*27*32*1024 + 3*288*64*256 + 3*4096*10) // an image's convolutions and dense layer
					b.ReportMetric(100*perSecond*flops/(peak*float64(threads)), "%peak")
				}
			})
		}
	}
}

// measurePeak is the best of 20 measurements, in operations a second.
func measurePeak(l kernels.Level) float64 {
	best := 0.0
	for range 20 {
		start := time.Now()
		n := l.Peak(200_000)
		best = max(best, n/time.Since(start).Seconds())
	}
	return best
}
