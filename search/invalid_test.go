package search_test

import (
	"testing"

	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search/storetest"
)

// TestInvalidTrialsAreNotRaced: each trial in turn is declared invalid before the
// races. It gets no more seeds, others get some, and the number of trainings at once changes
// nothing.
func TestInvalidTrialsAreNotRaced(t *testing.T) {
	first := define(t, study, "search.racing=false")
	for trial := 1; trial <= 12; trial += 3 {
		var want string
		for _, parallel := range []int{1, 4} {
			m := storetest.NewMemory()
			complete(t, driver(first, m, &trainertest.Synthetic{Response: 0.3}, 4))
			for i := range m.Records {
				if m.Records[i].Step.Trial == trial {
					m.Records[i].Invalid = "by the test"
				}
			}
			complete(t, driver(define(t, study), m, &trainertest.Synthetic{Response: 0.3}, parallel))
			seeds, tiers := make(map[int]int), make(map[int]int)
			for _, r := range m.Records {
				seeds[r.Step.Trial] += len(r.Step.Replicates)
			}
			for _, n := range seeds {
				tiers[n]++
			}
			if len(seeds) != 12 || seeds[trial] != 1 || tiers[5] == 0 {
				t.Errorf("trial %d invalid: seeds by trial %v; want it on one and some others on 5", trial, seeds)
			}
			if want == "" {
				want = textOf(m)
			} else if textOf(m) != want {
				t.Errorf("trial %d invalid: parallel %d gives another study than 1", trial, parallel)
			}
		}
	}
}
