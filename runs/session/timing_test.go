package session

import (
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// TestTimingSaysWhatDoesNotFit: with one round and races up to three seeds, a conclusion needs
// 3 trainings of the reference and 6 of two trials, 3 times 2 to train it longer, and a
// confirmation 6 times 5. Offsets are fitted to 3 models in the search and 3 times 4 at its end,
// which takes seven thirds of the fits of the confirmation, 6 times 2. It is said once, after
// the first training and its fit, and not where there is time for all or no limit.
func TestTimingSaysWhatDoesNotFit(t *testing.T) {
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	trained := search.Event{Kind: search.EventRun, Run: objective.RunEvent{Kind: objective.RunTrained, Seconds: 10}}
	for _, c := range []struct {
		left     time.Duration // 0: no limit
		fitting  time.Duration
		confirms bool
		want     *notice.TimeShort
	}{
		{0, 0, true, nil},
		{time.Hour, 0, true, nil},
		{70 * time.Second, 0, true, &notice.TimeShort{Fit: 14, Each: 10, Reference: 3, Trials: 6, Longer: 6, Others: 6, Confirming: 6 * 5, Interval: true}},
		// 6 trainings in two eighths of 3 or more.
		{120 * time.Second, 0, false, nil},
		{119 * time.Second, 0, false, &notice.TimeShort{Fit: 23, Each: 10, Reference: 3, Trials: 6, Longer: 6, Others: 6, Interval: true, Confirmed: true}},
		{30 * time.Second, 0, false, &notice.TimeShort{Fit: 6, Each: 10, Reference: 3, Trials: 6, Longer: 6, Others: 6}},
		// 35 + 12 fits of 30 s are 47 times 3 trainings, one after the other with one at once.
		{30 * time.Minute, 30 * time.Second, true, &notice.TimeShort{
			Fit: 180, Each: 10, Reference: 3, Trials: 6, Longer: 6, Others: 90, Confirming: 6 * 5, Offsets: 141, Interval: true, Confirmed: true,
		}},
		{time.Hour, 30 * time.Second, true, nil},
	} {
		timing := timing{def: define(t, small, "search.max_replicates=3", "search.racing=true", "weighting.rounds=1"), parallel: 2, confirms: c.confirms}
		if c.fitting > 0 {
			timing.parallel = 1
		}
		if c.left > 0 {
			timing.deadline, timing.whole = now.Add(c.left), c.left
		}
		if n := timing.observe(search.Event{Kind: search.EventStep}, now); n != nil {
			t.Errorf("before the first training: %+v", n)
		}
		if n := timing.observe(trained, now); n != nil {
			t.Errorf("before the first fit: %+v", n)
		}
		got := timing.observe(search.Event{Kind: search.EventReference, Offsets: c.fitting}, now)
		if c.want == nil && got != nil || c.want != nil && got != notice.Notice(*c.want) {
			t.Errorf("%v left, confirmation %v: %+v; want %+v", c.left, c.confirms, got, c.want)
		}
		if n := timing.observe(trained, now); n != nil {
			t.Errorf("after the second training: %+v", n)
		}
	}
}
