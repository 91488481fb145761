package search

import (
	"math"
	"time"

	"evenkeel/objective"
)

// Progress says how far a search is, from the events of its driver. It is not safe for
// concurrent use.
type Progress struct {
	// Done counts the evaluations of a trial on a seed, those of earlier invocations
	// included, and Total about how many the whole search makes, 0 where nothing but the
	// time bounds it.
	Done, Total int
	// Running counts the steps under way, Trained and Shared the runs of this invocation.
	Running, Trained, Shared int

	began   time.Time
	skipped int // evaluations of earlier invocations
	// references are the reference's spreads by run, best the lowest difference of an arm
	// in the highest tier so far, NaN without one.
	references map[objective.RunID]float64
	best       float64
	tier       int
}

// NewProgress returns the progress of a search that begins now.
func NewProgress(d *Definition, now time.Time) *Progress {
	return &Progress{Total: d.Budget().Evaluations, began: now, references: make(map[objective.RunID]float64), best: math.NaN()}
}

// Observe takes in an event of the driver.
func (p *Progress) Observe(e Event) {
	switch e.Kind {
	case EventLoaded:
		p.skipped, p.Done, p.Running = e.Evaluations, e.Evaluations, e.Open
		p.rank(e.Arms)
	case EventStep:
		p.Running++
	case EventReference:
		p.references[e.Reference.Run] = e.Reference.Spread
	case EventOutcome:
		p.Running = max(0, p.Running-1)
		p.Done += len(e.Step.Replicates)
		p.rank(e.Arms)
	case EventRun:
		switch e.Run.Kind {
		case objective.RunShared:
			p.Shared++
		case objective.RunTrained:
			p.Trained++
		}
	}
	if p.Total > 0 {
		p.Total = max(p.Total, p.Done)
	}
}

// rank keeps the best arm.
func (p *Progress) rank(arms []objective.Arm) {
	for _, a := range arms {
		if a.Seeds > p.tier || a.Seeds == p.tier && !(a.Difference >= p.best) {
			p.tier, p.best = a.Seeds, a.Difference
		}
	}
}

// Best returns the lowest change of the score among the arms with the most seeds, and the
// mean spread of the reference that it is compared with; false before both are known.
func (p *Progress) Best() (change, reference float64, ok bool) {
	for _, v := range p.references {
		reference += v / float64(len(p.references))
	}
	return p.best, reference, !math.IsNaN(p.best) && reference > 0
}

// SecondsLeft estimates how long the search goes on at the pace of this invocation, at most
// until the deadline (zero: none); false where it has no pace, or all is done.
func (p *Progress) SecondsLeft(deadline, now time.Time) (float64, bool) {
	pace := Pace{Done: p.Done, Made: p.Done - p.skipped, Seconds: now.Sub(p.began).Seconds()}
	left, ok := pace.left(p.Total)
	if p.Total == 0 {
		left, ok = math.Inf(1), !deadline.IsZero()
	}
	if ok && !deadline.IsZero() {
		left = min(left, max(0, deadline.Sub(now).Seconds()))
	}
	return left, ok
}
