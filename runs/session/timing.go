package session

import (
	"math"
	"sync"
	"time"

	"evenkeel/objective"
	"evenkeel/runs/notice"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// timing looks at the first training of a search with a limit of time, and at how long fitting
// offsets takes, and says whether a conclusion fits. It decides nothing. It is safe for concurrent
// use.
type timing struct {
	def      *search.Definition
	parallel int
	deadline time.Time
	// whole is the limited time, what was spent of it before included.
	whole    time.Duration
	confirms bool

	mu sync.Mutex
	// seconds is how long the first training took, 0 before it, and fitting how long offsets of
	// one model did, once fitted says that it is known.
	seconds float64
	fitting time.Duration
	fitted  bool
	done    bool
}

// observe takes in an event of the search. It returns nil but after the first training whose
// offsets are fitted.
func (t *timing) observe(e search.Event, now time.Time) notice.Notice {
	if t.deadline.IsZero() {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case e.Kind == search.EventRun && e.Run.Kind == objective.RunTrained && t.seconds == 0:
		t.seconds = e.Run.Seconds
	case e.Kind == search.EventReference && !t.fitted:
		t.fitting, t.fitted = e.Offsets, true
	}
	if t.done || !t.fitted || t.seconds <= 0 {
		return nil
	}
	t.done = true
	n := followup.NeedsOf(t.def, t.confirms)
	fits := func(n float64) float64 {
		return math.Round(followup.FitTrainings(n, t.fitting, t.seconds, t.parallel))
	}
	short := notice.TimeShort{
		Each: t.seconds, Fit: search.TrainingsThatFit(t.deadline.Sub(now), t.seconds, t.parallel),
		Reference: n.Reference, Trials: n.Trials, Longer: n.Longer, Confirming: n.Confirming,
		Offsets: fits(n.SearchFits + n.LongerFits + n.ConfirmFits),
	}
	left := 1 + short.Fit - n.Reference - n.Trials - fits(n.SearchFits) // one is done
	short.Interval = left >= 0
	left -= n.Confirming + fits(n.ConfirmFits)
	short.Confirmed = left >= 0
	short.Others = n.Longer + fits(n.LongerFits)
	if eighth := search.TrainingsThatFit(t.whole/8, t.seconds, t.parallel); left >= short.Others && n.Longer+fits(n.LongerFits) <= 2*eighth {
		return nil
	}
	return short
}
