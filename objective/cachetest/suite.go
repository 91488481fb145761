package cachetest

import (
	"math/rand/v2"
	"sync"
	"testing"

	"evenkeel/objective"
)

// Run checks that the caches that open returns, each empty, keep what they promise.
func Run(t *testing.T, open func(t *testing.T) objective.Cache) {
	t.Run("unknown runs are not found", func(t *testing.T) { unknown(t, open(t)) })
	t.Run("found as saved", func(t *testing.T) { roundTrip(t, open(t)) })
	t.Run("the first save is kept", func(t *testing.T) { firstIsKept(t, open(t)) })
	t.Run("a test part is added", func(t *testing.T) { testPartAdded(t, open(t)) })
	t.Run("concurrent use", func(t *testing.T) { concurrent(t, open(t)) })
}

// id returns the address of a spec.
func id(t testing.TB, s objective.Spec) objective.RunID {
	t.Helper()
	id, err := s.ID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// expect finds a run and compares it.
func expect(t testing.TB, c objective.Cache, id objective.RunID, want *objective.Result) {
	t.Helper()
	got, found, err := c.Find(t.Context(), id)
	if err != nil || !found {
		t.Errorf("Find(%s) = _, %v, %v; want the result", id, found, err)
		return
	}
	if err := Difference(want, got); err != nil {
		t.Errorf("Find(%s): %v", id, err)
	}
}

func unknown(t *testing.T, c objective.Cache) {
	spec, _ := Random(rand.New(rand.NewPCG(1, 1)))
	if r, found, err := c.Find(t.Context(), id(t, spec)); r != nil || found || err != nil {
		t.Errorf("Find of an unknown run = %v, %v, %v; want nil, false, nil", r, found, err)
	}
}

func roundTrip(t *testing.T, c objective.Cache) {
	const seed = 20
	rng := rand.New(rand.NewPCG(seed, 2))
	saved := make(map[objective.RunID]*objective.Result)
	for range 60 {
		spec, r := Random(rng)
		if err := c.Save(t.Context(), id(t, spec), spec, r); err != nil {
			t.Fatalf("seed %d: Save: %v", seed, err)
		}
		saved[id(t, spec)] = r
		expect(t, c, id(t, spec), r)
	}
	for id, r := range saved {
		expect(t, c, id, r)
	}
}

func firstIsKept(t *testing.T, c objective.Cache) {
	rng := rand.New(rand.NewPCG(3, 3))
	spec, first := Random(rng)
	_, second := Random(rng)
	withoutTest(second) // which would be added
	for _, r := range []*objective.Result{first, first, second} {
		if err := c.Save(t.Context(), id(t, spec), spec, r); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, c, id(t, spec), first)
}

// testPartAdded: a run that was saved without its test part gets it from a later
// save, and nothing else; the first test part is kept.
func testPartAdded(t *testing.T, c objective.Cache) {
	rng := rand.New(rand.NewPCG(5, 5))
	spec, r := Random(rng)
	for r.Test == nil || r.TestPredictions == nil || r.TestLogits == nil {
		spec, r = Random(rng)
	}
	plain, other := *r, *r
	withoutTest(&plain)
	other.Seconds++
	other.Test, other.TestPredictions, other.TestLogits = r.Val, nil, nil
	_, unlike := Random(rng)
	unlike.Test, unlike.TestPredictions, unlike.TestLogits = r.Test, r.TestPredictions, r.TestLogits
	for i, save := range []*objective.Result{&plain, unlike, &other} {
		if err := c.Save(t.Context(), id(t, spec), spec, save); err != nil {
			t.Fatal(err)
		}
		want := r
		if i == 0 {
			want = &plain
		}
		expect(t, c, id(t, spec), want)
	}
}

// withoutTest takes the test part from a result.
func withoutTest(r *objective.Result) {
	r.Test, r.TestPredictions, r.TestLogits, r.TestLabels = nil, nil, nil, nil
}

func concurrent(t *testing.T, c objective.Cache) {
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(worker/2), 4)) // two workers save the same runs
			for range 20 {
				spec, r := Random(rng)
				if err := c.Save(t.Context(), id(t, spec), spec, r); err != nil {
					t.Errorf("Save: %v", err)
					return
				}
				expect(t, c, id(t, spec), r)
			}
		})
	}
	wg.Wait()
}
