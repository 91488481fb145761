package search

import (
	"fmt"
	"math"
	"time"
)

// Until reads when a search must have ended: a clock time such as 07:00, the next time
// after now that the clock of now's zone shows it, or an RFC 3339 time, which may be in
// the past. "" is never, the zero time.
func Until(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	clock, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a clock time such as 07:00 nor an RFC 3339 time", text)
	}
	t := time.Date(now.Year(), now.Month(), now.Day(), clock.Hour(), clock.Minute(), 0, 0, now.Location())
	if !t.After(now) {
		t = time.Date(now.Year(), now.Month(), now.Day()+1, clock.Hour(), clock.Minute(), 0, 0, now.Location())
	}
	return t, nil
}

// TimeLeft is how long a study may still go on.
type TimeLeft struct {
	// Limited says that there is a limit at all.
	Limited bool
	// Duration is below 0 where the limit is passed.
	Duration time.Duration
	// Until is the clock time where that is the nearer limit; else it is zero, and the
	// limit is the study's time over all invocations.
	Until time.Time
}

// TimeLeft returns what is left of search.time, given the seconds that were spent on
// the study, and before the clock time until (zero: never), whichever is less.
func (c Config) TimeLeft(until time.Time, spent float64, now time.Time) TimeLeft {
	if c.Time == 0 && until.IsZero() {
		return TimeLeft{}
	}
	left := c.Time - time.Duration(spent*float64(time.Second))
	if c.Time == 0 || !until.IsZero() && until.Sub(now) < left {
		return TimeLeft{Limited: true, Duration: until.Sub(now), Until: until}
	}
	return TimeLeft{Limited: true, Duration: left}
}

// Deadline returns when an invocation that begins now must have ended, the zero time if
// never. See [Config.TimeLeft].
func (c Config) Deadline(until time.Time, spent float64, now time.Time) time.Time {
	left := c.TimeLeft(until, spent, now)
	if !left.Limited || !left.Until.IsZero() {
		return until
	}
	return now.Add(left.Duration)
}

// Pace says how fast an invocation has been so far.
type Pace struct {
	// Done counts the evaluations of a trial on a seed that have ended, Made those of
	// them that ended in this invocation.
	Done, Made int
	// Seconds is how long the invocation has worked, Spent how long all have.
	Seconds, Spent float64
}

// left returns the seconds that the rest of so many evaluations take at this pace; false
// without one, and where all are made.
func (p Pace) left(evaluations int) (float64, bool) {
	if p.Made == 0 || p.Done >= evaluations {
		return 0, false
	}
	return p.Seconds / float64(p.Made) * float64(evaluations-p.Done), true
}

// SecondsLeft estimates how long a search that began at some time goes on, from its
// pace and its limits; false while it has no pace, and where about all evaluations are made.
// Where nothing but the time bounds the trials, it goes on until that is over.
func (d *Definition) SecondsLeft(p Pace, began, now time.Time) (float64, bool) {
	c := d.Search
	left, ok := p.left(d.Budget().Evaluations)
	if d.MostTrials() == 0 {
		left, ok = math.Inf(1), c.Time > 0 || c.Until != ""
	}
	if !ok {
		return 0, false
	}
	if c.Time > 0 {
		left = min(left, max(0, c.Time.Seconds()-p.Spent))
	}
	if until, err := Until(c.Until, began); err == nil && !until.IsZero() {
		left = min(left, max(0, until.Sub(now).Seconds()))
	}
	return left, !math.IsInf(left, 1)
}

// TrainingsThatFit returns how many trainings of so many seconds each fit into a time,
// with so many at once: floor(left / each * atOnce), 0 where no time is left.
func TrainingsThatFit(left time.Duration, each float64, atOnce int) float64 {
	return math.Floor(max(0, left.Seconds()) / each * float64(atOnce))
}
