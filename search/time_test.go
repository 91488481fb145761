package search_test

import (
	"testing"
	"time"

	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// TestSecondsLeft: the pace of the invocation, and not more than the limits leave.
func TestSecondsLeft(t *testing.T) {
	began := time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC)
	pace := search.Pace{Done: 6, Made: 3, Seconds: 60, Spent: 100}
	for _, c := range []struct {
		pace   search.Pace
		config search.Config
		want   float64
		known  bool
	}{
		{pace, search.Config{}, 80, true},
		{search.Pace{Done: 6, Seconds: 60}, search.Config{}, 0, false},
		{search.Pace{Done: 10, Made: 3, Seconds: 60}, search.Config{}, 0, false},
		{pace, search.Config{Time: 130 * time.Second}, 30, true},
		{pace, search.Config{Time: 90 * time.Second}, 0, true},
		{pace, search.Config{Until: "06:02"}, 60, true},
		{pace, search.Config{Until: "05:00"}, 80, true},
		{pace, search.Config{Until: "2026-01-02T06:00:30Z"}, 0, true},
	} {
		c.config.Trials, c.config.Replicates = 10, 1
		def := search.Definition{Search: c.config, Space: search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, High: 1}}}}
		got, known := def.SecondsLeft(c.pace, began, began.Add(time.Minute))
		if got != c.want || known != c.known {
			t.Errorf("%+v, %+v: %v, %v; want %v, %v", c.pace, c.config, got, known, c.want, c.known)
		}
	}
}

// TestSecondsLeftWithoutABound: where only the time bounds the trials it goes on until then,
// and nothing is known without a time.
func TestSecondsLeftWithoutABound(t *testing.T) {
	began := time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC)
	endless := search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, High: 1}}}
	def := search.Definition{Search: search.Config{Time: 130 * time.Second, Replicates: 1}, Space: endless}
	if got, known := def.SecondsLeft(search.Pace{Spent: 100}, began, began); got != 30 || !known {
		t.Errorf("30 of 130 s left: %v, %v", got, known)
	}
	p := search.NewProgress(&def, began)
	p.Observe(search.Event{Kind: search.EventOutcome, Step: search.Step{Replicates: []int{0}}})
	if got, known := p.SecondsLeft(began.Add(time.Minute), began); got != 60 || !known || p.Total != 0 || p.Done != 1 {
		t.Errorf("a minute before the deadline: %v, %v, %d of %d done", got, known, p.Done, p.Total)
	}
	if got, known := p.SecondsLeft(time.Time{}, began); known {
		t.Errorf("without a deadline: %v, %v", got, known)
	}
}

// TestUntil: a clock time is the next one; an RFC 3339 time may be in the past.
func TestUntil(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	now := time.Date(2026, 12, 31, 22, 30, 0, 0, berlin)
	for text, want := range map[string]time.Time{
		"":                     {},
		"22:31":                time.Date(2026, 12, 31, 22, 31, 0, 0, berlin),
		"22:30":                time.Date(2027, 1, 1, 22, 30, 0, 0, berlin),
		"07:00":                time.Date(2027, 1, 1, 7, 0, 0, 0, berlin),
		"2001-02-03T04:05:06Z": time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC),
	} {
		if got, err := search.Until(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"7", "25:00", "tomorrow", "2001-02-03"} {
		if got, err := search.Until(text, now); err == nil {
			t.Errorf("%q: %v; want an error", text, got)
		}
	}
}

// TestDeadline: the nearer of two limits, and what is left before it.
func TestDeadline(t *testing.T) {
	now := time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC)
	clock, never := now.Add(time.Hour), time.Time{}
	for _, c := range []struct {
		limit time.Duration
		spent float64
		until time.Time
		want  time.Time
		left  search.TimeLeft
	}{
		{0, 0, never, never, search.TimeLeft{}},
		{0, 9e9, clock, clock, search.TimeLeft{Limited: true, Duration: time.Hour, Until: clock}},
		{2 * time.Hour, 0, clock, clock, search.TimeLeft{Limited: true, Duration: time.Hour, Until: clock}},
		{2 * time.Hour, 5400, clock, now.Add(time.Minute * 30), search.TimeLeft{Limited: true, Duration: 30 * time.Minute}},
		{time.Hour, 7200, never, now.Add(-time.Hour), search.TimeLeft{Limited: true, Duration: -time.Hour}},
	} {
		config := search.Config{Time: c.limit}
		if got := config.Deadline(c.until, c.spent, now); !got.Equal(c.want) {
			t.Errorf("%v, %v s spent, until %v: deadline %v; want %v", c.limit, c.spent, c.until, got, c.want)
		}
		if got := config.TimeLeft(c.until, c.spent, now); got != c.left {
			t.Errorf("%v, %v s spent, until %v: left %+v; want %+v", c.limit, c.spent, c.until, got, c.left)
		}
	}
	if got := search.TrainingsThatFit(10*time.Second, 3, 2); got != 6 {
		t.Errorf("trainings of 3 s, two at once, in 10 s: %v; want 6", got)
	}
	if got := search.TrainingsThatFit(-time.Second, 3, 2); got != 0 {
		t.Errorf("trainings after the end: %v; want 0", got)
	}
}

// TestMaxRounds: fixed, from a range, from a choice.
func TestMaxRounds(t *testing.T) {
	for rounds, want := range map[string]int{"3": 3, "{low: 1, high: 4}": 4, "[2, 5, 1]": 5} {
		def, err := studyfile.Parse("s.yaml", []byte("weighting: {scheme: [{name: mean-ratio}], rounds: "+rounds+"}"), "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := def.MaxRounds(); got != want {
			t.Errorf("rounds %s: %d; want %d", rounds, got, want)
		}
	}
}
