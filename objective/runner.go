package objective

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// ErrStopped is returned by [Runner.Run] for a run that was not started because
// of [Runner.Stop] or the deadline.
var ErrStopped = errors.New("stopped before the training run was started")

// errInterrupted is wrapped by the errors of a [Runner] whose caller's context
// ended. A trainer's own timeout is not one of them: it is a failure of the run.
var errInterrupted = errors.New("interrupted")

// RunEvent is something that happened to a run, for the observer of a [Runner].
type RunEvent struct {
	Kind RunEventKind
	Run  RunID
	Spec Spec
	// Test says that the run was asked for with its test part.
	Test bool
	// Epoch is set for RunEpoch.
	Epoch Epoch
	// Seconds is set for RunTrained.
	Seconds float64
	// Err is set for RunFailed.
	Err error
}

// RunEventKind is the kind of a [RunEvent].
type RunEventKind string

// The kinds of run events.
const (
	RunStarted RunEventKind = "started" // training begins
	RunEpoch   RunEventKind = "epoch"   // an epoch is over
	RunTrained RunEventKind = "trained" // trained and durable
	RunShared  RunEventKind = "shared"  // found, or computed by somebody who asked first
	RunFailed  RunEventKind = "failed"
)

// Runner turns specs into results: it computes every run once, for all callers,
// keeps at most a given number of trainings going, and makes each result
// durable before anybody sees it. Results are shared and must not be changed.
// It is safe for concurrent use.
type Runner struct {
	trainer Trainer
	classes int
	cache   Cache
	slots   chan struct{}
	observe func(RunEvent)
	clock   func() time.Time

	stop     chan struct{}
	stopOnce sync.Once

	mu sync.Mutex
	// flights are the runs being computed, with and without their test part.
	flights map[request]*flight
	// recent holds the last unweighted results, which many trials ask for.
	recent   map[RunID]*Result
	order    []RunID
	deadline time.Time
	reserve  func(each time.Duration) time.Duration
	trained  int
	shared   int
	seconds  float64 // spent in successful trainings, until they were saved
	// before is the duration to expect before the first of them.
	before time.Duration
}

// request is one request of a caller.
type request struct {
	id   RunID
	test bool
}

// flight is a run being computed; done is closed when result and err are set.
type flight struct {
	done   chan struct{}
	result *Result
	err    error
}

// NewRunner returns a runner that performs at most parallel trainings at once.
// observe may be nil; it is called from several goroutines. clock is read only
// to keep the deadline and to time trainings.
func NewRunner(t Trainer, c Cache, parallel int, clock func() time.Time, observe func(RunEvent)) *Runner {
	if observe == nil {
		observe = func(RunEvent) {}
	}
	return &Runner{
		trainer: t, classes: len(t.Info().Classes), cache: c,
		slots: make(chan struct{}, max(1, parallel)), observe: observe, clock: clock,
		stop: make(chan struct{}), flights: make(map[request]*flight), recent: make(map[RunID]*Result),
	}
}

// Stop makes every later Run that would have to train return ErrStopped. Runs
// under way go on.
func (r *Runner) Stop() { r.stopOnce.Do(func() { close(r.stop) }) }

// SetDeadline stops the runner as soon as a training that is about to start is
// not expected to end before t, by the mean duration of those before it.
func (r *Runner) SetDeadline(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deadline = t
}

// SetExpected says how long a training is expected to take as long as none has ended, 0
// where that is not known: then one is started at any time before the deadline.
func (r *Runner) SetExpected(each time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before = each
}

// SetReserve keeps time free before the deadline for what comes afterwards: given
// the mean duration of the trainings so far, until they were saved, that of [Runner.SetExpected]
// if there was none yet, reserve returns how much. It must be safe for concurrent calls.
func (r *Runner) SetReserve(reserve func(each time.Duration) time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reserve = reserve
}

// Counts returns how many runs were trained and how many requests were served
// by a run that existed or was under way already.
func (r *Runner) Counts() (trained, shared int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trained, r.shared
}

// Answer is the result of a [Runner] for a spec.
type Answer struct {
	Run    RunID
	Result *Result
	// Seconds is the time this call spent training, 0 if it did not train itself.
	Seconds float64
}

// Run returns the result of a run: found in the cache, shared with somebody who
// asked for it at the same time, or trained now.
func (r *Runner) Run(ctx context.Context, spec Spec) (Answer, error) {
	return r.run(ctx, spec, partVal)
}

// RunTest is Run for a result with its test part, which only a confirmation asks
// for. A run that is known without its test part is trained again and must measure
// the same on validation; otherwise the error wraps [ErrIrreproducible]. Test
// logits are those of unweighted runs, which weights may shift; nothing reads
// those of weighted ones, and they are dropped.
func (r *Runner) RunTest(ctx context.Context, spec Spec) (Answer, error) {
	return r.run(ctx, spec, partTest)
}

// RunTestLogits is RunTest that keeps the test logits of weighted runs too, for offsets
// on them. One that is known with its test part is served as it is, with or without them.
func (r *Runner) RunTestLogits(ctx context.Context, spec Spec) (Answer, error) {
	return r.run(ctx, spec, partTestLogits)
}

// part is what a caller needs of a run beyond its validation part.
type part int

const (
	partVal        part = iota // nothing
	partTest                   // the test part, with logits of unweighted runs
	partTestLogits             // the test part with its logits
)

func (r *Runner) run(ctx context.Context, spec Spec, of part) (Answer, error) {
	id, err := spec.ID()
	if err != nil {
		return Answer{}, err
	}
	result, seconds, err := r.get(ctx, request{id, of != partVal}, spec, of == partTestLogits || spec.Unweighted())
	return Answer{Run: id, Result: result, Seconds: seconds}, err
}

// Keep makes a result durable that was computed and not trained, unless it is
// there already, and returns its address.
func (r *Runner) Keep(ctx context.Context, spec Spec, result *Result) (RunID, error) {
	id, err := spec.ID()
	if err != nil {
		return "", err
	}
	if err := result.Check(r.classes); err != nil {
		return "", err
	}
	found, ok, err := r.cache.Find(ctx, id)
	if err == nil && (!ok || found.Test == nil && result.Test != nil) {
		err = r.cache.Save(context.WithoutCancel(ctx), id, spec, result)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return "", interrupted(err)
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrStorage, err)
	}
	return id, nil
}

// get is Run and RunTest for a known address; logits says to keep those of the test part.
func (r *Runner) get(ctx context.Context, q request, spec Spec, logits bool) (*Result, float64, error) {
	for {
		r.mu.Lock()
		if known := r.recent[q.id]; known != nil && (!q.test || known.Test != nil) {
			r.mu.Unlock()
			r.noteShared(q, spec)
			return known, 0, nil
		}
		f, others := r.flights[request{q.id, true}] // serves both kinds
		if !others {
			f, others = r.flights[q]
		}
		if !others {
			f = &flight{done: make(chan struct{})}
			r.flights[q] = f
		}
		r.mu.Unlock()
		if !others {
			return r.lead(ctx, q, spec, logits, f)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, 0, interrupted(ctx.Err())
		}
		if errors.Is(f.err, errInterrupted) && ctx.Err() == nil {
			continue // the one who asked first gave up; we did not
		}
		if f.err == nil {
			r.noteShared(q, spec)
		}
		return f.result, 0, f.err
	}
}

// lead computes a run on behalf of everybody who waits for it.
func (r *Runner) lead(ctx context.Context, q request, spec Spec, logits bool, f *flight) (*Result, float64, error) {
	var seconds float64
	f.result, seconds, f.err = r.compute(ctx, q, spec, logits)
	r.mu.Lock()
	delete(r.flights, q)
	if f.err == nil && spec.Unweighted() {
		r.remember(q.id, f.result)
	}
	r.mu.Unlock()
	close(f.done)
	return f.result, seconds, f.err
}

// remember keeps an unweighted result in memory. The lock is held.
func (r *Runner) remember(id RunID, result *Result) {
	const keep = 32 // our choice: more than the seeds of a study, little memory
	if known := r.recent[id]; known != nil {
		if known.Test == nil {
			r.recent[id] = result
		}
		return
	}
	if len(r.order) == keep {
		delete(r.recent, r.order[0])
		r.order = r.order[1:]
	}
	r.recent[id] = result
	r.order = append(r.order, id)
}

// compute finds the run or trains and saves it.
func (r *Runner) compute(ctx context.Context, q request, spec Spec, logits bool) (*Result, float64, error) {
	found, ok, err := r.cache.Find(ctx, q.id)
	if err != nil && ctx.Err() != nil {
		return nil, 0, interrupted(err)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrStorage, err)
	}
	if ok && (!q.test || found.Test != nil) {
		r.noteShared(q, spec)
		return found, 0, nil
	}
	if err := r.acquire(ctx); err != nil {
		return nil, 0, err
	}
	r.observe(RunEvent{Kind: RunStarted, Run: q.id, Spec: spec, Test: q.test})
	began := r.clock()
	result, err := r.train(ctx, q, spec)
	seconds := r.clock().Sub(began).Seconds()
	<-r.slots // the next training need not wait for the disk
	if err == nil {
		err = r.accept(q, logits, result, found)
	}
	if err == nil {
		result.Seconds = seconds
		// A finished run is kept even if everything is being interrupted.
		err = r.cache.Save(context.WithoutCancel(ctx), q.id, spec, result)
		if err != nil && !errors.Is(err, ErrRefused) {
			err = fmt.Errorf("%w: %w", ErrStorage, err)
		}
	}
	switch {
	case err != nil && ctx.Err() != nil && !errors.Is(err, ErrStorage):
		return nil, seconds, interrupted(err)
	case errors.Is(err, ErrNoRoom): // it says nothing of the run
		return nil, seconds, err
	case err != nil:
		r.observe(RunEvent{Kind: RunFailed, Run: q.id, Spec: spec, Test: q.test, Err: err})
		return nil, seconds, r.keepFailure(ctx, q.id, spec, seconds, err)
	}
	r.mu.Lock()
	r.trained++
	r.seconds += r.clock().Sub(began).Seconds()
	r.mu.Unlock()
	r.observe(RunEvent{Kind: RunTrained, Run: q.id, Spec: spec, Test: q.test, Seconds: seconds})
	return result, seconds, nil
}

// keepFailure records a failed run where the cache keeps such records, and
// returns the failure.
func (r *Runner) keepFailure(ctx context.Context, id RunID, spec Spec, seconds float64, err error) error {
	keeper, ok := r.cache.(FailureKeeper)
	if !ok || errors.Is(err, ErrStorage) {
		return err
	}
	f := Failure{Run: id, Spec: spec, Err: strings.ReplaceAll(err.Error(), "\n", "; "), Seconds: seconds}
	var logged *LoggedError
	if errors.As(err, &logged) {
		f.Log = logged.Log
	}
	if kept := keeper.KeepFailure(context.WithoutCancel(ctx), f); kept != nil {
		return fmt.Errorf("%w: %w", ErrStorage, kept)
	}
	return err
}

// train calls the trainer; a panic in it costs this run only.
func (r *Runner) train(ctx context.Context, q request, spec Spec) (result *Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, fmt.Errorf("the trainer panicked: %v", p)
		}
	}()
	return r.trainer.Train(ctx, Job{Spec: spec, Test: q.test, Isolated: isolated(ctx), OnEpoch: func(e Epoch) {
		r.observe(RunEvent{Kind: RunEpoch, Run: q.id, Spec: spec, Test: q.test, Epoch: e})
	}})
}

// acquire waits for a slot, unless nothing more may be started.
func (r *Runner) acquire(ctx context.Context) error {
	select {
	case r.slots <- struct{}{}:
	case <-r.stop:
		return ErrStopped
	case <-ctx.Done():
		return interrupted(ctx.Err())
	}
	if r.Late(0) {
		r.Stop()
	}
	err := ctx.Err()
	if err != nil {
		err = interrupted(err)
	}
	select {
	case <-r.stop:
		err = ErrStopped
	default:
	}
	if err != nil {
		<-r.slots
	}
	return err
}

// Late reports whether a training that starts after so long is not expected to end in
// time, so that nothing need be done for it.
func (r *Runner) Late(after time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.deadline.IsZero() {
		return false
	}
	each := r.expected()
	end := r.clock().Add(after + each)
	if r.reserve != nil {
		end = end.Add(r.reserve(each))
	}
	return end.After(r.deadline)
}

// expected returns the mean duration of the trainings so far, until they were saved:
// who trains one after the other waits for that too. The lock is held.
func (r *Runner) expected() time.Duration {
	if r.trained == 0 {
		return r.before
	}
	return time.Duration(r.seconds / float64(r.trained) * float64(time.Second))
}

func (r *Runner) noteShared(q request, spec Spec) {
	r.mu.Lock()
	r.shared++
	r.mu.Unlock()
	r.observe(RunEvent{Kind: RunShared, Run: q.id, Spec: spec, Test: q.test})
}

// interrupted marks an error as caused by the end of the caller's context.
func interrupted(err error) error { return fmt.Errorf("%w: %w", errInterrupted, err) }

// IsInterruption reports whether err says that work was interrupted from outside
// (the caller's context ended, the runner was stopped), and not that it failed.
func IsInterruption(err error) bool {
	return errors.Is(err, ErrStopped) || errors.Is(err, errInterrupted)
}
