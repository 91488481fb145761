package report

import (
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"evenkeel/objective"
	"evenkeel/search"
)

// progress is the live line of a search on a terminal: how far it is, what
// runs, the best arm against the reference, the runs shared, the time left.
// Lines of the log appear above it. It is safe for concurrent use.
type progress struct {
	bars     *mpb.Progress
	bar      *mpb.Bar
	clock    func() time.Time
	deadline time.Time // zero: none

	mu      sync.Mutex
	began   time.Time
	skipped int // evaluations of earlier invocations
	done    int // evaluations, those included
	total   int
	running int
	shared  int
	trained int
	// references are the reference's spreads by run, best the lowest difference
	// of an arm in the highest tier so far.
	references map[objective.RunID]float64
	best       float64
	tier       int
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// newProgress returns the live line of a study, on a terminal.
func newProgress(w io.Writer, def *search.Definition, deadline time.Time, clock func() time.Time) *progress {
	p := &progress{
		clock: clock, deadline: deadline, began: clock(), total: def.Search.Evaluations(),
		references: make(map[objective.RunID]float64), best: math.NaN(),
	}
	p.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(16))
	p.bar = p.bars.New(int64(p.total), mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]"),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return " " + p.text() })))
	return p
}

// observe takes in an event of the driver.
func (p *progress) observe(e search.Event) {
	total, done := p.take(e)
	// Not under the lock: the bar may be writing its text, which needs it.
	p.bar.SetTotal(int64(total), false)
	p.bar.SetCurrent(int64(done))
}

// take takes in an event and returns how far the search is.
func (p *progress) take(e search.Event) (total, done int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Kind {
	case search.EventLoaded:
		p.skipped, p.done, p.running = e.Evaluations, e.Evaluations, e.Open
		p.rank(e.Arms)
	case search.EventStep:
		p.running++
	case search.EventReference:
		p.references[e.Reference.Run] = e.Reference.Spread
	case search.EventOutcome:
		p.running = max(0, p.running-1)
		p.done += len(e.Step.Replicates)
		p.rank(e.Arms)
	case search.EventRun:
		switch e.Run.Kind {
		case objective.RunShared:
			p.shared++
		case objective.RunTrained:
			p.trained++
		}
	}
	p.total = max(p.total, p.done)
	return p.total, p.done
}

// rank keeps the best arm.
func (p *progress) rank(arms []objective.Arm) {
	for _, a := range arms {
		if a.Seeds > p.tier || a.Seeds == p.tier && !(a.Difference >= p.best) {
			p.tier, p.best = a.Seeds, a.Difference
		}
	}
}

// text is what stands behind the bar.
func (p *progress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	// What matters most comes first: a narrow terminal cuts the end.
	text := fmt.Sprintf("%d of %d", p.done, p.total)
	if left, ok := p.left(); ok {
		text += ", " + Duration(left.Seconds()) + " left"
	}
	if reference := p.reference(); !math.IsNaN(p.best) && reference > 0 {
		text += fmt.Sprintf(" | best change %s, unweighted %s", signed(p.best, 3), decimals(reference, 3))
	}
	return text + fmt.Sprintf(" | %s running, %s, %d shared", count(p.running, "trial"), count(p.trained, "training"), p.shared)
}

// reference is the reference's mean spread.
func (p *progress) reference() float64 {
	var sum float64
	for _, v := range p.references {
		sum += v / float64(len(p.references))
	}
	return sum
}

// left estimates the time left from the pace of this invocation, and is at most
// what the deadline leaves.
func (p *progress) left() (time.Duration, bool) {
	made := p.done - p.skipped
	if made == 0 || p.done == p.total {
		return 0, false
	}
	pace := p.clock().Sub(p.began) / time.Duration(made)
	left := pace * time.Duration(p.total-p.done)
	if !p.deadline.IsZero() {
		left = min(left, max(0, p.deadline.Sub(p.clock())))
	}
	return left, true
}

// Write writes a line of the log above the live line.
func (p *progress) Write(line []byte) (int, error) { return p.bars.Write(line) }

// close takes the live line away.
func (p *progress) close() {
	p.bar.Abort(true)
	p.bars.Wait()
}
