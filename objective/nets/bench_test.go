package nets_test

import (
	"testing"

	"evenkeel/objective"
)

// BenchmarkTrain times whole runs on the embedded sample, 4,800 training
// examples and 15 epochs at batch 128: images/s counts every example of every
// optimiser step; loading, the validation loss of each epoch and the final
// measurement are in the time.
func BenchmarkTrain(b *testing.B) {
	for name, model := range map[string]map[string]any{"softmax": softmax(), "mlp": mlp()} {
		b.Run(name, func(b *testing.B) {
			splits := embedded(b)
			tr := trainerOn(b, splits)
			seed := int64(0)
			for b.Loop() {
				seed++
				train(b, tr, objective.Job{Spec: specOf(tr, model, seed)})
			}
			images := float64(splits.Train.Len()) * 15 * float64(b.N)
			b.ReportMetric(images/b.Elapsed().Seconds(), "images/s")
		})
	}
}
