package search_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// TestTimeCutsTheSequence: a study whose time is over is a prefix of the longer one.
func TestTimeCutsTheSequence(t *testing.T) {
	d := define(t, study, "search.racing=false")
	full := storetest.NewMemory()
	complete(t, driver(d, full, &trainertest.Synthetic{}, 1))
	var mu sync.Mutex
	now := time.Now()
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	cut := storetest.NewMemory()
	// A training begins while the one before is being saved. Its hour must not count for
	// both, so it waits until that one is counted.
	counted := make(chan struct{}, 1)
	counted <- struct{}{}
	dr := driver(d, cut, &trainertest.Synthetic{Before: func(context.Context, objective.Job) error {
		<-counted
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Hour)
		return nil
	}}, 1)
	dr.Clock, dr.Deadline = clock, now.Add(7*time.Hour+30*time.Minute)
	dr.Observe = func(e search.Event) {
		if e.Kind == search.EventRun && e.Run.Kind == objective.RunTrained {
			counted <- struct{}{}
		}
	}
	summary, err := dr.Run(t.Context(), nil)
	// 7 fit. It is fewer where an hour passes while the next step is decided, since deciding
	// then seems to take as long.
	if err != nil || summary.End != search.EndTime || summary.Trained > 7 || summary.Trained < 5 {
		t.Fatalf("end %q, %d trained, error %v; want time, 7 or a little less", summary.End, summary.Trained, err)
	}
	for i, r := range cut.Records {
		if diff := cmp.Diff(full.Records[i].Step, r.Step); diff != "" {
			t.Errorf("step %d differs from the longer study's (-longer +cut):\n%s", i+1, diff)
		}
	}
	complete(t, driver(d, cut, &trainertest.Synthetic{}, 1))
	if textOf(cut) != textOf(full) {
		t.Error("the study cut by time and continued differs from the uncut one")
	}
}

// slowSampler takes a while for every suggestion.
type slowSampler struct {
	search.Sampler
	wait func()
}

func (s slowSampler) Suggest(space search.Space, history []search.Observation, rng *rand.Rand) (search.Point, error) {
	s.wait()
	return s.Sampler.Suggest(space, history, rng)
}

// TestTimeCountsDecisions: where choosing a point takes two hours and a training one, a
// decision that no training could follow in time is not begun.
func TestTimeCountsDecisions(t *testing.T) {
	d := define(t, study, "search.racing=false", "search.window=1")
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	pass := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); now = now.Add(d) }
	store := storetest.NewMemory()
	dr := driver(d, store, &trainertest.Synthetic{Before: func(context.Context, objective.Job) error {
		pass(time.Hour)
		return nil
	}}, 1)
	dr.Sampler = slowSampler{dr.Sampler, func() { pass(2 * time.Hour) }}
	decisions := 0
	dr.Observe = func(e search.Event) {
		if e.Kind == search.EventSuggesting {
			decisions++
		}
	}
	dr.Clock = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	dr.Deadline = now.Add(20 * time.Hour)
	summary, err := dr.Run(t.Context(), nil)
	if err != nil || summary.End != search.EndTime || len(store.Records) != decisions || now.After(dr.Deadline) {
		t.Errorf("end %q at %v, %d steps of %d decisions, error %v; want the end of time, not after %v, and all decided steps begun",
			summary.End, now, len(store.Records), decisions, err, dr.Deadline)
	}
}

// TestReferenceTellsTheTimeOfOffsets: the event of the reference says what share of the
// time of fitting offsets a confirmation will need. Seeds side by side make each other
// wait.
func TestReferenceTellsTheTimeOfOffsets(t *testing.T) {
	d := define(t, study)
	var ticks atomic.Int64
	dr := driver(d, storetest.NewMemory(), newShifting(1), 1)
	dr.Clock = func() time.Time { return time.Unix(60*ticks.Add(1), 0) }
	var mu sync.Mutex
	least := time.Hour
	dr.Observe = func(e search.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind == search.EventReference {
			least = min(least, e.Offsets)
		}
	}
	complete(t, dr)
	if want := time.Minute * 3 / 7; (least - want).Abs() > time.Second {
		t.Errorf("offsets are said to take %v; want %v of the minute that all fits take", least, want)
	}
}

// lateStore is a store whose answer about the screen comes when the time of the search is
// over.
type lateStore struct{ *storetest.Memory }

func (s lateStore) ScreenSeeds(ctx context.Context) ([]int, error) {
	if _, limited := ctx.Deadline(); limited {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.Memory.ScreenSeeds(ctx)
}

// TestTimeEndsNoStoreCall: a deadline that comes while the history is read ends the search
// by its time, and is no fault of the history.
func TestTimeEndsNoStoreCall(t *testing.T) {
	d := define(t, study, "search.screen=auto", "search.trials=2")
	dr := driver(d, nil, &trainertest.Synthetic{Response: 1, PerClass: 400}, 1)
	dr.Store, dr.Clock = lateStore{storetest.NewMemory()}, time.Now
	dr.Deadline = time.Now().Add(100 * time.Millisecond)
	if summary, err := dr.Run(t.Context(), nil); err != nil || summary.End != search.EndTime && summary.End != search.EndComplete {
		t.Errorf("the search ends as %q with error %v; want it to end by its time", summary.End, err)
	}
}

// TestDecisionEndsWithItsContext: a decision that takes long keeps nobody who has given up, or
// whose time is over.
func TestDecisionEndsWithItsContext(t *testing.T) {
	d := define(t, study, "search.racing=false")
	for _, late := range []bool{false, true} {
		forever := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		dr := driver(d, storetest.NewMemory(), &trainertest.Synthetic{}, 1)
		begun := make(chan struct{}, 1)
		dr.Sampler = slowSampler{dr.Sampler, func() { begun <- struct{}{}; <-forever }}
		want := search.EndStopped
		if late {
			want, dr.Deadline = search.EndTime, time.Now().Add(100*time.Millisecond)
		} else {
			go func() { <-begun; cancel() }()
		}
		if summary, err := dr.Run(ctx, nil); err != nil || summary.End != want || summary.Trials != 0 {
			t.Errorf("end %q, %d trials, error %v; want %q and none", summary.End, summary.Trials, err, want)
		}
		cancel()
		close(forever)
	}
}
