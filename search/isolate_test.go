package search_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// dying is a store that has seen the program die before anything was recorded.
type dying struct {
	*storetest.Memory
	deaths int
}

func (d dying) Deaths(context.Context) (int, error) { return d.deaths, nil }

// isolation counts runs that are isolated and runs that are not, and breaks the search off after
// a number of runs, 0 for never.
type isolation struct {
	mu          sync.Mutex
	own, shared int
	after       int
	cancel      func()
}

func (i *isolation) note(_ context.Context, job objective.Job) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if job.Isolated {
		i.own++
	} else {
		i.shared++
	}
	if i.own+i.shared == i.after {
		i.cancel()
	}
	return nil
}

// TestDeathsIsolate: after two deaths in a step its trainings are isolated, and those of other
// steps are not; after two before anything was recorded, those up to the first outcome.
func TestDeathsIsolate(t *testing.T) {
	d := define(t, study, "search.racing=false")
	want := storetest.NewMemory()
	complete(t, driver(d, want, &trainertest.Synthetic{Response: 0.3}, 1))
	for _, deaths := range []int{1, 2} {
		m := storetest.NewMemory()
		ctx, cancel := context.WithCancel(t.Context())
		cut := isolation{after: 3, cancel: cancel}
		if _, err := driver(d, m, &trainertest.Synthetic{Response: 0.3, Before: cut.note}, 1).Run(ctx, nil); err != nil {
			t.Fatal(err)
		}
		cancel()
		open := 0
		for i := range m.Records {
			if m.Records[i].Outcome == nil {
				m.Records[i].Deaths = deaths
				open++
			}
		}
		var seen isolation
		var said []string
		dr := driver(d, m, &trainertest.Synthetic{Response: 0.3, Before: seen.note}, 1)
		dr.Observe = func(e search.Event) {
			if e.Kind == search.EventNotice && strings.Contains(e.Text, "the program died") {
				said = append(said, e.Text)
			}
		}
		complete(t, dr)
		if cut.own > 0 || open == 0 || seen.shared == 0 || (seen.own > 0) != (deaths >= 2) || len(said) != open*(deaths/2) {
			t.Errorf("%d deaths in %d steps: %d trainings isolated before, %d after, %d not; said %q", deaths, open, cut.own, seen.own, seen.shared, said)
		}
		if textOf(m) != textOf(want) {
			t.Errorf("%d deaths: another study", deaths)
		}

		fresh := storetest.NewMemory()
		var all isolation
		complete(t, driver(d, dying{fresh, deaths}, &trainertest.Synthetic{Response: 0.3, Before: all.note}, 1))
		if (all.own > 0) != (deaths >= 2) || all.shared == 0 || textOf(fresh) != textOf(want) {
			t.Errorf("%d deaths before anything: %d trainings isolated, %d not, the same study %v", deaths, all.own, all.shared, textOf(fresh) == textOf(want))
		}
	}
}
