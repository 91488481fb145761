package posthoc_test

import (
	"math/rand/v2"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/schemes"
)

// score is the one of the default study, but for the tolerance.
var score = objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2}

// world draws logits of a made-up classifier: an example of class t has logits
// mean[t] plus independent normal noise.
type world struct {
	mean  [][]float64
	noise float64
}

// uneven returns a world whose classes differ: some pairs are alike, and the
// classifier leans to some classes.
func uneven(classes int, rng *rand.Rand) world {
	w := world{noise: 1.5, mean: make([][]float64, classes)}
	bias := make([]float64, classes)
	for c := range bias {
		bias[c] = 0.5 * rng.NormFloat64()
	}
	for t := range w.mean {
		w.mean[t] = make([]float64, classes)
		for c := range w.mean[t] {
			w.mean[t][c] = bias[c] + rng.NormFloat64()
		}
		w.mean[t][t] += 5
		w.mean[t][(t^1)%classes] += 2 * rng.Float64()
	}
	return w
}

// even returns a world in which all classes are alike. With margin 0 the logits
// say nothing of the labels.
func even(classes int, margin float64) world {
	w := world{noise: 1.5, mean: make([][]float64, classes)}
	for t := range w.mean {
		w.mean[t] = make([]float64, classes)
		w.mean[t][t] = margin
	}
	return w
}

// draw returns n examples of each class.
func (w world) draw(t testing.TB, rng *rand.Rand, n int) *posthoc.Logits {
	t.Helper()
	logits, labels := w.logits(rng, n)
	return part(t, len(w.mean), logits, labels)
}

// logits returns what draw makes a part of.
func (w world) logits(rng *rand.Rand, n int) (logits []float32, labels []uint16) {
	for i := range n * len(w.mean) {
		c := i % len(w.mean)
		labels = append(labels, uint16(c))
		for _, m := range w.mean[c] {
			logits = append(logits, float32(m+w.noise*rng.NormFloat64()))
		}
	}
	return logits, labels
}

func part(t testing.TB, classes int, logits []float32, labels []uint16) *posthoc.Logits {
	t.Helper()
	p, err := posthoc.NewLogits(classes, logits, labels)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func folds(t testing.TB, p *posthoc.Logits) *posthoc.Folds {
	t.Helper()
	f, err := posthoc.NewFolds(p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func generator(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 5)) }

// recipe returns a scheme of the catalogue with one value.
func recipe(t testing.TB, scheme, param string, value float64) schemes.Recipe {
	t.Helper()
	s, err := schemes.Lookup(scheme)
	if err != nil {
		t.Fatal(err)
	}
	r := schemes.Recipe{Scheme: s}
	if param != "" {
		r.Values = schemes.Values{param: value}
	}
	return r
}
