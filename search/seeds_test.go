package search_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// counting is a store that counts how often a run is looked up.
type counting struct {
	*storetest.Memory
	finds atomic.Int64
}

func (c *counting) Find(ctx context.Context, id objective.RunID) (*objective.Result, bool, error) {
	c.finds.Add(1)
	return c.Memory.Find(ctx, id)
}

// TestPendingSeedsCostNothing: of the most seeds that a trial may have, those that wait for a
// slot have no goroutine, and when the search is stopped nothing is done for them.
func TestPendingSeedsCostNothing(t *testing.T) {
	const parallel, window, trainings = 2, 4, 300
	d := define(t, study, "search.replicates=1000", "search.max_replicates=1000", "search.window=4", "search.racing=false", "weighting.rounds=1")
	store, stop := &counting{Memory: storetest.NewMemory()}, make(chan struct{})
	var trained atomic.Int64
	var most atomic.Int64
	before := int64(runtime.NumGoroutine())
	dr := driver(d, store, &trainertest.Synthetic{Response: 0.3, Before: func(context.Context, objective.Job) error {
		most.Store(max(most.Load(), int64(runtime.NumGoroutine()))) // a lower one of two at once will do
		if trained.Add(1) == trainings {
			close(stop)
		}
		return nil
	}}, parallel)
	summary, err := dr.Run(t.Context(), stop)
	if err != nil || summary.End != search.EndStopped {
		t.Fatalf("end %q, error %v; want it stopped", summary.End, err)
	}
	// Two for each slot and step, and some of the driver, the runtime and other tests.
	if got, want := most.Load()-before, int64(2*parallel*window+40); got > want {
		t.Errorf("%d goroutines while 4 steps of 1000 seeds are under way; want at most %d", got, want)
	}
	// A seed looks up its reference, its own unweighted round and one weighted round.
	if got, want := store.finds.Load(), int64(3*trainings+10*parallel*window); got > want {
		t.Errorf("%d runs looked up for %d trainings; want at most %d", got, trainings, want)
	}
}
