package search_test

import (
	"math"
	"testing"

	"evenkeel/search/studyfile"
)

// TestMostTrainings: with the most seeds and the largest number of rounds for each trial, and
// its own unweighted model where the model is searched.
func TestMostTrainings(t *testing.T) {
	t.Parallel()
	const power = "{name: mean-ratio, exponent: {low: 1, high: 2}}"
	for text, want := range map[string]float64{
		"weighting: {scheme: [" + power + "], rounds: 2}\nsearch: {trials: 9}":                                                  9 * 5 * 2,
		"weighting: {scheme: [" + power + "], rounds: {low: 1, high: 3}}\nsearch: {trials: 8, max_replicates: 8}":               8 * 8 * 3,
		"weighting: {scheme: [" + power + "], rounds: [1, 4]}\nsearch: {trials: 9, racing: false}":                              9 * 4,
		"weighting: {scheme: [" + power + "]}\nmodel: {learning_rate: {low: 0.1, high: 1}}\nsearch: {trials: 9, racing: false}": 9 * 2,
	} {
		def, err := studyfile.Parse("s.yaml", []byte(text), "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if b := def.Budget(); b.MostTrainings != want || b.Trainings > want {
			t.Errorf("%s\nbudget %+v; want at most %v trainings of trials", text, b, want)
		}
	}
}

// TestTrainings counts by hand: 9 trials on three seeds, of which about 5 get five, are
// 9*3 + 5*2 = 37 evaluations, and the reference has five seeds. A space of four points has
// four trials: 4*3 + 2*2 evaluations, or 20 if many are asked for.
func TestTrainings(t *testing.T) {
	t.Parallel()
	const power = "{name: mean-ratio, exponent: {low: 1, high: 2}}"
	for text, want := range map[string]float64{
		"weighting: {scheme: [" + power + "], rounds: 2}\nsearch: {trials: 9}":                                                          37*2 + 5,
		"weighting: {scheme: [" + power + "], rounds: {low: 1, high: 4}}\nsearch: {trials: 9}":                                          37*2.5 + 5,
		"weighting: {scheme: [" + power + "], rounds: [1, 4]}\nsearch: {trials: 9, racing: false}":                                      9*2.5 + 1,
		"weighting: {scheme: [{name: mean-ratio}], rounds: {low: 1, high: 4}}\nsearch: {trials: 9}":                                     16*2.5 + 5,
		"weighting: {scheme: [{name: mean-ratio}], rounds: {low: 1, high: 4}}\nsearch: {trials: 9, racing: false}":                      4*2.5 + 1,
		"weighting: {scheme: [{name: mean-ratio}], rounds: {low: 1, high: 4}}\nsearch: {trials: 90}":                                    20*2.5 + 5,
		"weighting: {scheme: [" + power + "], rounds: 2}\nsearch: {time: 1h}":                                                           0 + 5,
		"weighting: {scheme: [{name: mean-ratio}]}\nmodel: {learning_rate: {low: 0.1, high: 1}}\nsearch: {trials: 9, racing: false}":    9*2 + 1,
		"weighting: {scheme: [{name: mean-ratio}]}\nmodel: {kind: command, command: [x], params: {a: [1, 2]}}\nsearch: {trials: 1}":     1*2 + (5-1)*2 + 5,
		"weighting: {scheme: [{name: mean-ratio, exponent: {low: 1, high: 2}}]}\nsearch: {trials: 4, replicates: 2, max_replicates: 2}": 8 + 2,
	} {
		def, err := studyfile.Parse("s.yaml", []byte(text), "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if b := def.Budget(); math.Abs(b.All()-want) > 1e-9 {
			t.Errorf("%s\n%v trainings, budget %+v; want %v", text, b.All(), b, want)
		}
	}
}
