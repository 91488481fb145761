//go:build unix

package process

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"evenkeel/objective"
)

func TestTimeoutOfARunThatKeepsTalking(t *testing.T) {
	o := options(t)
	o.Timeout = 500 * time.Millisecond
	tr := open(t, o, short)
	before := pidOf(tr)
	mustFail(t, tr, fault(tr, "endless", nil), "the run has not ended within 500ms (timeout)")
	tr.options.Timeout = time.Hour
	mustTrain(t, tr, job(tr, 1, nil))
	if pidOf(tr) == before {
		t.Error("the process is still the same")
	}
}

// breakOff performs an endless run and ends its context after an epoch.
func breakOff(t *testing.T, tr *Trainer, name string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	j := fault(tr, name, nil)
	j.OnEpoch = func(objective.Epoch) { cancel() }
	if r, err := tr.Train(ctx, j); !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("Train: result %v, error %v; want none and context.Canceled", r != nil, err)
	}
}

// TestStopIsAnswered: a program that obeys stop keeps its process.
func TestStopIsAnswered(t *testing.T) {
	p := short
	p.stop = time.Minute
	tr := open(t, options(t), p)
	before := pidOf(tr)
	for range 4 { // more than the stop rule allows of failures
		breakOff(t, tr, "endless")
	}
	mustTrain(t, tr, job(tr, 1, nil))
	if after := pidOf(tr); after != before {
		t.Errorf("the process was %d and is %d", before, after)
	}
}

// TestCloseAfterAStopIsQuick: who interrupted the last run waits for Close, so an idle process
// that does not leave has no more time than one in a run. After a run that ended well it has.
func TestCloseAfterAStopIsQuick(t *testing.T) {
	p := short
	p.stop, p.bye = time.Minute, 10*time.Minute // of which none is waited for
	tr := open(t, options(t), p)
	mustTrain(t, tr, job(tr, 1, nil))
	if tr.hurried.Load() {
		t.Error("a program whose run ended well has to hurry")
	}
	breakOff(t, tr, "endless and linger")
	closed := make(chan error, 1)
	go func() { closed <- tr.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Errorf("Close: %v", err)
		}
	case <-time.After(2 * time.Minute):
		t.Error("Close waits for an idle program after an interruption")
	}
}

// TestStopIsIgnored: a program that ignores stop, bye and SIGTERM is killed.
func TestStopIsIgnored(t *testing.T) {
	tr := open(t, options(t), short)
	before := pidOf(tr)
	breakOff(t, tr, "ignore everything")
	mustTrain(t, tr, job(tr, 1, nil))
	if pidOf(tr) == before {
		t.Error("the process is still the same")
	}
}

// TestCloseInterrupts: Close ends a run under way, and everybody who waits.
func TestCloseInterrupts(t *testing.T) {
	tr := open(t, options(t), short)
	started := make(chan struct{})
	var once sync.Once
	errs := make(chan error, 2)
	j := fault(tr, "ignore everything", nil)
	j.OnEpoch = func(objective.Epoch) { once.Do(func() { close(started) }) }
	train := func(j objective.Job) {
		_, err := tr.Train(t.Context(), j)
		errs <- err
	}
	go train(j)
	<-started
	go train(job(tr, 1, nil)) // waits for the slot
	if err := tr.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	for range 2 {
		if err := <-errs; !errors.Is(err, objective.ErrTrainerBroken) || !strings.Contains(err.Error(), "closed") {
			t.Errorf("Train during Close: %v; want objective.ErrTrainerBroken", err)
		}
	}
}

// TestWaitingObeysItsContext: a caller that waits for a slot can give up.
func TestWaitingObeysItsContext(t *testing.T) {
	tr := open(t, options(t), short)
	started := make(chan struct{})
	var once sync.Once
	ctx, cancel := context.WithCancel(t.Context())
	j := fault(tr, "endless", nil)
	j.OnEpoch = func(objective.Epoch) { once.Do(func() { close(started) }) }
	done := make(chan error)
	go func() { _, err := tr.Train(ctx, j); done <- err }()
	<-started
	waiting, giveUp := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer giveUp()
	if _, err := tr.Train(waiting, job(tr, 1, nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Train without a free slot: %v; want context.DeadlineExceeded", err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the interrupted run: %v; want context.Canceled", err)
	}
}

// TestSlotsStartWhenNeeded: one run at a time needs one process, however many
// slots there are.
func TestSlotsStartWhenNeeded(t *testing.T) {
	o := options(t)
	o.Slots = append(o.Slots, o.Slots[0], o.Slots[0])
	tr := open(t, o, short)
	for seed := range int64(5) {
		mustTrain(t, tr, job(tr, seed, nil))
	}
	if n := running(tr); n != 1 {
		t.Errorf("%d processes after runs one by one; want 1", n)
	}
	var wg, all sync.WaitGroup
	all.Add(3)
	for seed := range int64(3) {
		wg.Go(func() {
			j := job(tr, seed, nil)
			var once sync.Once
			j.OnEpoch = func(objective.Epoch) { once.Do(func() { all.Done(); all.Wait() }) }
			if _, err := tr.Train(t.Context(), j); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := running(tr); n != 3 {
		t.Errorf("%d processes after three runs at once; want 3", n)
	}
}

// running counts the processes of slots that are free.
func running(tr *Trainer) (n int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, s := range tr.free {
		if s.child != nil {
			n++
		}
	}
	return n
}

func TestStoppedIsWhatTheProgramSays(t *testing.T) {
	tr := open(t, options(t), short)
	if mustTrain(t, tr, job(tr, 1, nil)).Stopped || !mustTrain(t, tr, fault(tr, "stopped", nil)).Stopped {
		t.Error("Result.Stopped is not what the program said")
	}
}

// TestTestPart: it has to be there when it was asked for.
func TestTestPart(t *testing.T) {
	tr := open(t, options(t), short)
	j := fault(tr, "wrong test", nil)
	mustTrain(t, tr, j)
	j.Test = true
	mustFail(t, tr, j, "test.confusion has 0 rows; want 4")
	j = fault(tr, "exponents", nil)
	j.Test = true
	mustFail(t, tr, j, "test.confusion is missing")
}
