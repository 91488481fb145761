package followup_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// searches is a store of what [followup.Longer] records.
type searches struct {
	*confirmations
	runs  map[int]objective.RunID
	found map[objective.Option]followup.Searched
	// optimism is the last one.
	optimism followup.Optimism
}

func (s *searches) LongerRun(_ context.Context, replicate int, _ int64, run objective.RunID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[replicate] = run
	return nil
}

func (s *searches) Searched(_ context.Context, o followup.Searched) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found[o.Option] = o
	return nil
}

func (s *searches) Optimism(_ context.Context, o followup.Optimism) error {
	s.optimism = o
	return nil
}

func newSearches() *searches {
	return &searches{confirmations: newConfirmations(), runs: make(map[int]objective.RunID), found: make(map[objective.Option]followup.Searched)}
}

// TestLonger: at the end of a search the reference is trained longer on the leader's seeds,
// and what it and fixed offsets do is true within four standard errors. Repeated it trains
// nothing; where the time is over it keeps what is complete.
func TestLonger(t *testing.T) {
	d := define(t, confirmStudy)
	reference, leader := []int{0, 1, 2, 3, 4}, []int{0, 1, 2}
	trainings := 0
	trainer := margins{Synthetic: &trainertest.Synthetic{Response: .5, Learning: .4, PerClass: 1000, Before: func(context.Context, objective.Job) error {
		trainings++
		return nil
	}}}
	store := newSearches()
	l := followup.Longer{Definition: d, Store: store, Trainer: trainer, Parallel: 1, Clock: time.Now}
	for range 2 {
		if err := l.Run(t.Context(), nil, reference, leader); err != nil {
			t.Fatal(err)
		}
		if trainings != 5+3 || len(store.runs) != 3 {
			t.Errorf("%d trainings, %d of them longer; want five of the reference and three", trainings, len(store.runs))
		}
	}
	if store.optimism.Seeds != 0 {
		t.Errorf("optimism %+v of no leader", store.optimism)
	}
	l.Leader = fixedArm(t, d, 0)
	if err := l.Run(t.Context(), nil, reference, leader); err != nil {
		t.Fatal(err)
	}
	if o := store.optimism; o.Trial != 4 || o.Round != 2 || o.Seeds != 5 || !(o.Spread > 0) {
		t.Errorf("optimism %+v; want one above 0 of trial 4 round 2 over five seeds", o)
	}
	plain, balanced := trainer.truth(nil, 2, nil)
	for _, x := range []struct {
		option objective.Option
		seeds  int
		epochs float64
	}{{objective.OptionOffsetsFixed, 5, 2}, {objective.OptionLonger, 3, 4}, {objective.OptionLongerThenOffsets, 3, 4}} {
		s := store.found[x.option]
		if s.Reason != "" || s.Seeds != x.seeds || float64(s.Epochs) != x.epochs || len(s.Recall) != 4 {
			t.Errorf("%s: %+v; want %d seeds and %v epochs", x.option, s, x.seeds, x.epochs)
		}
		spread, accuracy := trainer.truth(nil, x.epochs, s.Offsets)
		if math.Abs(s.Change-(spread-plain)) > 4*s.ChangeSE || math.Abs(s.Drop-(balanced-accuracy)) > 4*s.DropSE {
			t.Errorf("%s: %.4f +- %.4f at a loss of %.4f +- %.4f; truly %.4f at %.4f", x.option, s.Change, s.ChangeSE, s.Drop, s.DropSE, spread-plain, balanced-accuracy)
		}
		if want := s.Change + d.Objective.Charge(s.Drop, s.DropSE); math.Abs(s.Difference-want) > 1e-15 || !(s.DifferenceSE > 0) {
			t.Errorf("%s: a difference of %v +- %v; want %v", x.option, s.Difference, s.DifferenceSE, want)
		}
	}
	stops := newSearches()
	l.Store, l.Stops = stops, true
	if err := l.Run(t.Context(), nil, reference, leader); err != nil || stops.found[objective.OptionLonger].Reason != followup.ReasonEarlyStopping ||
		stops.found[objective.OptionOffsetsFixed].Reason != "" || len(stops.runs) != 0 {
		t.Errorf("with early stopping: %v, %+v, runs %v", err, stops.found, stops.runs)
	}
}

// TestLongerIsLate: an hour a training, of which the search's five have been; two more fit.
func TestLongerIsLate(t *testing.T) {
	d := define(t, confirmStudy)
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	trainer := margins{Synthetic: &trainertest.Synthetic{Learning: .4, PerClass: 50, Before: func(context.Context, objective.Job) error {
		now = now.Add(time.Hour)
		return nil
	}}}
	store := newSearches()
	eval := objective.Evaluator{
		Runner: objective.NewRunner(trainer, store, 1, clock, nil), Info: trainer.Info(), ReferenceModel: d.ReferenceModel(), Score: d.Objective,
	}
	for r := range 5 {
		if _, _, _, err := eval.Reference(t.Context(), search.TrainingSeed(d.Search.Seed, r, search.PhaseSearch)); err != nil {
			t.Fatal(err)
		}
	}
	l := followup.Longer{Definition: d, Store: store, Trainer: trainer, Parallel: 1, Clock: clock, Deadline: now.Add(2*time.Hour + 30*time.Minute)}
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{0, 1, 2}); err != nil || store.found[objective.OptionLonger].Seeds != 2 {
		t.Errorf("time for two: %v, %+v", err, store.found[objective.OptionLonger])
	}
	l.Deadline, l.Each = now.Add(time.Hour), 31*time.Minute // two times 31 minutes
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{3}); err != nil || store.found[objective.OptionLonger].Reason != followup.ReasonTime || store.runs[3] != "" {
		t.Errorf("no time for the first: %v, %+v", err, store.found[objective.OptionLonger])
	}
	l.Each = 30 * time.Minute
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{3}); err != nil || store.runs[3] == "" {
		t.Errorf("time for one: %v, %+v", err, store.found[objective.OptionLonger])
	}
	l.Deadline = now.Add(-time.Hour)
	l.Store = &searches{confirmations: store.confirmations, runs: map[int]objective.RunID{}, found: map[objective.Option]followup.Searched{}}
	stop := make(chan struct{})
	close(stop)
	if err := l.Run(t.Context(), stop, []int{0, 1, 2, 3, 4}, []int{4}); !objective.IsInterruption(err) {
		t.Errorf("stopped: %v; want an interruption", err)
	}
}

// TestLongerLeavesTheConfirmation: trainings of a minute, of which double ones take two. Where
// the search kept time free for a confirmation, at least six seeds of it fit after longer
// training; where longer training takes more than an eighth of the whole time, nothing is
// trained. The time that was spent before counts as a part of the whole.
func TestLongerLeavesTheConfirmation(t *testing.T) {
	d := define(t, confirmStudy)
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	trainer := margins{Synthetic: &trainertest.Synthetic{Learning: .4, PerClass: 50, Before: func(_ context.Context, j objective.Job) error {
		epochs, _ := j.Spec.Model["epochs"].(int64)
		now = now.Add(time.Duration(epochs) * time.Minute / 2)
		return nil
	}}}
	seeds := []int{0, 1, 2, 3, 4}
	_, length := fixedArm(t, d, 10).Cost(d)
	for _, c := range []struct {
		whole, spent  time.Duration
		longer, fresh int // seeds of longer training, fresh seeds that fit after it
	}{
		{72 * time.Minute, 0, 0, 0},                // six seeds are more than three quarters
		{80 * time.Minute, 0, 0, 6},                // longer training is more than an eighth
		{80 * time.Minute, 20 * time.Minute, 5, 6}, // not of all the time
		{88 * time.Minute, 0, 0, 6},
		{100 * time.Minute, 0, 5, 6},
		{8 * time.Hour, 0, 5, 10},
	} {
		s := newSearches()
		eval := objective.Evaluator{Runner: objective.NewRunner(trainer, s, 1, clock, nil), Info: trainer.Info(), ReferenceModel: d.ReferenceModel(), Score: d.Objective}
		for _, r := range seeds {
			if _, _, _, err := eval.Reference(t.Context(), search.TrainingSeed(d.Search.Seed, r, search.PhaseSearch)); err != nil {
				t.Fatal(err)
			}
		}
		deadline := now.Add(c.whole)
		reserve := followup.Reserve{Confirms: true}
		reserve.Observe(search.Event{Arms: []objective.Arm{{Round: 2, Seeds: 5}}})
		driver, longer := reserve.Before(d, 1, c.spent, deadline, clock)
		now = deadline.Add(-driver(time.Minute)) // the search ends
		l := followup.Longer{Definition: d, Store: s, Trainer: trainer, Parallel: 1, Clock: clock, Deadline: deadline, Reserve: longer, Each: time.Minute}
		if err := l.Run(t.Context(), nil, seeds, seeds); err != nil {
			t.Fatal(err)
		}
		fit := followup.Fit(10, 0, 1, 60*length, deadline.Sub(now).Seconds())
		if len(s.runs) != c.longer || fit != c.fresh {
			t.Errorf("%v, of which %v were spent: longer on %d seeds and then %d fresh ones fit; want %d and %d", c.whole, c.spent, len(s.runs), fit, c.longer, c.fresh)
		}
	}
}

// TestLongerFails: a longer training that fails is the reason why nothing is known of it, and
// is returned; fixed offsets and the optimism, which need none, are measured all the same. The
// next time it is made up for.
func TestLongerFails(t *testing.T) {
	d := define(t, confirmStudy)
	broken := errors.New("out of memory")
	fails := true
	trainer := margins{Synthetic: &trainertest.Synthetic{Learning: .4, PerClass: 50, Before: func(_ context.Context, j objective.Job) error {
		if j.Spec.Model["epochs"] == int64(4) && fails {
			return broken
		}
		return nil
	}}}
	s := newSearches()
	l := followup.Longer{Definition: d, Store: s, Trainer: trainer, Parallel: 2, Clock: time.Now, Leader: fixedArm(t, d, 0)}
	if err := l.Run(t.Context(), nil, []int{0, 1, 2}, []int{0, 1, 2}); !errors.Is(err, broken) {
		t.Errorf("a failed training: %v; want why", err)
	}
	for option, want := range map[objective.Option]followup.Reason{
		objective.OptionOffsetsFixed: "", objective.OptionLonger: followup.ReasonFailed, objective.OptionLongerThenOffsets: followup.ReasonFailed,
	} {
		if got, ok := s.found[option]; !ok || got.Reason != want || (got.Seeds == 3) != (want == "") {
			t.Errorf("%s: %+v; want the reason %q", option, got, want)
		}
	}
	if s.optimism.Seeds != 3 {
		t.Errorf("optimism %+v; want one of three seeds", s.optimism)
	}
	fails = false
	if err := l.Run(t.Context(), nil, []int{0, 1, 2}, []int{0, 1, 2}); err != nil || s.found[objective.OptionLonger].Seeds != 3 {
		t.Errorf("the next time: %v, %+v", err, s.found[objective.OptionLonger])
	}
}

// TestConfirmationWithoutLonger: longer trainings that fail, on every seed or on one, are the
// reason why what needs them is not measured, and the confirmation goes on. Trainings that
// every option needs end it.
func TestConfirmationWithoutLonger(t *testing.T) {
	const longer, after, control = objective.OptionLonger, objective.OptionLongerThenOffsets, followup.EqualCost
	d := define(t, confirmStudy)
	last := search.TrainingSeed(d.Search.Seed, 5, search.PhaseConfirm)
	for name, c := range map[string]struct {
		round   int
		fails   func(epochs int64, seed int64) bool
		missing []objective.Option
	}{
		"twice the epochs":            {2, func(epochs, _ int64) bool { return epochs == 4 }, []objective.Option{longer, after}},
		"twice the epochs, one seed":  {2, func(epochs, seed int64) bool { return epochs == 4 && seed == last }, []objective.Option{longer, after}},
		"the epochs of the recipe":    {2, func(epochs, _ int64) bool { return epochs == 6 }, []objective.Option{control}},
		"both, which are the same":    {1, func(epochs, _ int64) bool { return epochs == 4 }, []objective.Option{longer, after, control}},
		"nothing, for comparing with": {2, func(int64, int64) bool { return false }, nil},
	} {
		trainer := margins{Synthetic: &trainertest.Synthetic{Response: .5, PerClass: 50, Before: func(_ context.Context, j objective.Job) error {
			if c.fails(j.Spec.Model["epochs"].(int64), j.Spec.Seed) {
				return errors.New("out of memory")
			}
			return nil
		}}}
		failed := make(map[objective.RunID]int)
		var mu sync.Mutex
		x := confirmer(d, newConfirmations(), trainer, 2)
		x.Observe = func(e followup.Event) {
			if e.Kind == followup.EventRun && e.Run.Kind == objective.RunFailed {
				mu.Lock()
				failed[e.Run.Run]++
				mu.Unlock()
			}
		}
		arm := fixedArm(t, d, 6)
		arm.Round, arm.Vector, arm.Offsets, arm.LongerOffsets = c.round, []float64{1.5, 1.2, 0.8, 0.5}, []float64{.25, .1, -.1, -.25}, []float64{.2, .1, -.1, -.2}
		got, err := x.Run(t.Context(), nil, arm)
		if err != nil || got.Seeds != 6 {
			t.Errorf("%s fails: %v; want a confirmation", name, err)
			continue
		}
		for _, m := range got.Options {
			want := followup.Reason("")
			if slices.Contains(c.missing, m.Option) {
				want = followup.ReasonFailed
			}
			if m.Reason != want {
				t.Errorf("%s fails: %s has the reason %q; want %q", name, m.Option, m.Reason, want)
			}
		}
		for run, times := range failed {
			if times > 1 {
				t.Errorf("%s fails: run %.8s was tried %d times", name, run, times)
			}
		}
	}
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error { return errors.New("out of memory") }}
	if _, err := confirmer(d, newConfirmations(), trainer, 2).Run(t.Context(), nil, fixedArm(t, d, 6)); err == nil || objective.IsInterruption(err) {
		t.Errorf("every training fails: %v; want an error", err)
	}
}

// TestLongerEndsAtTheDeadline: a longer training that takes longer than expected is ended when
// the time is over, as one of the search is, and what is stored is read all the same.
func TestLongerEndsAtTheDeadline(t *testing.T) {
	d := define(t, confirmStudy)
	epochs := d.ReferenceModel()["epochs"]
	var slow, begun bool
	trainer := margins{Synthetic: &trainertest.Synthetic{Response: .5, PerClass: 100, Before: func(ctx context.Context, job objective.Job) error {
		if !slow || job.Spec.Model["epochs"] == epochs {
			return nil
		}
		begun = true
		<-ctx.Done()
		return ctx.Err()
	}}}
	store := newSearches()
	l := followup.Longer{Definition: d, Store: store, Trainer: trainer, Parallel: 1, Clock: time.Now}
	if err := l.Run(t.Context(), nil, []int{0, 1, 2}, []int{0, 1}); err != nil {
		t.Fatal(err)
	}
	slow, l.Deadline = true, time.Now().Add(time.Second)
	if err := l.Run(t.Context(), nil, []int{0, 1, 2}, []int{0, 1, 2}); err != nil {
		t.Errorf("error %v; want it to end with the time", err)
	}
	if got := store.found[objective.OptionLonger]; got.Seeds != 2 || got.Reason != "" {
		t.Errorf("begun %v: longer training on %d seeds, reason %q; want the two seeds that are stored", begun, got.Seeds, got.Reason)
	}
}
