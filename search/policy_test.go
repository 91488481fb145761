package search_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search/storetest"
)

// TestEvaluationsAreAnnounced drives studies of many sizes to their end and
// counts: no more evaluations than announced, no trial with more seeds than
// allowed, none below its first ones, and one at least with the most.
func TestEvaluationsAreAnnounced(t *testing.T) {
	for _, c := range []struct{ trials, replicates, most, about, mostly int }{
		{1, 1, 1, 1, 1},                             // nothing to race
		{1, 1, 5, 5, 5},                             // alone in the race
		{2, 1, 2, 2 + 2, 4},                         // both get a second seed
		{3, 1, 5, 3 + 3*2 + 2*2, 15},                // three seeds, and two of them five
		{4, 2, 3, 8 + 4, 12},                        // all get a third seed
		{7, 1, 3, 7 + 7*2, 21},                      // none above three seeds
		{12, 1, 5, 12 + 12*2 + 6*2, 60},             // three seeds, and half of them five
		{10, 3, 5, 30 + 5*2, 50},                    // three seeds from the start
		{10, 4, 4, 40, 40},                          // all have the most
		{30, 1, 10, 30 + 30*2 + 15*(10-3), 30 * 10}, // far
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
			if b := d.Budget(); made > c.mostly || b.MostEvaluations != c.mostly || b.Evaluations != c.about || b.Trials != c.trials {
				t.Errorf("%d evaluations made, budget %+v; want about %d, at most %d", made, b, c.about, c.mostly)
			}
			if most := slices.Max(slices.Collect(maps.Values(seeds))); most != c.most {
				t.Errorf("no trial has more than %d seeds; want %d", most, c.most)
			}
			for trial, n := range seeds {
				if n < c.replicates || n > c.most {
					t.Errorf("trial %d has %d seeds, outside %d to %d", trial, n, c.replicates, c.most)
				}
			}
		})
	}
}
