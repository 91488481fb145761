package followup_test

import (
	"context"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// limited is a search of five seeds whose reference is known, at a time that stands still but
// for what a test makes of it: trainings take a minute for two epochs.
func limited(t *testing.T) (l *followup.Longer, store *searches, now *time.Time) {
	t.Helper()
	at := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	d := define(t, confirmStudy)
	trainer := margins{Synthetic: &trainertest.Synthetic{Learning: .4, PerClass: 50, Before: func(_ context.Context, j objective.Job) error {
		epochs, _ := j.Spec.Model["epochs"].(int64)
		at = at.Add(time.Duration(epochs) * time.Minute / 2)
		return nil
	}}}
	store = newSearches()
	clock := func() time.Time { return at }
	eval := objective.Evaluator{
		Runner: objective.NewRunner(trainer, store, 1, clock, nil), Info: trainer.Info(), ReferenceModel: d.ReferenceModel(), Score: d.Objective,
	}
	for r := range 5 {
		if _, _, _, err := eval.Reference(t.Context(), search.TrainingSeed(d.Search.Seed, r, search.PhaseSearch)); err != nil {
			t.Fatal(err)
		}
	}
	return &followup.Longer{Definition: d, Store: store, Trainer: trainer, Parallel: 1, Clock: clock, Each: time.Minute}, store, &at
}

// TestFitsAreInTheEstimate: offsets of a model take 3 minutes, with what measures them 7. What
// would not be ready in time is not begun: fixed offsets for the reference are on the seeds
// for which there is time, and longer training begins on no more seeds than those for which up
// to three sets can be fitted afterwards. One seed of several is too few. What was trained is
// recorded all the same.
func TestFitsAreInTheEstimate(t *testing.T) {
	for name, c := range map[string]struct {
		minutes                      int
		fixedKnown                   bool
		trained, fixed, longer, both int
	}{
		"nothing":                   {13, false, 0, 0, 0, 0},
		"two seeds of fixed ones":   {14, false, 0, 2, 0, 0},
		"four of them":              {34, false, 1, 4, 0, 0}, // the clock stands still in fits
		"one seed, too few":         {45, true, 1, 5, 0, 0},
		"two seeds, one at a time":  {46, true, 2, 5, 2, 2},
		"all three":                 {69, true, 3, 5, 3, 3},
		"all of it, and no Fitting": {0, false, 3, 5, 3, 3},
	} {
		l, store, now := limited(t)
		l.Fitting, l.FixedKnown = 3*time.Minute, c.fixedKnown
		if l.Deadline = now.Add(time.Duration(c.minutes) * time.Minute); c.minutes == 0 {
			l.Deadline, l.Fitting = now.Add(24*time.Hour), 0
		}
		if c.fixedKnown {
			store.found[objective.OptionOffsetsFixed] = followup.Searched{Option: objective.OptionOffsetsFixed, Seeds: 5}
		}
		began := 0
		l.Observe = func(e followup.Event) {
			if e.Kind == followup.EventLonger {
				began++
			}
		}
		if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{0, 1, 2}); err != nil {
			t.Fatal(err)
		}
		if len(store.runs) != c.trained || (began == 1) != (c.trained > 0) {
			t.Errorf("%s: %d longer runs, said %d times; want %d", name, len(store.runs), began, c.trained)
		}
		for option, seeds := range map[objective.Option]int{
			objective.OptionOffsetsFixed: c.fixed, objective.OptionLonger: c.longer, objective.OptionLongerThenOffsets: c.both,
		} {
			got, ok := store.found[option]
			if !ok || got.Seeds != seeds || (got.Reason == followup.ReasonTime) != (seeds == 0) {
				t.Errorf("%s: %s on %d seeds, reason %q; want %d", name, option, got.Seeds, got.Reason, seeds)
			}
		}
	}
}

// TestFitsKeepTheLimit: a tenth of a second passes whenever somebody looks at the clock, and fits take
// far longer than there is time. They end by it, with what was kept free for what follows, and
// the reason is known.
func TestFitsKeepTheLimit(t *testing.T) {
	l, store, now := limited(t)
	l.Clock = func() time.Time { *now = now.Add(time.Second / 10); return *now }
	l.Deadline = now.Add(10 * time.Minute)
	l.Reserve = func(time.Duration, bool) time.Duration { return 9 * time.Minute }
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{0, 1, 2}); err != nil {
		t.Fatal(err)
	}
	for _, option := range []objective.Option{objective.OptionOffsetsFixed, objective.OptionLonger, objective.OptionLongerThenOffsets} {
		if got, ok := store.found[option]; !ok || got.Reason != followup.ReasonTime {
			t.Errorf("%s: %+v; want that there was no time", option, got)
		}
	}
	if left := l.Deadline.Sub(*now); left < 8*time.Minute+30*time.Second {
		t.Errorf("%v are left; want about the 9 minutes that were kept free", left)
	}
}

// TestFitsThatAreDoneCount: the time is over in the middle of the fits for the reference. The
// seeds whose fits are complete are used.
func TestFitsThatAreDoneCount(t *testing.T) {
	l, store, now := limited(t)
	began := *now
	l.Clock = func() time.Time { *now = now.Add(time.Second); return *now }
	l.Deadline = now.Add(1000 * time.Hour)
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, nil); err != nil {
		t.Fatal(err)
	}
	l.Deadline = now.Add(now.Sub(began) * 7 / 10) // of as many looks
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, nil); err != nil {
		t.Fatal(err)
	}
	if got := store.found[objective.OptionOffsetsFixed]; got.Reason != "" || got.Seeds < 2 || got.Seeds > 4 {
		t.Errorf("fixed offsets on %d seeds, reason %q; want some", got.Seeds, got.Reason)
	}
}

// TestFitsEndAtStop: while offsets are fitted somebody stops the search. It ends at once, as
// interrupted, and records no more. The next time it goes on.
func TestFitsEndAtStop(t *testing.T) {
	l, store, now := limited(t)
	l.Deadline = now.Add(24 * time.Hour)
	stop, looks := make(chan struct{}), 0
	l.Clock = func() time.Time {
		if looks++; looks == 100 {
			close(stop)
		}
		return *now
	}
	if err := l.Run(t.Context(), stop, []int{0, 1, 2, 3, 4}, []int{0, 1, 2}); !objective.IsInterruption(err) || len(store.found) != 0 || looks > 120 {
		t.Errorf("stopped in a fit: %v, %d options, the clock looked at %d times", err, len(store.found), looks)
	}
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{0, 1, 2}); err != nil || store.found[objective.OptionLongerThenOffsets].Seeds != 3 {
		t.Errorf("the next time: %v, %+v", err, store.found)
	}
}

// TestLessDoesNotTakeThePlaceOfMore: with no time left, figures on some seeds stay.
func TestLessDoesNotTakeThePlaceOfMore(t *testing.T) {
	l, store, now := limited(t)
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{0, 1}); err != nil {
		t.Fatal(err)
	}
	l.Recorded = map[objective.Option]int{objective.OptionOffsetsFixed: 5, objective.OptionLonger: 2, objective.OptionLongerThenOffsets: 2}
	l.Deadline, l.Fitting = now.Add(time.Second), time.Minute
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{0, 1, 2, 3, 4}); err != nil {
		t.Fatal(err)
	}
	for option, seeds := range l.Recorded {
		if got := store.found[option]; got.Seeds != seeds || got.Reason != "" {
			t.Errorf("%s: %+v; want the figures on %d seeds", option, got, seeds)
		}
	}
}
