package nets

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets/kernels"
)

// benchModels are the models of BenchmarkTrain: 784-10, 784-256-128-10, and image
// models on 3 x 32 x 32 pixels, with the floating-point operations of their
// convolutions and dense layer for an image of a step: forward, by weights, by input.
var benchModels = []struct {
	name  string
	shape []int
	model map[string]any
	flops float64
}{
	{"softmax", []int{784}, tinyModel(models.Softmax, "batch", int64(128)), 0},
	{"mlp", []int{784}, tinyModel(models.MLP, "batch", int64(128), "hidden", []int64{256, 128}), 2 * (2*784*256 + 3*256*128 + 3*128*10)},
	{"cnn", []int{3, 32, 32}, tinyModel(models.CNN, "batch", int64(128)), 2 * (2*27*32*1024 + 3*288*64*256 + 3*4096*10)},
	{"resnet8", []int{3, 32, 32}, tinyModel(models.ResNet8, "batch", int64(128)), 2 * (2*27*16*1024 +
		3*(2*144*16*1024+144*32*256+16*32*256+288*32*256+288*64*64+32*64*64+576*64*64+64*10))},
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
	r, err := newRun(b.Context(), tr, objective.Job{Spec: tinySpec(b, tr, model, 1)}, mustParse(b, model))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(r.close)
	r.loader.shuffle(1)
	return r
}

// benchWeights are those of the classes: the loss is weighted, as in the searches, and as
// PyTorch's is in bench/torch_train.py.
var benchWeights = []float32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}

// median performs n optimiser steps, staging a shuffled batch, forward, backward,
// update, and returns the images a second of the median step: other work on the
// machine disturbs it less than the mean.
func (r *run) median(b *testing.B, n int) float64 {
	took := make([]float64, n)
	for i := range n {
		start := time.Now()
		if err := r.step(i%r.loader.count(), benchWeights); err != nil {
			b.Error(err)
			return 0
		}
		took[i] = time.Since(start).Seconds()
	}
	slices.Sort(took)
	return 128 / took[n/2]
}

// BenchmarkTrain times optimiser steps at batch 128 with Adam: images a second of the
// median step, and images for a second of processor time, which says something on a
// busy machine too.
func BenchmarkTrain(b *testing.B) {
	level, err := kernels.Active()
	if err != nil {
		b.Fatal(err)
	}
	peak := 0.0
	for _, m := range benchModels {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/threads=%d", m.name, threads), func(b *testing.B) {
				if most := runtime.GOMAXPROCS(0); threads > most {
					b.Fatalf("%d threads; want as many processors, and there are %d", threads, most)
				}
				r := benchRun(b, m.shape, m.model, threads)
				r.median(b, 2)
				b.ResetTimer()
				before := processorSeconds()
				perSecond := r.median(b, b.N)
				if used := processorSeconds() - before; used > 0 {
					b.ReportMetric(128*float64(b.N)/used, "images/cpu-s")
				}
				b.ReportMetric(perSecond, "images/s")
				b.ReportMetric(0, "ns/op")
				if m.flops > 0 {
					peak = max(peak, measurePeak(level))
					b.ReportMetric(100*perSecond*m.flops/(peak*float64(threads)), "%peak")
				}
			})
		}
	}
}

// BenchmarkTrainTwo times two trainings side by side, a thread each: the sum of their
// images a second, each by its median step, and images for a second of processor time.
func BenchmarkTrainTwo(b *testing.B) {
	for _, m := range benchModels {
		b.Run(m.name, func(b *testing.B) {
			var perSecond [2]float64
			runs := [2]*run{benchRun(b, m.shape, m.model, 1), benchRun(b, m.shape, m.model, 1)}
			for _, r := range runs {
				r.median(b, 2)
			}
			b.ResetTimer()
			before := processorSeconds()
			var wg sync.WaitGroup
			for i, r := range runs {
				wg.Go(func() { perSecond[i] = r.median(b, b.N) })
			}
			wg.Wait()
			if used := processorSeconds() - before; used > 0 {
				b.ReportMetric(2*128*float64(b.N)/used, "images/cpu-s")
			}
			b.ReportMetric(perSecond[0]+perSecond[1], "images/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkPeak measures the fused multiply-adds of one core at every level.
func BenchmarkPeak(b *testing.B) {
	for _, l := range kernels.Levels() {
		b.Run(l.String(), func(b *testing.B) {
			for range b.N {
				b.ReportMetric(measurePeak(l)/1e9, "Gflop/s")
			}
			b.ReportMetric(0, "ns/op")
		})
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
