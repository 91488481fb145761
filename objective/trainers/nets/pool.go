package nets

import (
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

// pool does shared work on a fixed number of threads: the caller's goroutine and
// helpers that last as long as the run. The zero value is the caller alone.
//
// An optimiser step is a few dozen pieces of work of some microseconds each, so a
// helper first looks for the next piece in a loop and only then sleeps. Nobody waits
// for a helper that has not begun: on a machine with other work it may be a while
// before it gets a processor.
type pool struct {
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

// do does all parts of w and returns when they are done: in a single call where there is
// one thread, since one call of C that takes long is cheaper than many. There is at least
// one part.
func (p *pool) do(w shared, parts int) {
	if len(p.helpers) == 0 || parts < 2 {
		w.parts(0, parts, &p.ws)
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

// share does parts until none is left.
func (p *pool) share(ws *kernels.Workspace) {
	for i := p.next.Add(1) - 1; i < p.total; i = p.next.Add(1) - 1 {
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
