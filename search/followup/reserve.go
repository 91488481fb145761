package followup

import (
	"sync"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/posthoc"
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
	// references is the number of seeds on which the reference was measured.
	references int
}

// Observe takes in an event of the search: it keeps the best arm, and how long offsets
// take.
func (r *Reserve) Observe(e search.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Offsets > 0 && (r.offsets == 0 || e.Offsets < r.offsets) {
		r.offsets = e.Offsets
	}
	if e.Kind == search.EventReference {
		r.references = max(r.references, e.Replicate+1)
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
// keep free, given how long a training of the usual length takes. Both are 0 before the
// first trial, when there is nothing to confirm. Fixed offsets for the reference get an eighth
// of the limited time, of which the search had spent some before now, or less, and longer
// training with the offsets for it no more than another one; where that takes more, the search
// keeps nothing free for it, and all that is left is kept from it. What the search keeps free
// for a confirmation is kept from both, also where less seems to be left by then. Our choice.
func (r *Reserve) Before(d *search.Definition, parallel int, spent time.Duration, deadline time.Time, clock func() time.Time) (driver func(each time.Duration) time.Duration, after Kept) {
	whole := deadline.Sub(clock())
	eighth := (spent + whole) / 8
	driver = func(each time.Duration) time.Duration {
		first := min(r.plain(parallel), eighth)
		if longer := r.longer(d, parallel, each); longer <= eighth {
			first += longer
		}
		return first + reserved(r.seed(d, each), parallel, whole, deadline.Sub(clock())-first)
	}
	var once sync.Once
	var none bool // the first answer holds: durations vary
	after = func(each time.Duration, training bool) time.Duration {
		left, longer := deadline.Sub(clock()), r.longer(d, parallel, each)
		once.Do(func() { none = longer > eighth })
		switch {
		case none && training:
			return max(0, left)
		case none || training:
			longer = 0
		}
		seed := r.seed(d, each)
		if kept := reserved(seed, parallel, whole, whole); kept > 0 {
			return longer + kept
		}
		return longer + reservedLate(seed, parallel, left-longer)
	}
	return driver, after
}

// seed returns the time that confirming the arm that would lead takes on a fresh seed, 0
// where there is nothing to confirm.
func (r *Reserve) seed(d *search.Definition, each time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.best == nil || !r.Confirms {
		return 0
	}
	return time.Duration(float64(each)*Length(d, r.best.Round)) + time.Duration(typical(d, r.best.Round).Fits())*r.offsets
}

// plain returns the time that fixed offsets for the reference take.
func (r *Reserve) plain(parallel int) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.best == nil {
		return 0
	}
	return r.fits(1, max(r.references, r.best.Seeds), parallel)
}

// fits returns the time for so many fixed sets of offsets for so many models. The lock is held.
func (r *Reserve) fits(sets, models, parallel int) time.Duration {
	each := float64(r.offsets) / posthoc.FitAllShare
	return time.Duration(float64(sets*turns(models, fitsAtOnce(parallel))) * each / inTime)
}

// longer returns the time that training the reference longer takes, on the seeds of the arm
// that would lead, and fixed offsets for these models.
func (r *Reserve) longer(d *search.Definition, parallel int, each time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, reason := longerModel(d, false, objective.LongerFactor); r.best == nil || reason != "" {
		return 0
	}
	training := time.Duration(float64(turns(r.best.Seeds, parallel)*objective.LongerFactor) * float64(each) / inTime)
	return training + r.fits(mostSets, r.best.Seeds, parallel)
}

// inTime is the share of the time kept free that is planned with: trainings may take
// longer than those before. Our choice.
const inTime = 0.9

// reserved returns the time to keep free for a confirmation, given that of one fresh
// seed and how many are at work at once: for ten of them, but not more than half of the
// whole time; for the six without which nothing can be said, up to three quarters of it;
// none where these do not fit into what is left. Our choice.
func reserved(seed time.Duration, parallel int, whole, left time.Duration) time.Duration {
	fewest := planned(seed, confirm.FewestSeeds, parallel)
	if fewest > left || fewest > whole*3/4 {
		return 0
	}
	for seeds := confirm.Seeds; seeds > confirm.FewestSeeds; seeds-- {
		if of := planned(seed, seeds, parallel); of <= whole/2 {
			return of
		}
	}
	return fewest
}

// reservedLate returns the time to keep free for a confirmation for which the search kept
// none, where it ended so early that the six seeds fit all the same; else 0.
func reservedLate(seed time.Duration, parallel int, left time.Duration) time.Duration {
	if fewest := planned(seed, confirm.FewestSeeds, parallel); float64(fewest)*inTime <= float64(left) {
		return fewest
	}
	return 0
}

// planned returns the time to plan for so many fresh seeds.
func planned(seed time.Duration, seeds, parallel int) time.Duration {
	return time.Duration(float64(turns(seeds, parallel)) * float64(seed) / inTime)
}
