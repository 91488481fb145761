package explain_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/evidence/posthoc"
)

// score is the one of the built-in study.
var score = objective.Score{Spread: objective.StdDev, Tolerance: 0.02, Penalty: 2}

// world is a made-up classifier of four classes, of which dog and cat are confused
// and it leans away from dog. The zero value of a field is the usual one.
type world struct {
	seeds, each int
	// weights are the arm's; training shifts the logits by response * ln w and
	// scatters them by jitter.
	weights          []float64
	response, jitter float64
	// lean is added to the logit of dog, alike to that of cat for dogs and of dog
	// for cats; sure multiplies all logits.
	lean, alike, sure float64
	// train is the recall on the training part; 0: it was not measured.
	train float64
	// without leaves out what is named: logits, predictions, offsets.
	without string
	// own says that the user's own program trains.
	own bool
}

// usual is a world in which weights do what they should.
func usual() world {
	return world{
		seeds: 6, each: 400, weights: []float64{0.5, 2, 0.8, 0.5},
		response: 1, jitter: 0.05, lean: -1.5, alike: 2, sure: 1, train: 0.9,
	}
}

// logits draws the unweighted model's logits. Images are the same on every seed.
func (w world) logits(seed uint64) (logits []float32, labels []uint16) {
	image, own := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(2, seed))
	for i := range 4 * w.each {
		c := i % 4
		labels = append(labels, uint16(c))
		for k := range 4 {
			z := 1.3*image.NormFloat64() + 0.1*own.NormFloat64()
			switch {
			case k == c:
				z += 4
			case c == 1 && k == 2 || c == 2 && k == 1:
				z += w.alike
			}
			if k == 1 {
				z += w.lean
			}
			logits = append(logits, float32(w.sure*z))
		}
	}
	return logits, labels
}

// build returns what a study would have recorded.
func (w world) build(t *testing.T) explain.Case {
	t.Helper()
	c := explain.Case{Classes: []string{"car", "dog", "cat", "ship"}, Score: score, Trial: 7, Round: 1, OwnScript: w.own}
	shift := posthoc.FromWeights(w.weights)
	for s := range w.seeds {
		logits, labels := w.logits(uint64(s))
		plain := part(t, logits, labels)
		trained := make([]float32, len(logits))
		noise := rand.New(rand.NewPCG(3, uint64(s)))
		var scatter [4]float64
		for k := range scatter {
			scatter[k] = w.jitter * noise.NormFloat64()
		}
		for i, z := range logits {
			trained[i] = z + float32(w.response*shift[i%4]+scatter[i%4])
		}
		weighted := part(t, trained, labels)
		zero := make([]float64, 4)
		before, after := w.round(0, nil, plain.Confusion(zero)), w.round(1, w.weights, weighted.Confusion(zero))
		c.Replicates = append(c.Replicates, objective.Replicate{
			Replicate: s, Seed: int64(s), Reference: before, Rounds: []objective.Round{before, after},
		})
		c.References = append(c.References, before.Spread)
		var o explain.Outputs
		if w.without != "logits" {
			o.Plain, o.Weighted = plain, weighted
		}
		if w.without != "predictions" {
			o.Labels, o.Before, o.After = labels, plain.Predict(zero, nil), weighted.Predict(zero, nil)
			o.Reference = o.Before
		}
		if w.without != "offsets" {
			o.Offsets = w.offsets(t, s, plain)
		}
		c.Outputs = append(c.Outputs, o)
	}
	return c
}

// fitted remembers fits, which take most of the time: worlds differ in what
// weights do far more often than in the unweighted model.
var fitted sync.Map

// offsets fits offsets to the unweighted model of a seed.
func (w world) offsets(t *testing.T, seed int, plain *posthoc.Logits) *explain.Offsets {
	key := fmt.Sprint(seed, w.each, w.lean, w.alike, w.sure)
	if o, ok := fitted.Load(key); ok {
		return o.(*explain.Offsets)
	}
	folds, err := posthoc.NewFolds(plain)
	if err != nil {
		t.Fatal(err)
	}
	fit := folds.Fit(score)
	o := &explain.Offsets{Values: fit.All.Offsets, Val: fit.Confusion, Spread: fit.Spread(score.Spread), Drop: fit.Drop()}
	fitted.Store(key, o)
	return o
}

// round measures a matrix.
func (w world) round(number int, weights []float64, val *objective.Confusion) objective.Round {
	r := objective.Round{
		Round: number, Weights: weights, Val: val, Spread: score.Spread.Of(val.Recall()),
		BalancedAccuracy: val.BalancedAccuracy(), Accuracy: val.Accuracy(),
	}
	if w.train > 0 {
		right := int64(1000 * w.train)
		rows := make([][]int64, 4)
		for k := range rows {
			rows[k] = make([]int64, 4)
			rows[k][k], rows[k][(k+1)%4] = right, 1000-right
		}
		r.Train = matrix(rows...)
	}
	return r
}

func part(t *testing.T, logits []float32, labels []uint16) *posthoc.Logits {
	t.Helper()
	p, err := posthoc.NewLogits(4, logits, labels)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func matrix(rows ...[]int64) *objective.Confusion {
	m, err := objective.ConfusionFromRows(rows)
	if err != nil {
		panic(err)
	}
	return m
}

// explainedWorld explains the case that a world gives.
func explainedWorld(t *testing.T, w world) *explain.Report {
	t.Helper()
	return explained(t, w.build(t))
}

func explained(t *testing.T, c explain.Case) *explain.Report {
	t.Helper()
	r, err := explain.Explain(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// finding returns a finding by name; ok is false if it is not there.
func finding(r *explain.Report, name string) (explain.Finding, bool) {
	for _, d := range r.Findings {
		if d.Name == name {
			return d, true
		}
	}
	return explain.Finding{}, false
}

// step reports whether a step is proposed.
func step(r *explain.Report, name string) bool {
	for _, s := range r.Next {
		if s.Name == name {
			return true
		}
	}
	return false
}
