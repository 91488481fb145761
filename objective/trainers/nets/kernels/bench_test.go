package kernels

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// reportSpeed reports Gflop/s, and their share of the level's peak, for a number of
// floating-point operations in each round.
func reportSpeed(b *testing.B, l Level, operations float64) {
	b.Helper()
	speed := operations * float64(b.N) / b.Elapsed().Seconds()
	peak := 0.0
	for range 20 {
		start := time.Now()
		n := l.Peak(200_000)
		peak = max(peak, n/time.Since(start).Seconds())
	}
	b.ReportMetric(speed/1e9, "Gflop/s")
	b.ReportMetric(100*speed/peak, "%peak")
}

// eachBench runs a benchmark at every level; each round does `operations`
// floating-point operations.
func eachBench(b *testing.B, name string, operations float64, round func(l Level, ws *Workspace)) {
	for _, l := range Levels() {
		b.Run(fmt.Sprintf("%s/%v", name, l), func(b *testing.B) {
			var ws Workspace
			round(l, &ws)
			for b.Loop() {
				round(l, &ws)
			}
			reportSpeed(b, l, operations)
		})
	}
}

// BenchmarkMatMul times the products of a dense layer: forward, and its gradients by
// weights and input.
func BenchmarkMatMul(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range [][3]int{{128, 256, 784}, {128, 128, 256}, {128, 10, 784}, {128, 10, 4096}} {
		m, n, k := s[0], s[1], s[2]
		x, w, y := random(rng, m*k), random(rng, k*n), random(rng, m*n)
		dx, dw := make([]float32, m*k), make([]float32, k*n)
		name, operations := fmt.Sprintf("%dx%dx%d", m, n, k), 2*float64(m*n*k)
		eachBench(b, name, operations, func(l Level, ws *Workspace) { l.MatMul(ws, wholeOf(m, n), y, x, w, nil, m, n, k, true) })
		eachBench(b, name+" by weights", operations, func(l Level, ws *Workspace) { l.MatMulTN(ws, wholeOf(k, n), dw, x, y, k, n, m) })
		eachBench(b, name+" by input", operations, func(l Level, ws *Workspace) { l.MatMulNT(ws, wholeOf(m, k), dx, y, w, m, k, n) })
	}
}

// BenchmarkConvBlock times the blocks of a cnn on 3 x 32 x 32 pixels.
func BenchmarkConvBlock(b *testing.B) {
	for _, c := range []Conv{
		{Batch: 128, Height: 32, Width: 32, In: 3, Out: 32, Planar: true}, {Batch: 128, Height: 16, Width: 16, In: 32, Out: 64},
	} {
		k := newConvCase(c)
		r := k.run(Portable, &Workspace{})
		name, operations := fmt.Sprintf("%d to %d channels", c.In, c.Out), 2*float64(c.Batch*c.Height*c.Width*c.Weights()*c.Out)
		gradients := operations
		if !c.Planar {
			gradients *= 2
		}
		eachBench(b, name, operations, func(l Level, ws *Workspace) { l.ConvBlock(ws, r.y, r.taken, k.x, k.w, k.bias, c) })
		eachBench(b, name+" gradients", gradients, func(l Level, ws *Workspace) {
			l.ConvBlockGrad(ws, Groups{0, 1, 1, c.Batch}, r.dwb, r.dx, k.x, k.w, k.dy, r.taken, c)
		})
	}
}

// BenchmarkConvolve times the 3x3 convolutions of a resnet8 on 3 x 32 x 32 pixels as its
// stages call them: of images made from an earlier result, with the sums that the
// normalisations need.
func BenchmarkConvolve(b *testing.B) {
	for _, c := range []Conv{
		{Batch: 128, Height: 32, Width: 32, In: 16, Out: 16}, {Batch: 128, Height: 32, Width: 32, In: 16, Out: 32, Stride: 2},
		{Batch: 128, Height: 16, Width: 16, In: 32, Out: 32}, {Batch: 128, Height: 16, Width: 16, In: 32, Out: 64, Stride: 2},
		{Batch: 128, Height: 8, Width: 8, In: 64, Out: 64},
	} {
		k := newPlainCase(c)
		u, in, dw := k.unit(), sourceCases(c)[0].Source, make([]float32, len(k.w))
		back := InputGrad{DX: make([]float32, len(k.x)), Cut: true, Sums: [2]NormSum{{in.X, in.Gain, make([]float32, c.Batch*2*c.In)}}}
		name, operations := fmt.Sprintf("%d to %d channels", c.In, c.Out), 2*float64(c.outputs()*c.Weights())
		eachBench(b, name, operations, func(l Level, ws *Workspace) { l.Convolve(ws, in, 0, c.Batch, u, Unit{}) })
		eachBench(b, name+" gradients", 2*operations, func(l Level, ws *Workspace) {
			l.ConvolveGrad(ws, in, Groups{0, 1, 1, c.Batch}, k.grad(u.Y, dw), UnitGrad{}, back)
		})
	}
}
