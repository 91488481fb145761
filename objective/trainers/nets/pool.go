package nets

import (
	"context"
	"runtime"
	"sync/atomic"

	"evenkeel/objective/trainers/nets/kernels"
)

// shared is work that falls into parts which may be done in any order, by any
// thread, with the same result: each part writes where no other does.
type shared interface {
	// parts does parts from to to-1 with scratch memory of the calling thread's own.
	parts(from, to int, ws *kernels.Workspace)
}

// halt ends the work of a run in the middle of it, when its context ends. What is asked for
// after that is left out, so its result says nothing; whoever uses one asks first. The zero
// value never ends anything.
type halt struct {
	done  <-chan struct{}
	cause func() error
}

func haltWith(ctx context.Context) halt { return halt{ctx.Done(), ctx.Err} }

// over reports whether the context has ended. It takes some nanoseconds.
func (h *halt) over() bool {
	select {
	case <-h.done:
		return true
	default:
		return false
	}
}

// err is the error of the context, nil as long as it has not ended.
func (h *halt) err() error {
	if !h.over() {
		return nil
	}
	return h.cause()
}

// perCall is about how many multiply-adds a kernel does before anybody looks whether the run
// is over: 2^30, some 50 milliseconds with AVX2, below half a second without. Our choice: at
// batch 128 all kernels of the models here are below it, so that they are one call each. The
// gradients of convolutions, whose parts are fixed, take up to twice as long for a batch of
// 4,096 images of 32 x 32 pixels.
const perCall = 1 << 30

// pool does shared work on a fixed number of threads: the caller's goroutine and
// helpers that last as long as the run. The zero value is the caller alone.
//
// An optimiser step is a few dozen pieces of work of some microseconds each, so a
// helper first looks for the next piece in a loop and only then sleeps. Nobody waits
// for a helper that has not begun: on a machine with other work it may be a while
// before it gets a processor.
type pool struct {
	halt
	ws      kernels.Workspace // the caller's
	helpers []*helper

	// What is being done: set while the gate is closed and nobody is inside.
	work  shared
	total int64
	next  atomic.Int64
	gate  atomic.Uint64
	ended atomic.Bool
}

// The gate holds the number of the turn, from oneTurn on, whether helpers may still
// join it, and how many are inside.
const (
	inside  = 1<<16 - 1
	open    = 1 << 16
	oneTurn = 1 << 17
)

// helper is one further thread.
type helper struct {
	ws     kernels.Workspace
	turn   uint64 // the last turn that it has joined, or found closed
	asleep atomic.Bool
	wake   chan struct{}
}

// spins is how often a helper looks for work before it sleeps, about 20
// microseconds; between looks the scheduler gets a chance every politeness of them.
const spins, politeness = 20_000, 1_000

// start starts threads-1 helpers, which end with close.
func (p *pool) start(threads int) {
	for range threads - 1 {
		h := &helper{wake: make(chan struct{}, 1)}
		p.helpers = append(p.helpers, h)
	}
	for _, h := range p.helpers {
		go p.help(h)
	}
}

// threads returns how many threads do shared work.
func (p *pool) threads() int { return len(p.helpers) + 1 }

// do does all parts of w, which are so many multiply-adds together, and returns when they are
// done, or when the run is over. Where there is one thread it makes one call for about
// [perCall] of them, since one call of C that takes long is cheaper than many. There is at
// least one part.
func (p *pool) do(w shared, parts, work int) {
	if len(p.helpers) == 0 || parts < 2 {
		calls := min(parts, 1+work/perCall)
		for i := range calls {
			if p.over() {
				return
			}
			from, to := span(i, i+1, calls, parts)
			w.parts(from, to, &p.ws)
		}
		return
	}
	p.work, p.total = w, int64(parts)
	p.next.Store(0)
	p.gate.Store(p.gate.Load()&^open + oneTurn + open)
	p.call()
	p.share(&p.ws)
	p.gate.And(^uint64(open))
	for look := 1; p.gate.Load()&inside > 0; look++ {
		if look%politeness == 0 {
			runtime.Gosched()
		}
	}
}

// call wakes the helpers that sleep.
func (p *pool) call() {
	for _, h := range p.helpers {
		if h.asleep.Swap(false) {
			h.wake <- struct{}{}
		}
	}
}

// share does parts until none is left or the run is over.
func (p *pool) share(ws *kernels.Workspace) {
	for i := p.next.Add(1) - 1; i < p.total && !p.over(); i = p.next.Add(1) - 1 {
		p.work.parts(int(i), int(i)+1, ws)
	}
}

// help is the life of a helper.
func (p *pool) help(h *helper) {
	for !p.ended.Load() {
		if p.join(h) {
			p.share(&h.ws)
			p.gate.Add(^uint64(0)) // one less inside
			continue
		}
		p.await(h)
	}
}

// join enters the turn if it is a new one and still open.
func (p *pool) join(h *helper) bool {
	for {
		g := p.gate.Load()
		if g&open == 0 || g/oneTurn == h.turn {
			return false
		}
		if p.gate.CompareAndSwap(g, g+1) {
			h.turn = g / oneTurn
			return true
		}
	}
}

// await returns when there may be a turn to join. Who falls asleep says so first and
// looks once more; the helper or caller that takes that back decides whether there
// is something to receive.
func (p *pool) await(h *helper) {
	news := func() bool {
		g := p.gate.Load()
		return g&open != 0 && g/oneTurn != h.turn || p.ended.Load()
	}
	for look := 1; look <= spins; look++ {
		if news() {
			return
		}
		if look%politeness == 0 {
			runtime.Gosched()
		}
	}
	h.asleep.Store(true)
	if !news() || !h.asleep.Swap(false) {
		<-h.wake
	}
}

// close ends the helpers.
func (p *pool) close() {
	p.ended.Store(true)
	p.call()
}

// slice returns where part i of n things lies, in parts of whole units.
func slice(i, parts, n, unit int) (from, to int) {
	first, end := span(i, i+1, parts, (n+unit-1)/unit)
	return min(first*unit, n), min(end*unit, n)
}

// span returns where parts from to to-1 of n things lie.
func span(from, to, parts, n int) (first, end int) { return n * from / parts, n * to / parts }
