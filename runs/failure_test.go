package runs_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// TestFailedSeedsAreKept: what failed in a recorded confirmation and in a later one that is not
// recorded is kept; a confirmation without the first seed is known again; and one that left
// out seeds does not replace one on as many seeds that left out none.
func TestFailedSeedsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	def := define(t)
	var made *followup.Confirmation
	confirmed := func(seeds int, fails ...int) {
		t.Helper()
		tr := trainer()
		tr.Before = func(_ context.Context, j objective.Job) error {
			for _, r := range fails {
				if j.Spec.Seed == search.TrainingSeed(def.Search.Seed, r, search.PhaseConfirm) {
					return errors.New("no images")
				}
			}
			return nil
		}
		var err error
		if made, err = confirmTrial(t.Context(), t, db, 2, seeds, 2, tr); err != nil {
			t.Fatal(err)
		}
	}
	check := func(seeds int, want ...runs.FreshFailures) {
		t.Helper()
		arms, err := db.Confirmations(t.Context(), "")
		if err != nil || len(arms) != 1 || arms[0].Seeds != seeds {
			t.Fatalf("confirmations %+v, %v; want one on %d seeds", arms, err, seeds)
		}
		got, err := db.FreshFailures(t.Context(), "")
		same := func(a, b runs.FreshFailures) bool {
			return a.Trial == 2 && a.Asked == b.Asked && a.Unrecorded == b.Unrecorded && a.Of("").Seeds == b.Of("").Seeds && a.NotTried == b.NotTried
		}
		if err != nil || !slices.EqualFunc(got, want, same) {
			t.Errorf("failures %+v, %v; want %+v", got, err, want)
		}
	}
	failed := func(seeds int) []followup.Failure { return []followup.Failure{{Seeds: seeds}} }

	confirmed(8, 0, 7)
	two := runs.FreshFailures{Asked: 8, Failures: failed(2)}
	check(6, two)
	r, arm := made.Reading, followup.Arm{Offsets: fixedOffsets}
	r.Seeds = made.Seeds
	arm.Vector = made.Runs[slices.IndexFunc(made.Runs, func(r followup.Run) bool { return r.What == objective.OptionWeightsFixed })].Weights
	for reference, want := range map[objective.RunID]bool{r.Reference: true, "other": false} {
		r.Reference = reference
		if same, err := db.Confirmed(t.Context(), "test", r, arm); err != nil || same != want {
			t.Errorf("confirmed already, with reference %s: %v, %v; want %v", reference, same, err, want)
		}
	}
	confirmed(7)
	check(7)
	confirmed(8, 7)
	check(7, runs.FreshFailures{Asked: 8, Unrecorded: true, Failures: failed(1)})
	confirmed(8)
	check(8)
	confirmed(10, 8, 9)
	check(8, runs.FreshFailures{Asked: 10, Unrecorded: true, Failures: failed(2)})
}
