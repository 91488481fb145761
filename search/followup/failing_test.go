package followup_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// TestConfirmFailingSeeds: fresh seeds on which a training fails are left out of every option
// and counted with their cause, whether they fail without weights or with them; the rest is what
// a confirmation on these seeds alone would be. Below six nothing is recorded. The next time
// what failed is trained again.
func TestConfirmFailingSeeds(t *testing.T) {
	d := define(t, confirmStudy)
	seed := func(r int) int64 { return search.TrainingSeed(d.Search.Seed, r, search.PhaseConfirm) }
	type trial struct {
		fails func(job objective.Job) bool
		seeds int
	}
	confirmed := func(store *confirmations, parallel int, x trial) (*followup.Confirmation, error) {
		trainer := margins{Synthetic: &trainertest.Synthetic{Response: .5, PerClass: 50, Before: func(_ context.Context, j objective.Job) error {
			if x.fails(j) {
				return errors.New("no images")
			}
			return nil
		}}}
		arm := fixedArm(t, d, x.seeds)
		arm.Vector, arm.Offsets = []float64{1.5, 1.2, 0.8, 0.5}, []float64{.25, .1, -.1, -.25}
		return confirmer(d, store, trainer, parallel).Run(t.Context(), nil, arm)
	}
	never := func(objective.Job) bool { return false }
	weighted := func(j objective.Job) bool { return j.Spec.Weights != nil }
	last := func(j objective.Job) bool { return slices.Contains([]int64{seed(6), seed(7)}, j.Spec.Seed) }
	six, err := confirmed(newConfirmations(), 2, trial{never, 6})
	if err != nil || len(six.Failures) != 0 || six.Asked != 6 {
		t.Fatalf("six seeds that work: %v, %+v of %d", err, six.Failures, six.Asked)
	}
	for name, fails := range map[string]func(objective.Job) bool{
		"every training": last, "weighted ones": func(j objective.Job) bool { return last(j) && weighted(j) },
	} {
		for _, parallel := range []int{1, 3} {
			store := newConfirmations()
			got, err := confirmed(store, parallel, trial{fails, 8})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got.Asked != 8 || got.Seeds != 6 || len(got.Failures) != 1 || got.Failures[0].Seeds != 2 || got.Failures[0].What != "" ||
				!strings.HasSuffix(got.Failures[0].Cause, "no images") {
				t.Errorf("%s: %d of %d seeds, failures %+v; want six of eight, and why", name, got.Seeds, got.Asked, got.Failures)
			}
			got.Seeds = six.Seeds
			got.Asked, got.Failures = six.Asked, six.Failures
			if text(got) != text(six) {
				t.Errorf("%s: it differs from a confirmation on the six seeds that work", name)
			}
			if again, err := confirmed(store, parallel, trial{never, 8}); err != nil || again.Seeds != 8 || len(again.Failures) != 0 {
				t.Errorf("%s: the next time %v, %+v; want all eight", name, err, again)
			}
		}
	}
	store := newConfirmations()
	var few *followup.FreshSeedsError
	if _, err := confirmed(store, 2, trial{last, 7}); err != nil { // one of the two is asked for
		t.Errorf("one of seven seeds fails: %v", err)
	}
	store = newConfirmations()
	_, err = confirmed(store, 2, trial{func(j objective.Job) bool { return last(j) || j.Spec.Seed == seed(0) }, 8})
	if !errors.As(err, &few) || few.Asked != 8 || few.Failed.Seeds != 3 || !strings.Contains(few.Error(), "3 of 8 fresh seeds failed, and a confirmation needs 6 that work: ") || store.last != nil {
		t.Errorf("three of eight seeds fail: %v, something recorded %t; want how many and why, and nothing recorded", err, store.last != nil)
	}
}

// TestFailingSeedsInTurn: where too many seeds fail, how many did and why is the same for any
// number of trainings at once. Where the time is over before, the error says how many were not
// measured, and is an interruption.
func TestFailingSeedsInTurn(t *testing.T) {
	d := define(t, confirmStudy)
	seeds := make(map[int64]int)
	for r := range 10 {
		seeds[search.TrainingSeed(d.Search.Seed, r, search.PhaseConfirm)] = r
	}
	var first string
	for parallel := 1; parallel <= 4; parallel++ {
		trainer, _, _ := watched(.3, nil)
		trainer.Before = func(_ context.Context, j objective.Job) error {
			if r := seeds[j.Spec.Seed]; r != 1 && r != 4 {
				return fmt.Errorf("no images for seed %d", r)
			}
			return nil
		}
		_, err := confirmer(d, newConfirmations(), trainer, parallel).Run(t.Context(), nil, fixedArm(t, d, 10))
		var few *followup.FreshSeedsError
		if !errors.As(err, &few) || few.Failed.Seeds != 5 || !strings.HasSuffix(few.Failed.Cause, "seed 0") {
			t.Errorf("%d at once: %v; want five that failed, the first being seed 0", parallel, err)
		}
		if first == "" {
			first = err.Error()
		}
		if err.Error() != first {
			t.Errorf("%d at once: %v; want %s", parallel, err, first)
		}
	}

	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	trainer, _, _ := watched(.3, nil)
	trainer.Before = func(_ context.Context, j objective.Job) error {
		now = now.Add(time.Hour)
		if r, fresh := seeds[j.Spec.Seed]; fresh && r == 0 {
			return errors.New("no images")
		}
		return nil
	}
	store := newConfirmations()
	c := confirmer(d, store, trainer, 1)
	c.Clock, c.Deadline = func() time.Time { return now }, now.Add(20*time.Hour)
	arm := fixedArm(t, d, 10)
	arm.Vector = []float64{1.5, 1.2, 0.8, 0.5}
	_, err := c.Run(t.Context(), nil, arm)
	var few *followup.FreshSeedsError
	if !errors.As(err, &few) || !objective.IsInterruption(err) || few.Failed.Seeds != 1 || few.NotTried < 5 || few.NotTried > 8 || store.last != nil {
		t.Errorf("a failure and then no time: %v; want an interruption that says what failed", err)
	}
}
