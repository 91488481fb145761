package nets_test

import (
	"math/rand/v2"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets"
	"evenkeel/objective/trainers/nets/kernels"
)

// BenchmarkRun times whole runs at every kernel level: softmax and mlp on the
// embedded sample, 4,800 training examples and 15 epochs; cnn on 3,840 images of
// 3x32x32 pixels and one epoch, for time. The batch is 128. images/s counts
// every example of every optimiser step; loading, the validation loss of each epoch
// and the final measurement, of 1,200 and 128 validation examples and of the
// training part, are in the time.
func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		name   string
		splits *data.Splits
		model  map[string]any
		epochs int
	}{
		{"softmax", embedded(b), softmax(), 15},
		{"mlp", embedded(b), mlp(), 15},
		{"cnn", images(3840, 128), cnn("epochs", int64(1)), 1},
	} {
		for _, l := range kernels.Levels() {
			b.Run(c.name+"/"+l.String(), func(b *testing.B) {
				tr, err := nets.New(c.splits, nets.Options{Kernels: l.String()})
				if err != nil {
					b.Fatal(err)
				}
				seed := int64(0)
				for b.Loop() {
					seed++
					train(b, tr, objective.Job{Spec: specOf(tr, c.model, seed)})
				}
				images := float64(c.splits.Train.Len()*c.epochs) * float64(b.N)
				b.ReportMetric(images/b.Elapsed().Seconds(), "images/s")
			})
		}
	}
}

// images are noise of the size of CIFAR-10's images.
func images(train, val int) *data.Splits {
	rng := rand.New(rand.NewPCG(1, 2))
	part := func(n int) data.Part {
		p := data.Part{X: make([]float32, n*3072), Y: make([]uint16, n)}
		for i := range p.X {
			p.X[i] = rng.Float32()
		}
		for i := range p.Y {
			p.Y[i] = uint16(i % 10)
		}
		return p
	}
	return &data.Splits{
		Dataset: &data.Dataset{Source: "noise", Classes: make([]string, 10), Shape: []int{3, 32, 32}, Fingerprint: "noise"},
		Train:   part(train), Val: part(val),
	}
}
