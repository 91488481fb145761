package runs_test

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search/followup"
)

// TestLongerIsPinned: what else could be done than weights is on the board as it was
// measured, a later measurement replaces it, the runs belong to no trial, and gc frees their
// logits with those of the reference.
func TestLongerIsPinned(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	board, err := db.Leaderboard(t.Context(), "")
	if err != nil || board.Longer.Seeds != 0 || board.Longer.Offsets != nil || board.Offsets.Fixed != nil {
		t.Fatalf("before: %+v, %v; want nothing", board.Longer, err)
	}
	arms := query(t, db, "SELECT * FROM leaderboard").Rows
	s := openStudy(t, db, define(t))
	l := followup.Longer{Definition: define(t), Store: s, Trainer: trainer(), Parallel: 2, Clock: time.Now}
	var all []int
	for _, rep := range board.Reference.Replicates {
		all = append(all, rep.Replicate)
	}
	for _, leader := range [][]int{{0, 1}, {0, 1, 2}} {
		if err := l.Run(t.Context(), nil, all, leader); err != nil {
			t.Fatal(err)
		}
		if board, err = db.Leaderboard(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		x := board.Longer
		if x.Seeds != len(leader) || x.Reason != "" || x.Offsets == nil || x.Offsets.Seeds != len(leader) || len(x.Offsets.Offsets) != 4 || x.WorstClass == "" {
			t.Errorf("on seeds %v: %+v", leader, x)
		}
		// The trainer does the same with more epochs.
		if x.Change != 0 || x.Drop != 0 || x.Charge != 0 || x.Difference != 0 {
			t.Errorf("the same model has a change of %+v; want none", x.Searched)
		}
		if f := board.Offsets.Fixed; f == nil || f.Seeds != len(all) || f.Option != objective.OptionOffsetsFixed || math.IsNaN(f.ChangeSE) {
			t.Errorf("fixed offsets %+v; want %d seeds", f, len(all))
		}
	}
	l.Stops = true
	if err := l.Run(t.Context(), nil, all, []int{0}); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	if board, err = db.Leaderboard(t.Context(), ""); err != nil || board.Longer.Reason != followup.ReasonEarlyStopping || board.Longer.Seeds != 0 {
		t.Errorf("with early stopping: %+v, %v", board.Longer, err)
	}
	if diff := cmp.Diff(arms, query(t, db, "SELECT * FROM leaderboard").Rows); diff != "" {
		t.Errorf("the ranking changed:\n%s", diff)
	}
	const kept = `SELECT count(*) FROM longer_runs JOIN outputs USING (run) WHERE kind = 'logits'`
	for _, c := range []struct {
		all  bool
		want int64
	}{{false, 3}, {true, 0}} {
		if _, err := db.FreeLogits(t.Context(), runs.Cleaning{Study: "test", All: c.all}); err != nil {
			t.Fatal(err)
		}
		if got := query(t, db, kept).Rows[0][0]; got != c.want {
			t.Errorf("after gc, all %v, %v runs have logits; want %d", c.all, got, c.want)
		}
	}
}

// TestTurnedRow: a comparison that is asked for the other way round has the opposite figures.
func TestTurnedRow(t *testing.T) {
	row := runs.ConfirmedRow{
		What: objective.OptionLonger, Against: objective.OptionNothing, Spread: .08, AgainstSpread: .1, BalancedAccuracy: .9, AgainstBalancedAccuracy: .88,
		Difference: -.02, DifferenceLow: -.03, DifferenceHigh: -.01, DifferenceSE: .005, Freedom: 9, PValue: .01,
		PlainSpread: .09, AgainstPlainSpread: .105, PlainDifferenceLow: -.03, PlainDifferenceHigh: 0,
		AccuracyDrop: -.02, AccuracyDropLow: -.03, AccuracyDropHigh: -.01, AccuracyLow: .01, AccuracyHigh: .03, AccuracySE: .005,
		Tolerance: confirm.Held, OverTolerance: .01, ScoreDifference: -.02, ScoreLow: -.03, ScoreHigh: -.01, ScorePValue: .004,
		Gained: []runs.ClassChange{{Class: "cat", Before: .5, After: .7}},
	}
	a := runs.ConfirmedArm{Rows: []runs.ConfirmedRow{row}}
	got := a.Row(objective.OptionNothing, objective.OptionLonger)
	if got == nil || got.Difference != .02 || got.DifferenceLow != .01 || got.DifferenceHigh != .03 || got.Spread != .1 || got.AgainstSpread != .08 ||
		got.PlainDifferenceLow != 0 || got.PlainDifferenceHigh != .03 || got.AccuracyDrop != .02 || got.AccuracyLow != -.03 || got.AccuracyHigh != -.01 ||
		got.ScoreDifference != .02 || got.ScoreLow != .01 || got.ScorePValue != .996 || got.PValue != .01 || got.Tolerance != "" || !math.IsNaN(got.OverTolerance) ||
		len(got.Gained) != 0 || !cmp.Equal(got.Lost, []runs.ClassChange{{Class: "cat", Before: .7, After: .5}}) {
		t.Errorf("turned: %+v", got)
	}
	if back := got.Turned(); back.Difference != row.Difference || back.AccuracyDropHigh != row.AccuracyDropHigh || !cmp.Equal(back.Gained, row.Gained) {
		t.Errorf("turned back: %+v", back)
	}
	if same := a.Row(objective.OptionLonger, objective.OptionNothing); same.Difference != -.02 || a.Row(objective.OptionLonger, objective.OptionOffsetsFixed) != nil {
		t.Errorf("%+v; want the row as it is, and none of what was not compared", same)
	}
}
