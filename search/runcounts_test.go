package search_test

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// TestEveryTrainingCountsOnce: in a fresh history every training is counted once, and those that
// another trial had made are the only ones that were not repeated. A second study of the same
// recipes makes none: each of its unweighted runs was found once, however many trials need it.
func TestEveryTrainingCountsOnce(t *testing.T) {
	d := define(t, study, "search.racing=false", "search.replicates=2")
	store := storetest.NewMemory()
	var weighted, unweighted, events int
	dr := driver(d, store, &trainertest.Synthetic{Response: 0.3}, 1)
	dr.Observe = func(e search.Event) {
		if e.Kind == search.EventRun && e.Run.Kind == objective.RunShared {
			events++
		}
		if e.Kind == search.EventOutcome {
			for _, rep := range e.Outcome.Replicates {
				weighted += len(rep.Rounds) - 1
			}
		}
	}
	got := complete(t, dr)
	unweighted = 2
	if got.Trained != len(store.Runs()) || got.Trained+got.Shared != weighted+unweighted || events != got.Shared {
		t.Errorf("%d trainings, %d more (%d events) of %d runs; want in all %d of trials and %d unweighted",
			got.Trained, got.Shared, events, len(store.Runs()), weighted, unweighted)
	}
	again := storetest.NewMemory()
	for id, r := range store.Runs() {
		if err := again.Save(t.Context(), id, objective.Spec{}, r); err != nil {
			t.Fatal(err)
		}
	}
	if got := complete(t, driver(d, again, &trainertest.Synthetic{Response: 0.3}, 1)); got.Trained != 0 || got.Shared != weighted+unweighted {
		t.Errorf("a second study: %d trainings, %d more; want none and %d", got.Trained, got.Shared, weighted+unweighted)
	}
}
