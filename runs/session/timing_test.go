package session

import (
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// TestTimingSaysWhatDoesNotFit: with one round and races up to three seeds, a conclusion needs
// 3 trainings of the reference and 6 of two trials, and a confirmation 6 times 5. It is said
// once, after the first training, and not where there is time for all or no limit.
func TestTimingSaysWhatDoesNotFit(t *testing.T) {
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	trained := search.Event{Kind: search.EventRun, Run: objective.RunEvent{Kind: objective.RunTrained, Seconds: 10}}
	for _, c := range []struct {
		left     time.Duration // 0: no limit
		confirms bool
		want     *notice.TimeShort
	}{
		{0, true, nil},
		{time.Hour, true, nil},
		{70 * time.Second, true, &notice.TimeShort{Fit: 14, Each: 10, Reference: 3, Trials: 6, Confirming: 6 * 5}},
		{70 * time.Second, false, nil},
		{30 * time.Second, false, &notice.TimeShort{Fit: 6, Each: 10, Reference: 3, Trials: 6}},
	} {
		timing := timing{def: define(t, small, "search.max_replicates=3", "search.racing=true", "weighting.rounds=1"), parallel: 2, confirms: c.confirms}
		if c.left > 0 {
			timing.deadline = now.Add(c.left)
		}
		if n := timing.observe(search.Event{Kind: search.EventStep}, now); n != nil {
			t.Errorf("before the first training: %+v", n)
		}
		got := timing.observe(trained, now)
		if c.want == nil && got != nil || c.want != nil && got != notice.Notice(*c.want) {
			t.Errorf("%v left, confirmation %v: %+v; want %+v", c.left, c.confirms, got, c.want)
		}
		if n := timing.observe(trained, now); n != nil {
			t.Errorf("after the second training: %+v", n)
		}
	}
}
