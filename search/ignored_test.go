package search_test

import (
	"errors"
	"testing"

	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// TestIgnoredWeights: a search whose training ignores the weights ends at its first trial, after
// one probe, for any number of workers, and ends so again; it goes on if asked to.
func TestIgnoredWeights(t *testing.T) {
	def := define(t, study)
	for _, parallel := range []int{1, 4} {
		store := storetest.NewMemory()
		for _, again := range []bool{false, true} {
			dr := driver(def, store, &trainertest.Synthetic{}, parallel)
			dr.KeepGoing = false
			summary, err := dr.Run(t.Context(), nil)
			var ignored *search.IgnoredError
			if !errors.As(err, &ignored) || ignored.Trial != 1 || ignored.Class == "" || !(ignored.Ratio > 1) {
				t.Fatalf("%d workers: error %v; want an IgnoredError of trial 1", parallel, err)
			}
			if summary.End == search.EndComplete || (summary.Trained == 0) != again {
				t.Errorf("%d workers, again %v: %+v; want no end, and the second time no training", parallel, again, summary)
			}
		}
		complete(t, driver(def, store, &trainertest.Synthetic{}, parallel)) // --keep-going
	}
}

// TestHealthyStudiesAreNotProbed: where weights have an effect, nothing more is trained than by a
// search that does not look.
func TestHealthyStudiesAreNotProbed(t *testing.T) {
	def := define(t, study)
	var trained []int
	for _, keepGoing := range []bool{false, true} {
		dr := driver(def, storetest.NewMemory(), &trainertest.Synthetic{Response: 0.3}, 2)
		dr.KeepGoing = keepGoing
		trained = append(trained, complete(t, dr).Trained)
	}
	if trained[0] != trained[1] {
		t.Errorf("%d trainings, %d without looking", trained[0], trained[1])
	}
}

// TestOneProbeSuffices: a weak response that the first weights do not show is found by the probe,
// and the search goes on.
func TestOneProbeSuffices(t *testing.T) {
	def := define(t, study, "weighting.scheme=[{name: mean-ratio, exponent: {low: 0.001, high: 0.002}}]", "weighting.rounds=1")
	var trained []int
	for _, keepGoing := range []bool{false, true} {
		dr := driver(def, storetest.NewMemory(), &trainertest.Synthetic{Response: 0.3, PerClass: 40}, 2)
		dr.KeepGoing = keepGoing
		trained = append(trained, complete(t, dr).Trained)
	}
	if trained[0] != trained[1]+1 {
		t.Errorf("%d trainings, %d without looking; want one probe", trained[0], trained[1])
	}
}
