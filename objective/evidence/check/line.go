package check

import (
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
)

// State is the result of a [Line].
type State string

// The states, from good to bad.
const (
	// OK: nothing to fix.
	OK State = "ok"
	// Warning: a search would work, but the user should know this.
	Warning State = "warning"
	// Fault: a search would waste its time or mislead.
	Fault State = "fault"
)

// Line is one line of the answer.
type Line struct {
	// Name is what was checked, in two or three words.
	Name  string
	State State
	// Text says what was found, in a sentence with its numbers.
	Text string
	// Advice says what to fix; empty if there is nothing.
	Advice string
	// Log is the end of the trainer's log where a training failed, else empty.
	Log string
}

// String returns the finding on one line, without the log.
func (f Line) String() string {
	s := fmt.Sprintf("%s: %s: %s", f.State, f.Name, f.Text)
	if f.Advice != "" {
		s += ". " + f.Advice
	}
	return s
}

// Worst returns the worst state among findings, [OK] if there are none.
func Worst(findings []Line) State {
	states := []State{OK, Warning, Fault}
	worst := 0
	for _, f := range findings {
		worst = max(worst, slices.Index(states, f.State))
	}
	return states[worst]
}

// percent writes a share as a percentage with one digit.
func percent(share float64) string { return objective.Percent(share) }

// plural writes a number with its noun.
func plural(n int, noun string) string { return objective.Plural(n, noun) }

// points writes a difference of shares in percentage points.
func points(share float64) string { return fmt.Sprintf("%.1f points", 100*math.Abs(share)) }

// signed is points with its sign.
func signed(share float64) string { return fmt.Sprintf("%+.1f points", 100*share) }
