package followup

import (
	"sync"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/search"
)

// Reserve says how much time to keep free at the end of a search, so that its leader
// can be confirmed. It is safe for concurrent use.
type Reserve struct {
	mu sync.Mutex
	// best is the arm that would lead so far, on which the time depends.
	best *objective.Arm
	// offsets is how long fitting offsets takes on a fresh seed, by the quickest so far:
	// others may have shared their processor.
	offsets time.Duration
}

// Observe takes in an event of the search: it keeps the best arm, and how long offsets
// take.
func (r *Reserve) Observe(e search.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Offsets > 0 && (r.offsets == 0 || e.Offsets < r.offsets) {
		r.offsets = e.Offsets
	}
	for _, a := range e.Arms {
		if r.best == nil || a.Leads(*r.best) {
			r.best = &a
		}
	}
}

// Before returns the [search.Driver.Reserve] of a search that begins now and must have
// ended before the deadline: how much time to keep free, given how long a training
// takes. It is 0 before the first trial, when there is nothing to confirm.
func (r *Reserve) Before(d *search.Definition, parallel int, deadline time.Time, clock func() time.Time) func(each time.Duration) time.Duration {
	whole := deadline.Sub(clock())
	return func(each time.Duration) time.Duration {
		r.mu.Lock()
		best, offsets := r.best, r.offsets
		r.mu.Unlock()
		if best == nil {
			return 0
		}
		seed := time.Duration(float64(each)*Length(d, best.Round)) + time.Duration(typical(d, best.Round).Fits(d))*offsets
		return reserved(seed, parallel, whole, deadline.Sub(clock()))
	}
}

// inTime is the share of the time kept free that is planned with: trainings may take
// longer than those before. Our choice.
const inTime = 0.9

// reserved returns the time to keep free for a confirmation, given that of one fresh
// seed and how many are at work at once: for ten of them, but not more than half of the
// whole time; for the six without which nothing can be said, up to three quarters of it;
// none where these do not fit into what is left. Our choice.
func reserved(seed time.Duration, parallel int, whole, left time.Duration) time.Duration {
	of := func(seeds int) time.Duration {
		return time.Duration(float64(turns(seeds, parallel)) * float64(seed) / inTime)
	}
	fewest := of(confirm.FewestSeeds)
	if fewest > left || fewest > whole*3/4 {
		return 0
	}
	for seeds := confirm.Seeds; seeds > confirm.FewestSeeds; seeds-- {
		if of(seeds) <= whole/2 {
			return of(seeds)
		}
	}
	return fewest
}
