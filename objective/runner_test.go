package objective_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/objective/trainers/trainertest"
)

// memory is a cache in memory that counts the runs that it saved, and may be full.
type memory struct {
	*cachetest.Memory
	saves atomic.Int64
	fail  error
}

func newMemory() *memory { return &memory{Memory: cachetest.NewMemory()} }

func (m *memory) Save(ctx context.Context, id objective.RunID, spec objective.Spec, r *objective.Result) error {
	if m.fail != nil {
		return m.fail
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.saves.Add(1)
	return m.Memory.Save(ctx, id, spec, r)
}

func seeded(seed int64) objective.Spec {
	s := baseSpec()
	s.Seed = seed
	return s
}

// TestSingleFlight: many ask at once for a few runs; each is trained once.
func TestSingleFlight(t *testing.T) {
	cache := newMemory()
	var started atomic.Int64
	release := make(chan struct{})
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error {
		started.Add(1)
		<-release
		return nil
	}}
	runner := objective.NewRunner(trainer, cache, 4, time.Now, nil)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, err := runner.Run(t.Context(), seeded(int64(i%4))); err != nil {
				t.Error(err)
			}
		})
	}
	close(release)
	wg.Wait()
	trained, shared := runner.Counts()
	if started.Load() != 4 || trained != 4 || shared != 36 || cache.saves.Load() != 4 {
		t.Errorf("started %d, trained %d, shared %d, saved %d; want 4, 4, 36, 4", started.Load(), trained, shared, cache.saves.Load())
	}
}

// TestFailuresAreNotShared: a failure is not kept, so the next one tries again.
func TestFailuresAreNotShared(t *testing.T) {
	var calls atomic.Int64
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error {
		if calls.Add(1) == 1 {
			return errors.New("loss is NaN")
		}
		return nil
	}}
	runner := objective.NewRunner(trainer, newMemory(), 1, time.Now, nil)
	if _, err := runner.Run(t.Context(), seeded(1)); err == nil || !strings.Contains(err.Error(), "loss is NaN") {
		t.Fatalf("first run: error %v, want the trainer's", err)
	}
	if _, err := runner.Run(t.Context(), seeded(1)); err != nil {
		t.Fatalf("second run: %v", err)
	}
}

// TestWaiterOutlivesCancelledLeader: who waits for a run gets it even if the one
// who asked first gives up.
func TestWaiterOutlivesCancelledLeader(t *testing.T) {
	entered := make(chan struct{}, 2)
	var calls atomic.Int64
	trainer := &trainertest.Synthetic{Before: func(ctx context.Context, _ objective.Job) error {
		entered <- struct{}{}
		if calls.Add(1) == 1 {
			<-ctx.Done()
			return fmt.Errorf("epoch 3: %w", ctx.Err())
		}
		return nil
	}}
	runner := objective.NewRunner(trainer, newMemory(), 2, time.Now, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := runner.Run(ctx, seeded(1)); !errors.Is(err, context.Canceled) {
			t.Errorf("leader: %v, want cancelled", err)
		}
	})
	<-entered
	wg.Go(func() {
		if _, err := runner.Run(t.Context(), seeded(1)); err != nil {
			t.Errorf("waiter: %v", err)
		}
	})
	cancel()
	wg.Wait()
}

// TestTimeoutOfTheTrainerIsAFailure: a trainer that gives up by a deadline of its
// own has failed; nobody interrupted it.
func TestTimeoutOfTheTrainerIsAFailure(t *testing.T) {
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error {
		return fmt.Errorf("no answer for 10m: %w", context.DeadlineExceeded)
	}}
	var failed atomic.Int64
	runner := objective.NewRunner(trainer, newMemory(), 1, time.Now, func(e objective.RunEvent) {
		if e.Kind == objective.RunFailed {
			failed.Add(1)
		}
	})
	_, err := runner.Run(t.Context(), seeded(1))
	if err == nil || objective.IsInterruption(err) || failed.Load() != 1 {
		t.Errorf("error %v, interruption %v, %d failures reported; want a failure", err, objective.IsInterruption(err), failed.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := runner.Run(ctx, seeded(1)); !objective.IsInterruption(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v under an ended context; want an interruption", err)
	}
}

// TestStopStartsNothingMore: what is under way is finished and kept.
func TestStopStartsNothingMore(t *testing.T) {
	cache := newMemory()
	entered, release := make(chan struct{}), make(chan struct{})
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error {
		close(entered)
		<-release
		return nil
	}}
	runner := objective.NewRunner(trainer, cache, 1, time.Now, nil)
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := runner.Run(t.Context(), seeded(1)); err != nil {
			t.Errorf("run under way: %v", err)
		}
	})
	<-entered
	wg.Go(func() {
		if _, err := runner.Run(t.Context(), seeded(2)); !errors.Is(err, objective.ErrStopped) {
			t.Errorf("waiting run: %v, want ErrStopped", err)
		}
	})
	runner.Stop()
	close(release)
	wg.Wait()
	if cache.saves.Load() != 1 {
		t.Errorf("%d runs saved, want 1", cache.saves.Load())
	}
	if _, err := runner.Run(t.Context(), seeded(1)); err != nil {
		t.Errorf("a finished run after Stop: %v, want it found", err)
	}
}

// TestFinishedRunIsKeptWhenCancelled: the context ends while the trainer
// returns; the result is durable all the same.
func TestFinishedRunIsKeptWhenCancelled(t *testing.T) {
	cache := newMemory()
	ctx, cancel := context.WithCancel(t.Context())
	runner := objective.NewRunner(cancelling{&trainertest.Synthetic{}, cancel}, cache, 1, time.Now, nil)
	if _, err := runner.Run(ctx, seeded(1)); err != nil {
		t.Fatal(err)
	}
	if cache.saves.Load() != 1 {
		t.Errorf("%d runs saved, want 1", cache.saves.Load())
	}
}

// cancelling cancels a context at the very end of every run.
type cancelling struct {
	objective.Trainer
	cancel context.CancelFunc
}

func (c cancelling) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := c.Trainer.Train(ctx, job)
	c.cancel()
	return r, err
}

// TestDeadline: with trainings of ten minutes each, a third one is not started
// when less than that is left.
func TestDeadline(t *testing.T) {
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error {
		now = now.Add(10 * time.Minute)
		return nil
	}}
	runner := objective.NewRunner(trainer, newMemory(), 1, func() time.Time { return now }, nil)
	runner.SetDeadline(now.Add(25 * time.Minute))
	for seed, want := range []error{nil, nil, objective.ErrStopped} {
		if _, err := runner.Run(t.Context(), seeded(int64(seed))); !errors.Is(err, want) {
			t.Errorf("training %d: %v, want %v", seed+1, err, want)
		}
	}
}

// slowDisk takes a while for every run.
type slowDisk struct {
	*memory
	wait func()
}

func (s slowDisk) Save(ctx context.Context, id objective.RunID, spec objective.Spec, r *objective.Result) error {
	s.wait()
	return s.memory.Save(ctx, id, spec, r)
}

// TestDeadlineCountsSaving: trainings of ten minutes and ten more to save them; a run's
// own seconds are those of its training.
func TestDeadlineCountsSaving(t *testing.T) {
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	wait := func() { now = now.Add(10 * time.Minute) }
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error { wait(); return nil }}
	runner := objective.NewRunner(trainer, slowDisk{newMemory(), wait}, 1, func() time.Time { return now }, nil)
	runner.SetDeadline(now.Add(55 * time.Minute))
	for seed, want := range []error{nil, nil, objective.ErrStopped} {
		a, err := runner.Run(t.Context(), seeded(int64(seed)))
		if !errors.Is(err, want) || err == nil && a.Seconds != 600 {
			t.Errorf("training %d: %v seconds, %v; want 600, %v", seed+1, a.Seconds, err, want)
		}
	}
	if runner.Late(-5*time.Minute) || !runner.Late(0) {
		t.Error("fifteen minutes before the deadline a run of twenty is late, and is not if it began five minutes ago")
	}
}

// TestReserve: what is kept free before the deadline grows with the trainings'
// length. Of 60 minutes, with trainings of ten and three of them in reserve, three
// are started: the fourth would end ten minutes into the reserve.
func TestReserve(t *testing.T) {
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error {
		now = now.Add(10 * time.Minute)
		return nil
	}}
	runner := objective.NewRunner(trainer, newMemory(), 1, func() time.Time { return now }, nil)
	runner.SetDeadline(now.Add(60 * time.Minute))
	runner.SetReserve(func(each time.Duration) time.Duration { return 3 * each })
	for seed, want := range []error{nil, nil, nil, objective.ErrStopped} {
		if _, err := runner.Run(t.Context(), seeded(int64(seed))); !errors.Is(err, want) {
			t.Errorf("training %d: %v, want %v", seed+1, err, want)
		}
	}
}

func TestPanicCostsOneRun(t *testing.T) {
	trainer := &trainertest.Synthetic{Before: func(_ context.Context, job objective.Job) error {
		if job.Spec.Seed == 1 {
			panic("index out of range")
		}
		return nil
	}}
	runner := objective.NewRunner(trainer, newMemory(), 1, time.Now, nil)
	if _, err := runner.Run(t.Context(), seeded(1)); err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("panicking run: %v", err)
	}
	if _, err := runner.Run(t.Context(), seeded(2)); err != nil {
		t.Errorf("the run after it: %v", err)
	}
}

func TestStorageErrorsAreTold(t *testing.T) {
	cache := newMemory()
	cache.fail = errors.New("disk full")
	runner := objective.NewRunner(&trainertest.Synthetic{}, cache, 1, time.Now, nil)
	if _, err := runner.Run(t.Context(), seeded(1)); !errors.Is(err, objective.ErrStorage) || !errors.Is(err, cache.fail) {
		t.Errorf("error %v; want ErrStorage wrapping the cause", err)
	}
}

// TestWrongAnswersFail: a result of another shape is refused, not stored.
func TestWrongAnswersFail(t *testing.T) {
	cache := newMemory()
	runner := objective.NewRunner(claims{&trainertest.Synthetic{Classes: 4}}, cache, 1, time.Now, nil)
	_, err := runner.Run(t.Context(), seeded(1))
	if err == nil || !strings.Contains(err.Error(), "4 classes; want 5") || cache.saves.Load() != 0 {
		t.Errorf("error %v, %d saved", err, cache.saves.Load())
	}
}

// claims says it has one class more than it answers with.
type claims struct{ objective.Trainer }

func (c claims) Info() objective.Info {
	i := c.Trainer.Info()
	i.Classes = append(i.Classes, "one more")
	return i
}

// keeping is a cache that keeps failures.
type keeping struct {
	*memory
	kept []objective.Failure
}

func (k *keeping) KeepFailure(_ context.Context, f objective.Failure) error {
	k.kept = append(k.kept, f)
	return nil
}

// TestNoRoomIsNoFailure: a run that was not started for want of memory is neither kept nor seen as
// failed.
func TestNoRoomIsNoFailure(t *testing.T) {
	for _, want := range []error{&objective.MemoryError{Need: 2, Have: 1}, errors.New("the loss is NaN")} {
		cache, seen := &keeping{memory: newMemory()}, 0
		trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error { return want }}
		runner := objective.NewRunner(trainer, cache, 1, time.Now, func(e objective.RunEvent) {
			if e.Kind == objective.RunFailed {
				seen++
			}
		})
		_, err := runner.Run(t.Context(), seeded(1))
		failures := 1
		if errors.Is(want, objective.ErrNoRoom) {
			failures = 0
		}
		if !errors.Is(err, want) || len(cache.kept) != failures || seen != failures {
			t.Errorf("error %v, %d failures kept, %d seen; want %d of %v", err, len(cache.kept), seen, failures, want)
		}
	}
}

// TestIsolate: the context says so to the trainer.
func TestIsolate(t *testing.T) {
	var asked []bool
	trainer := &trainertest.Synthetic{Before: func(_ context.Context, job objective.Job) error {
		asked = append(asked, job.Isolated)
		return nil
	}}
	runner := objective.NewRunner(trainer, newMemory(), 1, time.Now, nil)
	for i, ctx := range []context.Context{t.Context(), objective.Isolate(t.Context())} {
		if _, err := runner.Run(ctx, seeded(int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if len(asked) != 2 || asked[0] || !asked[1] {
		t.Errorf("isolated %v; want the second run only", asked)
	}
}
