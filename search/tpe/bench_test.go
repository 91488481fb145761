package tpe_test

import (
	"math"
	"testing"

	"evenkeel/search"
	"evenkeel/search/tpe"
)

// eight is a space of eight parameters, of all kinds.
func eight() search.Space {
	return search.Space{Params: []search.Param{
		{Name: "model.learning_rate", Kind: search.Real, Low: 1e-4, High: 1e-1, Log: true},
		{Name: "model.dropout", Kind: search.Real, Low: 0, High: 0.9},
		{Name: "model.batch", Kind: search.Int, Low: 16, High: 512, Log: true},
		{Name: "weighting.scheme", Kind: search.Categorical, Choices: []any{"mean-ratio", "error-power"}},
		{Name: "exponent", Kind: search.Real, Low: 0.25, High: 16, Log: true},
		{Name: "weighting.rounds", Kind: search.Int, Low: 1, High: 4},
		{Name: "weighting.update", Kind: search.Categorical, Choices: []any{"replace", "accumulate"}},
		{Name: "weighting.damping", Kind: search.Real, Low: 0, High: 0.9, Step: 0.1},
	}}
}

// BenchmarkSuggest measures one suggestion over eight parameters at a history
// of 1,000 trials with one arm each: scattered at random, or as the sampler
// itself gathered them around a minimum, where more kernels count; and the
// latter with an arm for every round of a trial.
func BenchmarkSuggest(b *testing.B) {
	const trials = 1000
	space := eight()
	value := func(p search.Point) float64 {
		return math.Pow(math.Log(p["model.learning_rate"]/1e-2), 2) + math.Pow(math.Log(p["exponent"]), 2) +
			p["model.dropout"] + p["weighting.update"] + 0.1*p["weighting.rounds"] + p["weighting.damping"]
	}
	for _, c := range []struct {
		name              string
		gathered, byRound bool
	}{{"scattered", false, false}, {"gathered", true, false}, {"rounds", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			var history []search.Observation
			for n := range trials {
				known := history
				if !c.gathered {
					known = nil
				}
				point, err := tpe.New().Suggest(space, known, search.Rand(1, n, "suggest"))
				if err != nil {
					b.Fatal(err)
				}
				arms := 1
				if c.byRound {
					arms = int(point["weighting.rounds"])
				}
				for r := 1; r <= arms; r++ {
					history = append(history, search.Observation{
						Point: point, Round: r, Value: value(point) + float64(r)/100, State: search.ObservedComplete, Weight: 1 / float64(arms),
					})
				}
			}
			b.ReportMetric(float64(len(history)), "arms")
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				n++
				if _, err := tpe.New().Suggest(space, history, search.Rand(2, n, "suggest")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
