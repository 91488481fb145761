package session

import (
	"sync/atomic"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs/notice"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// timing looks at the first training of a search with a limit of time, and says whether a
// conclusion fits. It decides nothing.
type timing struct {
	def      *search.Definition
	parallel int
	deadline time.Time
	confirms bool
	done     atomic.Bool
}

// observe takes in an event of the search. It returns nil but after the first training.
func (t *timing) observe(e search.Event, now time.Time) notice.Notice {
	if t.deadline.IsZero() || e.Kind != search.EventRun || e.Run.Kind != objective.RunTrained || t.done.Swap(true) {
		return nil
	}
	short := notice.TimeShort{Each: e.Run.Seconds, Fit: search.TrainingsThatFit(t.deadline.Sub(now), e.Run.Seconds, t.parallel)}
	short.Reference, short.Trials = t.def.Fewest()
	if t.confirms {
		short.Confirming = confirm.FewestSeeds * followup.Length(t.def, 1)
	}
	if 1+short.Fit >= short.Reference+short.Trials+short.Confirming { // one is done
		return nil
	}
	return short
}
