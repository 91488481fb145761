package followup

import (
	"sync"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/search"
)

// Reserve says how much time to keep free at the end of a search, so that the reference can
// be trained longer ([Longer]) and its leader be confirmed. It is safe for concurrent use.
type Reserve struct {
	// Confirms says that the search ends with a confirmation.
	Confirms bool

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

// Fitting returns how long fitting offsets takes on a seed, 0 where that is not known.
func (r *Reserve) Fitting() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.offsets
}

// Before returns the [search.Driver.Reserve] of a search that begins now and must have
// ended before the deadline, and the [Longer.Reserve] of what follows it: how much time to
// keep free, given how long a training takes. Both are 0 before the first trial, when there
// is nothing to confirm, and so is the part for longer training where it is more than an
// eighth of the time. Our choice.
func (r *Reserve) Before(d *search.Definition, parallel int, deadline time.Time, clock func() time.Time) (driver, longer func(each time.Duration) time.Duration) {
	whole := deadline.Sub(clock())
	confirmation := func(each, left time.Duration) time.Duration {
		r.mu.Lock()
		best, offsets := r.best, r.offsets
		r.mu.Unlock()
		if best == nil || !r.Confirms {
			return 0
		}
		seed := time.Duration(float64(each)*Length(d, best.Round)) + time.Duration(typical(d, best.Round).Fits(d))*offsets
		return reserved(seed, parallel, whole, left)
	}
	longer = func(each time.Duration) time.Duration { return confirmation(each, deadline.Sub(clock())) }
	driver = func(each time.Duration) time.Duration {
		first := r.longer(d, parallel, each)
		if first > whole/8 {
			first = 0
		}
		return first + confirmation(each, deadline.Sub(clock())-first)
	}
	return driver, longer
}

// longer returns the time that training the reference longer takes, on the seeds of the arm
// that would lead.
func (r *Reserve) longer(d *search.Definition, parallel int, each time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, reason := longerModel(d, false, objective.LongerFactor); r.best == nil || reason != "" {
		return 0
	}
	return time.Duration(float64(turns(r.best.Seeds, parallel)*objective.LongerFactor) * float64(each) / inTime)
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
