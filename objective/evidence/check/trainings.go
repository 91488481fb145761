package check

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"evenkeel/objective"
)

// training is a requested run; done is closed when the other fields are set.
type training struct {
	done    chan struct{}
	result  *objective.Result
	seconds float64
	err     error
}

// pool performs trainings, a given number at a time, in the order in which they
// were asked for. Unlike an [objective.Runner] it trains an equal spec again.
type pool struct {
	trainer objective.Trainer
	classes int
	clock   func() time.Time
	slots   chan struct{}
	// asked says that the shape of the test part was asked for: the first training is, and
	// no other.
	asked atomic.Bool
	wg    sync.WaitGroup

	mu    sync.Mutex
	spent []spent // of the trainings that succeeded
}

// spent is the cost of a training. epochs is 0 if unknown.
type spent struct {
	seconds float64
	epochs  int
}

// submit asks for trainings and returns at once. Those not begun when ctx ends
// fail with its error.
func (p *pool) submit(ctx context.Context, specs ...objective.Spec) []*training {
	asked := make([]*training, len(specs))
	for i := range asked {
		asked[i] = &training{done: make(chan struct{})}
	}
	p.wg.Go(func() {
		for i, t := range asked {
			select {
			case p.slots <- struct{}{}:
			case <-ctx.Done():
				t.err = ctx.Err()
				close(t.done)
				continue
			}
			p.wg.Go(func() {
				p.perform(ctx, specs[i], t)
				<-p.slots
				close(t.done)
			})
		}
	})
	return asked
}

// perform trains once.
func (p *pool) perform(ctx context.Context, spec objective.Spec, t *training) {
	if t.err = ctx.Err(); t.err != nil {
		return
	}
	began := p.clock()
	t.result, t.err = p.train(ctx, spec)
	t.seconds = p.clock().Sub(began).Seconds()
	if t.err == nil {
		t.err = t.result.Check(p.classes)
	}
	if t.err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spent = append(p.spent, spent{t.seconds, epochs(spec, t.result)})
}

// train calls the trainer; a panic in it costs this run only.
func (p *pool) train(ctx context.Context, spec objective.Spec) (result *objective.Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, fmt.Errorf("the trainer panicked: %v", r)
		}
	}()
	return p.trainer.Train(ctx, objective.Job{Spec: spec, TestShape: p.asked.CompareAndSwap(false, true)})
}

// results waits for trainings and returns their results, or the first error.
func results(asked []*training) ([]*objective.Result, error) {
	var got []*objective.Result
	var err error
	for _, t := range asked {
		<-t.done
		if t.err != nil && err == nil {
			err = t.err
		}
		got = append(got, t.result)
	}
	if err != nil {
		return nil, err
	}
	return got, nil
}

// epochs returns how many epochs a run trained: as it reported them, else as it
// was asked to, else 0.
func epochs(spec objective.Spec, r *objective.Result) int {
	if n := len(r.Epochs); n > 0 {
		return r.Epochs[n-1].Epoch
	}
	return planned(spec)
}

// planned returns the epochs a spec asks for, 0 if it does not say.
func planned(spec objective.Spec) int {
	n, _ := spec.Model["epochs"].(int64)
	return int(n)
}
