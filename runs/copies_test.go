package runs_test

import (
	"path/filepath"
	"testing"

	"evenkeel/runs"
)

// TestCopiesAreOneArm: a fixed recipe with one, two and three rounds is three trials with six
// arms, of which three are distinct. Counts, leaderboard, view and intervals know three, and a
// trial's own page all of them. Where the trial that has the arms is invalid, the others have
// them.
func TestCopiesAreOneArm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "copies.db")
	complete(t, path, 2, "weighting.scheme=[{name: mean-ratio, exponent: 2}]", "weighting.rounds=[1, 2, 3]", "weighting.update=replace", "search.trials=3")
	db := open(t, path, runs.Options{})
	check := func(arms int) *runs.Board {
		t.Helper()
		board, err := db.Leaderboard(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		view := query(t, db, "SELECT trial, round, rank FROM leaderboard ORDER BY rank, trial, round")
		if len(board.Rows) != arms || board.Study.Arms != arms || len(view.Rows) != arms {
			t.Fatalf("%d rows, %d arms, %d rows of the view; want %d", len(board.Rows), board.Study.Arms, len(view.Rows), arms)
		}
		for i, r := range board.Rows {
			if got := view.Rows[i]; got[0] != int64(r.Trial) || got[1] != int64(r.Round) || got[2] != int64(r.Rank) || r.Copy {
				t.Errorf("row %d: trial %d round %d, rank %d; the view has %v", i, r.Trial, r.Round, r.Rank, got)
			}
		}
		return board
	}
	board := check(3)
	copies := 0
	for n := 1; n <= 3; n++ {
		trial, err := db.Trial(t.Context(), "", n)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range trial.Arms {
			if a.Round != i+1 || a.Copy != (a.Rank == 0) {
				t.Errorf("trial %d: arm %d is round %d with rank %d, copy %v", n, i, a.Round, a.Rank, a.Copy)
			}
			if a.Copy {
				copies++
			}
		}
	}
	if copies != 3 {
		t.Errorf("%d copies; want 3", copies)
	}
	e, err := db.Evidence(t.Context(), "", board.Rows[0].Trial, board.Rows[0].Round)
	if err != nil || e.Pool.Groups != 3 {
		t.Errorf("intervals of %d arms, %v; want 3", e.Pool.Groups, err)
	}
	for _, r := range board.Rows {
		if r.Rounds == 3 {
			other(t, path, `UPDATE trials SET invalid = 'by the test' WHERE rounds = 3`)
			if list, err := db.Leaderboard(t.Context(), ""); err != nil || len(list.Rows) != 2 {
				t.Errorf("without the trial of three rounds: %d arms, %v; want 2", len(list.Rows), err)
			}
			return
		}
	}
	t.Error("no arm is of the trial with three rounds")
}
