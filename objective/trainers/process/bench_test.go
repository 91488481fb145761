//go:build unix

package process

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkRun is what a run costs over an idle program: no training, and no
// files to read.
func BenchmarkRun(b *testing.B) {
	tr := open(b, options(b), defaultWaits)
	j := fault(tr, "exponents", nil)
	for b.Loop() {
		if _, err := tr.Train(b.Context(), j); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkImport reads the logits of 10,000 examples of 10 classes, checks them
// and predicts.
func BenchmarkImport(b *testing.B) {
	const examples, classes = 10_000, 10
	rng := rand.New(rand.NewPCG(1, 1))
	scores := make([]float32, examples*classes)
	for i := range scores {
		scores[i] = rng.Float32()
	}
	dir := testFolder(b, map[string][]byte{"val.npy": npyFile("<f4", []int{examples, classes}, scores)})
	for b.Loop() {
		scores, err := readScores(dir, "val.npy", examples, classes)
		if err != nil {
			b.Fatal(err)
		}
		largest(scores, classes)
	}
}
