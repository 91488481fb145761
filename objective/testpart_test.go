package objective_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/objective/trainers/trainertest"
)

// counting returns a synthetic trainer that counts its trainings without and
// with the test part.
func counting() (t *trainertest.Synthetic, plain, test *atomic.Int64) {
	plain, test = new(atomic.Int64), new(atomic.Int64)
	return &trainertest.Synthetic{Response: 1, Before: func(_ context.Context, job objective.Job) error {
		if job.Test {
			test.Add(1)
		} else {
			plain.Add(1)
		}
		return nil
	}}, plain, test
}

// TestTestPartIsAskedForOnce: a run that is known without its test part is trained
// again with it, once, whoever asks; afterwards both kinds are served.
func TestTestPartIsAskedForOnce(t *testing.T) {
	trainer, plain, test := counting()
	cache := cachetest.NewMemory()
	for _, part := range []string{"first runner", "a runner that only has the cache"} {
		r := objective.NewRunner(trainer, cache, 3, time.Now, nil)
		a, err := r.Run(t.Context(), seeded(1))
		if err != nil {
			t.Fatal(err)
		}
		if part == "first runner" && a.Result.Test != nil {
			t.Error("Run gave a test part that nobody asked for")
		}
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				b, err := r.RunTest(t.Context(), seeded(1))
				if err != nil || b.Run != a.Run || b.Result.Test == nil || b.Result.TestLogits == nil || !b.Result.Val.Equal(a.Result.Val) {
					t.Errorf("%s: RunTest = %v, %v; want the same run with its test part", part, b.Run, err)
				}
			})
		}
		wg.Wait()
	}
	if plain.Load() != 1 || test.Load() != 1 {
		t.Errorf("trained %d times without and %d times with the test part; want once each", plain.Load(), test.Load())
	}
	r := objective.NewRunner(trainer, cache, 1, time.Now, nil)
	if _, err := r.RunTest(t.Context(), seeded(2)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Run(t.Context(), seeded(2)); err != nil || plain.Load() != 1 {
		t.Errorf("a run with its test part did not serve one without: error %v, %d trainings", err, plain.Load())
	}
}

// TestTestLogitsOfWeightedRunsAreDropped: nothing reads them.
func TestTestLogitsOfWeightedRunsAreDropped(t *testing.T) {
	trainer, _, _ := counting()
	r := objective.NewRunner(trainer, newMemory(), 1, time.Now, nil)
	spec, err := seeded(1).WithWeights([]float64{1, 2, 3, 4}, "loss", 0)
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.RunTest(t.Context(), spec)
	if err != nil || a.Result.TestPredictions == nil || a.Result.TestLogits != nil {
		t.Errorf("error %v; want test predictions and no test logits", err)
	}
}

// drifting gives another model each time it is asked.
type drifting struct {
	*trainertest.Synthetic
	calls *atomic.Int64
}

func (d drifting) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	job.Spec.Seed += d.calls.Add(1)
	return d.Synthetic.Train(ctx, job)
}

// untested never evaluates the test part.
type untested struct{ *trainertest.Synthetic }

func (u untested) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	job.Test = false
	return u.Synthetic.Train(ctx, job)
}

func TestTestPartOfAnotherModelIsRefused(t *testing.T) {
	trainer := drifting{&trainertest.Synthetic{}, new(atomic.Int64)}
	cache := newMemory()
	r := objective.NewRunner(trainer, cache, 1, time.Now, nil)
	if _, err := r.Run(t.Context(), seeded(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.RunTest(t.Context(), seeded(1)); !errors.Is(err, objective.ErrIrreproducible) {
		t.Errorf("error %v; want ErrIrreproducible", err)
	}
	if cache.saves.Load() != 1 {
		t.Errorf("%d results saved; want the first alone", cache.saves.Load())
	}
	r = objective.NewRunner(untested{&trainertest.Synthetic{}}, newMemory(), 1, time.Now, nil)
	if _, err := r.RunTest(t.Context(), seeded(1)); err == nil {
		t.Error("a result without the test part that was asked for is accepted")
	}
}

// TestOnlyTheLastRoundIsTested: of a replicate, the reference and the last round
// are asked for with their test part and no other run.
func TestOnlyTheLastRoundIsTested(t *testing.T) {
	trainer, plain, test := counting()
	e, _ := evaluator(t, trainer)
	p := plan(t, "mean-ratio", 2, 3)
	p.Model = map[string]any{"epochs": int64(7)} // a model of its own
	tested, _, err := e.ReplicateTest(t.Context(), p, 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	if plain.Load() != 3 || test.Load() != 2 {
		t.Errorf("%d runs without and %d with the test part; want rounds 0 to 2 and the reference with round 3", plain.Load(), test.Load())
	}
	if tested.Last.Test == nil || tested.ReferenceResult.Test == nil || !tested.Last.Val.Equal(tested.Rounds[3].Val) {
		t.Error("the results are not those of the reference and the last round")
	}
	rep, _, err := e.Replicate(t.Context(), p, 0, 5)
	if err != nil || rep.Rounds[3].Run != tested.Rounds[3].Run {
		t.Errorf("Replicate = round 3 %v, error %v; want that of ReplicateTest", rep.Rounds[3].Run, err)
	}
	if plain.Load() != 3 || test.Load() != 2 {
		t.Error("a replicate that was measured before trained again")
	}
}
