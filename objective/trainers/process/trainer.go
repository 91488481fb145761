package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"evenkeel/objective"
)

// Trainer is a training program of the user's own. It is safe for concurrent use.
type Trainer struct {
	options   Options
	waits     waits
	info      objective.Info
	log       *logFile
	scratch   scratch
	constants constants
	rule      stopRule

	turns   chan struct{} // a token for each run that may be under way
	life    context.Context
	endLife context.CancelFunc
	// hurried says that the last run that ended was interrupted by its caller, who waits.
	hurried atomic.Bool
	closing sync.Once
	fault   error // of the first Close

	mu   sync.Mutex
	free []*slot // the last one is taken first: it has a process most likely
}

// errClosed says that there are no processes any more.
var errClosed = fmt.Errorf("%w: it was closed", objective.ErrTrainerBroken)

var _ objective.Trainer = (*Trainer)(nil)

// Start starts the program in the first slot and shakes hands with it; the other
// slots follow when they are needed. The error says what is wrong with the
// options or with the program; where the program had time to log something, it
// is an [*objective.LoggedError]. Close ends all that was started.
func Start(ctx context.Context, o Options) (*Trainer, error) {
	return start(ctx, o, defaultWaits)
}

// start is Start with other waits.
func start(ctx context.Context, o Options, w waits) (*Trainer, error) {
	if !called.Load() {
		return nil, errors.New("process.Guard was not called; call it first in main, and in the TestMain of a test")
	}
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	t := &Trainer{
		options: o, waits: w, log: openLogFile(o.LogFile), rule: stopRule{quick: w.quick},
		turns: make(chan struct{}, len(o.Slots)),
	}
	if t.scratch, err = newScratch(o.Scratch); err != nil {
		return nil, err
	}
	adoptOrphans() // of guards that are killed
	t.life, t.endLife = context.WithCancel(context.Background())
	for n := len(o.Slots) - 1; n >= 0; n-- {
		t.free = append(t.free, &slot{trainer: t, number: n})
	}
	first := t.free[len(t.free)-1]
	if first.child, t.info, err = first.start(ctx); err != nil {
		_ = t.Close() // there is nothing that could fail to close
		return nil, err
	}
	return t, nil
}

// Info describes the program and its data, in its own words.
func (t *Trainer) Info() objective.Info {
	info := t.info
	info.Classes = slices.Clone(info.Classes)
	info.TrainCounts = slices.Clone(info.TrainCounts)
	info.Supports = slices.Clone(info.Supports)
	return info
}

// Train performs a run on the next slot that is free. A failure of the run is an
// [*objective.LoggedError]; one after which no run can be expected to succeed
// wraps [objective.ErrTrainerBroken], and so does every later one.
func (t *Trainer) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	s, err := t.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer t.release(s)
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.life, cancel)()
	r, err := s.run(inner, job)
	t.hurried.Store(err != nil && ctx.Err() != nil)
	if err != nil && inner.Err() != nil && ctx.Err() == nil {
		return nil, errClosed
	}
	return r, t.rule.note(err, s.lasted, job.Persist)
}

// acquire waits for a free slot.
func (t *Trainer) acquire(ctx context.Context) (*slot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case t.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-t.life.Done():
		return nil, errClosed
	}
	err := t.rule.stopped()
	if t.life.Err() != nil {
		err = errClosed
	}
	if err != nil {
		<-t.turns
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.free[len(t.free)-1]
	t.free = t.free[:len(t.free)-1]
	return s, nil
}

// release gives a slot back.
func (t *Trainer) release(s *slot) {
	t.mu.Lock()
	t.free = append(t.free, s)
	t.mu.Unlock()
	<-t.turns
}

// Close ends every process and all that they have started, and removes what is
// temporary. Runs under way are interrupted. Where the last run was interrupted by the end
// of its context, idle processes have as little time as one that is in a run. The error says what could not be
// ended or removed.
func (t *Trainer) Close() error {
	t.closing.Do(func() {
		t.endLife()
		for range cap(t.turns) {
			t.turns <- struct{}{} // whoever had one gives it back
		}
		mode := graceful
		if t.hurried.Load() {
			mode = interrupt
		}
		faults := make([]error, len(t.free))
		var wg sync.WaitGroup
		for i, s := range t.free {
			wg.Go(func() { faults[i] = s.replace(mode) })
		}
		wg.Wait()
		t.fault = errors.Join(append(faults, t.log.close(), t.scratch.remove())...)
	})
	return t.fault
}
