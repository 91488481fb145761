package report

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

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

	mu sync.Mutex
	at *search.Progress
}

// newProgress returns the live line of a study, on a terminal.
func newProgress(w io.Writer, def *search.Definition, deadline time.Time, clock func() time.Time) *progress {
	p := &progress{clock: clock, deadline: deadline, at: search.NewProgress(def, clock())}
	p.bars = mpb.New(mpb.WithOutput(plain(w)), mpb.WithWidth(16))
	p.bar = p.bars.New(int64(p.at.Total), mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]"),
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
	p.at.Observe(e)
	return p.at.Total, p.at.Done
}

// text is what stands behind the bar.
func (p *progress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	// What matters most comes first: a narrow terminal cuts the end.
	text := fmt.Sprint(p.at.Done)
	if p.at.Total > 0 {
		text += fmt.Sprintf(" of about %d", p.at.Total)
	}
	if left, ok := p.at.SecondsLeft(p.deadline, p.clock()); ok {
		text += ", " + Duration(left) + " left"
	}
	if change, reference, ok := p.at.Best(); ok {
		text += fmt.Sprintf(" | best change %s, unweighted %s", signed(change, 3), decimals(reference, 3))
	}
	return text + fmt.Sprintf(" | %s running, %s, %d shared", count(p.at.Running, "trial"), count(p.at.Trained, "training"), p.at.Shared)
}

// Write writes a line of the log above the live line.
func (p *progress) Write(line []byte) (int, error) { return p.bars.Write(line) }

// close takes the live line away.
func (p *progress) close() {
	p.bar.Abort(true)
	p.bars.Wait()
}
