package search_test

import (
	"math"
	"testing"

	"evenkeel/search/studyfile"
)

// TestTrainings counts by hand: 9 trials, of which 3 get three seeds and these 3
// five, are 9 + 3*2 + 3*2 = 21 evaluations, and the reference has five seeds.
func TestTrainings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		"weighting: {scheme: [{name: mean-ratio}], rounds: 2}\nsearch: {trials: 9}":                                                     21*2 + 5,
		"weighting: {scheme: [{name: mean-ratio}], rounds: {low: 1, high: 4}}\nsearch: {trials: 9}":                                     21*2.5 + 5,
		"weighting: {scheme: [{name: mean-ratio}], rounds: [1, 4]}\nsearch: {trials: 9, racing: false}":                                 9*2.5 + 1,
		"weighting: {scheme: [{name: mean-ratio}]}\nmodel: {learning_rate: {low: 0.1, high: 1}}\nsearch: {trials: 9, racing: false}":    9*2 + 1,
		"weighting: {scheme: [{name: mean-ratio}]}\nmodel: {kind: command, command: [x], params: {a: [1, 2]}}\nsearch: {trials: 1}":     1*2 + (5-1)*2 + 5,
		"weighting: {scheme: [{name: mean-ratio, exponent: {low: 1, high: 2}}]}\nsearch: {trials: 4, replicates: 2, max_replicates: 2}": 8 + 2,
	} {
		def, err := studyfile.Parse("s.yaml", []byte(text), "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if reference, trials := def.Budget(); float64(reference)+trials != def.Trainings() || reference != max(def.Search.Replicates, def.Search.MaxReplicates) && def.Search.Racing {
			t.Errorf("%s\n%d trainings of the reference and %v of trials", text, reference, trials)
		}
		if got := def.Trainings(); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s\n%v trainings, %d evaluations; want %v", text, got, def.Search.Evaluations(), want)
		}
	}
}
