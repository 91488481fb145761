package report

import (
	"cmp"
	"fmt"
	"io"
	"sync"
	"time"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// Log writes a line for every event of a search that a person may want to
// know of; on a terminal a live line says how far the search is, and the ends of
// trials have no lines of their own. It is safe for concurrent use.
type Log struct {
	clock func() time.Time

	mu   sync.Mutex
	w    io.Writer
	live *progress
	// unfollow ends the live line.
	unfollow func()
}

// NewLog returns a log that writes to w and takes the times of its lines from clock.
func NewLog(w io.Writer, clock func() time.Time) *Log {
	return &Log{w: Printable(w), clock: clock}
}

// Print writes one line; further lines of what others said stand below its text.
func (l *Log) Print(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.w, "%s %s\n", l.clock().Format(time.TimeOnly), beneath(fmt.Sprintf(format, args...), len(time.TimeOnly)+1))
}

// Notice prints the line of a notice, and shows the live line while a search goes on.
func (l *Log) Notice(n notice.Notice) {
	switch n := n.(type) {
	case notice.StudyOpened:
		l.opening(n.Definition, n.Opening)
		for _, note := range []string{settledEpochs(n.Definition, n.Info), smallBatch(n.Definition), fewExamples(n.Info)} {
			if note != "" {
				l.Print("%s", note)
			}
		}
	case notice.SearchBegan:
		l.unfollow = l.follow(n.Definition, n.Deadline)
	case notice.SearchEvent:
		l.observe(n.Definition, n.Event)
	case notice.SearchEnded:
		l.unfollow()
	}
	if line := noticeLine(n); line != "" {
		l.Print("%s", line)
	}
}

// follow shows the live line of a study if the log is a terminal, until the
// function it returns is called.
func (l *Log) follow(def *search.Definition, deadline time.Time) (end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !isTerminal(l.w) {
		return func() {}
	}
	terminal := l.w
	l.live = newProgress(terminal, def, deadline, l.clock)
	l.w = Printable(l.live)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.live.close()
		l.w, l.live = terminal, nil
	}
}

// opening says whether the study is new, continued, or extended.
func (l *Log) opening(def *search.Definition, o runs.Opening) {
	switch {
	case o.Created:
		l.Print("study %s: %s over %s", def.Name, trials(def), count(len(def.Space.Params), "parameter"))
	case o.Killed:
		l.Print("study %s: continuing; the last invocation was killed", def.Name)
	default:
		l.Print("study %s: continuing", def.Name)
	}
	for _, c := range o.Changes {
		l.Print("study %s: %s was %s and is now %s", def.Name, c.Key, cmp.Or(c.Old, "absent"), cmp.Or(c.New, "absent"))
	}
	if asked := def.Search.Trials; asked > 0 && o.Trials > asked {
		l.Print("study %s: %s are made already and %d asked for; none is removed, and none is made", def.Name, count(o.Trials, "trial"), asked)
	}
}

// trials says how many trials a study makes.
func trials(def *search.Definition) string {
	if most := def.MostTrials(); most > 0 {
		return count(most, "trial")
	}
	return "trials until the time is over,"
}

// observe logs an event of a search. The live line must not begin or end while the
// search goes on.
func (l *Log) observe(def *search.Definition, e search.Event) {
	if live := l.live; live != nil {
		live.observe(e)
		if e.Kind == search.EventOutcome && e.Outcome.Err == "" {
			return
		}
	}
	switch e.Kind {
	case search.EventNotice:
		l.Print("%s", e.Text)
	case search.EventReference:
		l.Print("unweighted, seed %d: spread %s, balanced accuracy %s", e.Replicate+1, decimals(e.Reference.Spread, 3), percent(e.Reference.BalancedAccuracy))
	case search.EventOutcome:
		l.outcome(def, e)
	case search.EventRun:
		if e.Run.Kind == objective.RunFailed {
			l.Print("run %.8s failed: %v", e.Run.Run, e.Run.Err)
		}
	}
}

// outcome logs the end of a step.
func (l *Log) outcome(def *search.Definition, e search.Event) {
	what := fmt.Sprintf("trial %d, now on %d seeds", e.Step.Trial, e.Step.Replicates[len(e.Step.Replicates)-1]+1)
	if e.Step.Kind == search.NewTrial {
		what = fmt.Sprintf("trial %d", e.Step.Trial)
		if most := def.MostTrials(); most > 0 {
			what += fmt.Sprintf(" of %d", most)
		}
		if recipe, err := recipeText(def, e.Step.Point); err == nil {
			what += ", " + recipe
		}
	}
	if e.Outcome.Err != "" {
		l.Print("%s failed: %s", what, e.Outcome.Err)
		return
	}
	best := e.Arms[objective.Best(e.Arms)]
	l.Print("%s: best round %d of %d, score change %s, %s", what, best.Round, len(e.Arms), signed(best.Difference, 3), Duration(e.Outcome.Seconds))
}
