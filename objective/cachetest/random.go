package cachetest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"evenkeel/objective"
)

// Random returns a spec and a result with random contents, awkward numbers
// included: what a trainer could answer, and now and then less of it.
func Random(rng *rand.Rand) (objective.Spec, *objective.Result) {
	classes := 2 + rng.IntN(6)
	if rng.IntN(8) == 0 {
		classes = 257 + rng.IntN(40) // more than a byte can tell apart
	}
	spec := objective.Spec{
		Schema: objective.SpecVersion, Trainer: "random", Version: "1", Numerics: "none", Data: "data",
		Model: map[string]any{"kind": "softmax", "learning_rate": rng.Float64(), "epochs": int64(rng.IntN(9))},
		Seed:  rng.Int64N(1 << 31),
	}
	if rng.IntN(2) == 0 {
		w := make([]float64, classes)
		for c := range w {
			w[c] = math.Exp(rng.NormFloat64())
		}
		weighted, err := spec.WithWeights(w, "loss", 0)
		if err != nil {
			panic(err) // the weights are positive and finite
		}
		spec = weighted
	}
	return spec, randomResult(rng, classes)
}

func randomResult(rng *rand.Rand, classes int) *objective.Result {
	r := &objective.Result{Stopped: rng.IntN(2) == 0, Seconds: rng.ExpFloat64()}
	truth, predicted := make([]uint16, 3*classes), make([]uint16, 3*classes)
	for e := range truth {
		truth[e], predicted[e] = uint16(e%classes), uint16(rng.IntN(classes))
	}
	matrix, err := objective.ConfusionFromLabels(classes, truth, predicted)
	if err != nil {
		panic(err) // the labels are below classes
	}
	r.Val = matrix
	if rng.IntN(2) == 0 {
		r.Train = objective.NewConfusion(classes)
		for c := range classes {
			r.Train.Add(c, rng.IntN(classes), 1+rng.Int64N(1<<40))
		}
	}
	if rng.IntN(4) == 0 {
		r.Test = objective.NewConfusion(classes)
		for c := range classes {
			r.Test.Add(c, c, 1+rng.Int64N(9))
		}
		randomTest(rng, r)
	}
	if rng.IntN(4) > 0 {
		r.ValPredictions = predicted
	}
	if rng.IntN(4) > 0 {
		r.ValLogits = make([]float32, len(truth)*classes)
		for i := range r.ValLogits {
			r.ValLogits[i] = math.Float32frombits(rng.Uint32()) // NaNs of every kind too
		}
	}
	for e := range rng.IntN(20) {
		r.Epochs = append(r.Epochs, objective.Epoch{Epoch: e + 1, Loss: awkward(rng), ValLoss: awkward(rng)})
	}
	if rng.IntN(2) == 0 {
		r.Parameters = fmt.Sprintf("%016x", rng.Uint64())
	}
	return r
}

// randomTest adds, mostly, what a result says of test examples.
func randomTest(rng *rand.Rand, r *objective.Result) {
	if rng.IntN(4) > 0 {
		for c, n := range r.Test.Support() {
			for range n {
				r.TestPredictions = append(r.TestPredictions, uint16(c))
			}
		}
	}
	if rng.IntN(4) > 0 {
		r.TestLogits = make([]float32, int(r.Test.Total())*r.Test.Classes())
		for i := range r.TestLogits {
			r.TestLogits[i] = math.Float32frombits(rng.Uint32())
		}
	}
}

// awkward returns a number, often one that is easily lost on the way.
func awkward(rng *rand.Rand) float64 {
	special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1, -3, 1 << 60,
		math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1}
	if i := rng.IntN(2 * len(special)); i < len(special) {
		return special[i]
	}
	return rng.NormFloat64()
}
