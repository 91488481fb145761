package search_test

import (
	"fmt"
	"testing"

	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search/storetest"
)

// TestEvaluationsAreAnnounced drives studies of many sizes to their end and
// counts: as many evaluations as announced, no trial with more seeds than
// allowed, none below its first ones.
func TestEvaluationsAreAnnounced(t *testing.T) {
	for _, c := range []struct{ trials, replicates, most, want int }{
		{1, 1, 1, 1},                      // nothing to race
		{1, 1, 5, 1 + 2 + 2},              // alone in every rung
		{2, 1, 2, 2 + 1},                  // the better one gets a second seed
		{3, 1, 5, 3 + 2 + 2},              // a third is one
		{4, 2, 3, 8 + 2},                  // two of four get a third seed
		{7, 1, 3, 7 + 3*2},                // no second rung above three seeds
		{12, 1, 5, 12 + 4*2 + 3*2},        // the default's shape
		{10, 3, 5, 30 + 3*2},              // the first rung is skipped
		{10, 4, 4, 40},                    // all have the most
		{30, 1, 10, 30 + 10*2 + 3*(10-3)}, // far
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			d := define(t, study, fmt.Sprintf("search.trials=%d", c.trials),
				fmt.Sprintf("search.replicates=%d", c.replicates), fmt.Sprintf("search.max_replicates=%d", c.most))
			m := storetest.NewMemory()
			complete(t, driver(d, m, &trainertest.Synthetic{Response: 0.3}, 4))
			made, seeds := 0, make(map[int]int)
			for _, r := range m.Records {
				made += len(r.Step.Replicates)
				for _, n := range r.Step.Replicates {
					if n != seeds[r.Step.Trial] {
						t.Errorf("trial %d gets seed %d after %d seeds", r.Step.Trial, n, seeds[r.Step.Trial])
					}
					seeds[r.Step.Trial]++
				}
			}
			if announced := d.Search.Evaluations(); made != c.want || announced != c.want {
				t.Errorf("%d evaluations made, %d announced; want %d", made, announced, c.want)
			}
			for trial, n := range seeds {
				if n < c.replicates || n > c.most {
					t.Errorf("trial %d has %d seeds, outside %d to %d", trial, n, c.replicates, c.most)
				}
			}
		})
	}
}
