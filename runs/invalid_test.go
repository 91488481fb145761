package runs_test

import (
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search"
	"evenkeel/search/tpe"
)

// TestInvalidateAndBack: a trial that is declared invalid is not ranked and stays
// visible, the intervals of the others are those of a study without it, and taking
// it back restores every table. Any trial will do.
func TestInvalidateAndBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	want := runstest.Tables(t, path)
	before, err := db.Leaderboard(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for trial := 1; trial <= before.Study.Trials; trial++ {
		name, err := db.Invalidate(t.Context(), "", trial, " the labels\x00 were wrong\n")
		if err != nil || name != "test" {
			t.Fatalf("Invalidate = %q, %v", name, err)
		}
		checkInvalid(t, db, before, trial)
		if runstest.Tables(t, path) == want {
			t.Errorf("trial %d: the tables are as before", trial)
		}
		if _, err := db.Revalidate(t.Context(), "test", trial); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, runstest.Tables(t, path)); diff != "" {
			t.Fatalf("trial %d, after undo (-before +after):\n%s", trial, diff)
		}
	}
	events := query(t, db, `SELECT kind, text FROM events ORDER BY number DESC LIMIT 2`).Rows
	if events[0][0] != "revalidated" || events[1][0] != "invalidated" || !strings.Contains(events[1][1].(string), "the labels") {
		t.Errorf("events %v", events)
	}
}

// checkInvalid holds what is shown of a study with one invalid trial.
func checkInvalid(t *testing.T, db *runs.DB, before *runs.Board, trial int) {
	t.Helper()
	board, err := db.Leaderboard(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	others := slices.DeleteFunc(slices.Clone(before.Rows), func(r runs.Row) bool { return r.Trial == trial })
	if board.Study.Invalid != 1 || board.Study.Trials != before.Study.Trials || board.Study.Arms != len(others) || len(board.Rows) != len(others) {
		t.Fatalf("trial %d: head %+v with %d arms; want one invalid trial and %d arms", trial, board.Study, len(board.Rows), len(others))
	}
	for i, r := range board.Rows {
		o := others[i]
		if r.Trial != o.Trial || r.Round != o.Round || r.Difference != o.Difference || math.IsNaN(r.DifferenceHigh) != math.IsNaN(o.DifferenceHigh) {
			t.Errorf("trial %d, place %d: %d/%d; want %d/%d", trial, i, r.Trial, r.Round, o.Trial, o.Round)
		}
		if i > 0 && r.Rank != i+1 && !r.Tied {
			t.Errorf("trial %d: place %d has rank %d", trial, i, r.Rank)
		}
	}
	if rows := query(t, db, `SELECT rank, trial, round FROM leaderboard ORDER BY rank`).Rows; len(rows) != len(others) || rows[0][1] != int64(others[0].Trial) {
		t.Errorf("trial %d: the view leaderboard has %d rows, first %v", trial, len(rows), rows[0])
	}
	history := query(t, db, `SELECT trial, state FROM trial_history WHERE invalid = 'the labels� were wrong'`).Rows
	if len(history) != 1 || history[0][0] != int64(trial) || history[0][1] != "complete" {
		t.Errorf("trial %d: history %v", trial, history)
	}
	shown, err := db.Trial(t.Context(), "", trial)
	if err != nil || shown.Invalid != "the labels� were wrong" || len(shown.Arms) != shown.Rounds || shown.Arms[0].Rank != 0 || !math.IsNaN(shown.Arms[0].DifferenceHigh) {
		t.Errorf("Trial %d = %+v, %v", trial, shown, err)
	}
	list, err := db.Studies(t.Context())
	if err != nil || list[0].Trials != before.Study.Trials {
		t.Errorf("trial %d: Studies = %+v, %v", trial, list, err)
	}
}

func TestInvalidateRefuses(t *testing.T) {
	db, s := newStudy(t, runs.Options{NoSync: true})
	var locked *runs.LockedError
	if _, err := db.Invalidate(t.Context(), "", 1, "why"); !errors.As(err, &locked) {
		t.Errorf("while it is searched: %v", err)
	}
	closeStudy(t, s)
	var missing *runs.NoTrialError
	if _, err := db.Invalidate(t.Context(), "", 1, "why"); !errors.As(err, &missing) || missing.Trials != 0 {
		t.Errorf("of an empty study: %v", err)
	}
	complete(t, db.Path(), 2, "search.trials=3")
	for _, trial := range []int{-1, 0, 4} {
		if _, err := db.Invalidate(t.Context(), "test", trial, "why"); !errors.As(err, &missing) || missing.Trials != 3 {
			t.Errorf("trial %d: %v", trial, err)
		}
	}
	var none *runs.NoStudyError
	if _, err := db.Invalidate(t.Context(), "tset", 1, "why"); !errors.As(err, &none) {
		t.Errorf("another study: %v", err)
	}
	if _, err := db.Invalidate(t.Context(), "", 1, " \n"); err == nil || !strings.Contains(err.Error(), "reason is empty") {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := db.Revalidate(t.Context(), "", 1); err == nil || !strings.Contains(err.Error(), "nothing to undo") {
		t.Errorf("undo of nothing: %v", err)
	}
	reader := open(t, db.Path(), runs.Options{ReadOnly: true})
	if _, err := reader.Invalidate(t.Context(), "", 1, "why"); err == nil || !strings.Contains(err.Error(), "reading only") {
		t.Errorf("read-only: %v", err)
	}
	if locks, err := filepath.Glob(db.Path() + ".*.lock"); err != nil || len(locks) != 0 {
		t.Errorf("lock files left: %v, %v", locks, err)
	}
	closeStudy(t, openStudy(t, db, define(t, "search.trials=3"))) // nothing holds its lock
}

// TestStudyGoesOnAfterInvalidation: with 1 and with 4 trainings at once
// it ends with the same tables; the invalid trial is not made anew and gets no more
// seeds, and a sampler that learns makes other trials without it.
func TestStudyGoesOnAfterInvalidation(t *testing.T) {
	def := define(t, "search.sampler=tpe", "search.trials=30")
	start := filepath.Join(t.TempDir(), "start.db")
	complete(t, start, 2, "search.sampler=tpe", "search.racing=false", "search.trials=16")
	other(t, start, `UPDATE definitions SET canonical = json_set(canonical, '$.search.racing', json('true'))`)
	best := query(t, open(t, start, runs.Options{ReadOnly: true}), `SELECT trial FROM leaderboard ORDER BY rank LIMIT 1`).Rows[0][0].(int64)
	goOn := func(name string, invalid bool, parallel int) (tables, points string) {
		path := filepath.Join(t.TempDir(), name+".db")
		other(t, start, `VACUUM INTO '`+path+`'`)
		db := open(t, path, runs.Options{NoSync: true})
		if invalid {
			if _, err := db.Invalidate(t.Context(), "", int(best), "a broken fan"); err != nil {
				t.Fatal(err)
			}
		}
		s := openStudy(t, db, def)
		d := search.Driver{Definition: def, Store: s, Trainer: trainer(), Sampler: tpe.New(), Parallel: parallel, Clock: time.Now}
		if _, err := d.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		closeStudy(t, s)
		if invalid {
			steps := query(t, db, `SELECT count(*), max(kind), max(replicates) FROM steps WHERE trial = (SELECT number FROM trials WHERE invalid IS NOT NULL)`).Rows[0]
			if !slices.Equal(steps, []any{int64(1), "trial", "[0]"}) {
				t.Errorf("%s: steps of the invalid trial %v; want the first alone", name, steps)
			}
		}
		made := query(t, db, `SELECT count(*), group_concat(point) FROM trials`).Rows[0]
		if made[0] != int64(30) {
			t.Errorf("%s: %v trials; want 30", name, made[0])
		}
		return runstest.Tables(t, path), made[1].(string)
	}
	want, without := goOn("one", true, 1)
	got, _ := goOn("four", true, 4)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parallel 4 against 1 (-1 +4):\n%s", diff)
	}
	if _, with := goOn("valid", false, 2); with == without {
		t.Error("the sampler made the same trials whether the best was invalid or not")
	}
}

// TestOpenStepOfAnInvalidTrial: what was begun is finished, and stays unranked.
func TestOpenStepOfAnInvalidTrial(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, path, runs.Options{NoSync: true})
	def := define(t, "search.trials=3")
	s := openStudy(t, db, def)
	step := search.Step{Number: 1, Kind: search.NewTrial, Trial: 1, Replicates: []int{0}, Point: def.Space.Middle()}
	if err := s.Append(t.Context(), step); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	if _, err := db.Invalidate(t.Context(), "", 1, "made by hand"); err != nil {
		t.Fatal(err)
	}
	s = openStudy(t, db, def)
	if err := drive(t.Context(), def, s, trainer(), 2); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	rows := query(t, db, `SELECT state, seeds, best_round > 0, (SELECT count(*) FROM leaderboard WHERE trial = 1),
		(SELECT arms FROM studies) = (SELECT count(*) FROM leaderboard) FROM trials WHERE number = 1`).Rows[0]
	if !slices.Equal(rows, []any{"complete", int64(1), int64(1), int64(0), int64(1)}) {
		t.Errorf("trial 1: %v; want it complete on one seed, with arms that are not ranked", rows)
	}
}

// TestInvalidPredictedTrial: the transmission is not known while a trial
// that was predicted is invalid, and is known again after that.
func TestInvalidPredictedTrial(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	other(t, path, `UPDATE studies SET screened = 100, transmission = 0.8, transmission_se = 0.1, transmission_effects = 2;
		UPDATE trials SET predicted_difference = -0.02, predicted_round = 1 WHERE number = 2`)
	for _, c := range []struct {
		trial, effects int
		do             func(trial int) (string, error)
	}{
		{1, 2, func(trial int) (string, error) { return db.Invalidate(t.Context(), "", trial, "why not") }},
		{2, 0, func(trial int) (string, error) { return db.Invalidate(t.Context(), "", trial, "why not") }},
		{2, 2, func(trial int) (string, error) { return db.Revalidate(t.Context(), "", trial) }},
	} {
		if _, err := c.do(c.trial); err != nil {
			t.Fatal(err)
		}
		board, err := db.Leaderboard(t.Context(), "")
		if err != nil || board.Screening.Points != 100 || board.Screening.Largest != 0.02 || board.Screening.Transmission.Effects != c.effects {
			t.Errorf("trial %d: %+v, error %v; want 100 points, at most .02 and %d effects", c.trial, board.Screening, err, c.effects)
		}
	}
}
