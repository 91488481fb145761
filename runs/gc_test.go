package runs_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
)

// unclean makes a database with the test study, which never came to its end and
// so has all its logits, and another one of two trials that shares runs with it.
func unclean(t *testing.T) *runs.DB {
	t.Helper()
	db := open(t, filepath.Join(t.TempDir(), "x.db"), runs.Options{NoSync: true})
	for _, def := range [][]string{nil, {"study=small", "search.trials=2"}} {
		def := define(t, def...)
		s := openStudy(t, db, def)
		if err := drive(t.Context(), def, s, trainer(), 2); err != nil {
			t.Fatal(err)
		}
		if err := s.Close("interrupted"); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

const (
	countLogits = `SELECT count(*) FROM outputs WHERE kind = 'logits'`
	countKept   = `SELECT count(DISTINCT run) FROM trial_runs r LEFT JOIN trials t ON t.study = r.study AND t.number = r.trial
		WHERE r.trial = 0 OR r.round = t.best_round`
)

// number returns the only number of a query.
func number(t *testing.T, db *runs.DB, q string) int64 {
	t.Helper()
	return query(t, db, q).Rows[0][0].(int64)
}

// TestFreeLogits: what a search frees at its end, or everything; never a run.
func TestFreeLogits(t *testing.T) {
	db := unclean(t)
	all, kept := number(t, db, countLogits), number(t, db, countKept)
	size := number(t, db, `SELECT sum(length(data)) FROM outputs WHERE kind = 'logits'`)
	stored := number(t, db, `SELECT count(*) FROM runs`)
	for _, c := range []struct {
		name       string
		cleaning   runs.Cleaning
		want, left int64
	}{
		{"dry", runs.Cleaning{DryRun: true}, all - kept, all},
		{"dry, all", runs.Cleaning{DryRun: true, All: true}, all, all},
		{"default", runs.Cleaning{}, all - kept, kept},
		{"again", runs.Cleaning{}, 0, kept},
		{"one study whole", runs.Cleaning{Study: "test", All: true}, 0, 0},
		{"all", runs.Cleaning{All: true}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := number(t, db, countLogits)
			f, err := db.FreeLogits(t.Context(), c.cleaning)
			if err != nil {
				t.Fatal(err)
			}
			after := number(t, db, countLogits)
			switch c.name {
			case "one study whole": // the other keeps its own
				other := number(t, db, `SELECT count(DISTINCT run) FROM trial_runs r LEFT JOIN trials t ON t.study = r.study AND t.number = r.trial
					WHERE r.study = 2 AND (r.trial = 0 OR r.round = t.best_round)`)
				if after != other || other == 0 || f.Runs != before-after {
					t.Errorf("%d logits left, %d freed; want %d left", after, f.Runs, other)
				}
			case "all":
				if after != 0 || f.Runs != before {
					t.Errorf("%d logits left, %d freed; want none left of %d", after, f.Runs, before)
				}
			default:
				if f.Runs != c.want || after != c.left || f.Bytes != size/all*c.want {
					t.Errorf("freed %+v, %d left; want %d runs and %d left", f, after, c.want, c.left)
				}
			}
			if shrunk := f.After < f.Before; shrunk != (f.Runs > 0 && !c.cleaning.DryRun) || shrunk != (f.Kept == "" && !c.cleaning.DryRun) {
				t.Errorf("%+v; want the file smaller if something was freed", f)
			}
			if n := number(t, db, `SELECT count(*) FROM runs JOIN matrices ON run = hash JOIN outputs USING (run) WHERE part = 'val' AND kind = 'predictions'`); n != stored {
				t.Errorf("%d runs with their predictions; want %d", n, stored)
			}
		})
	}
}

// TestFreeLogitsIsAStudysEnd: it leaves what the end of a search leaves.
func TestFreeLogitsIsAStudysEnd(t *testing.T) {
	ended := filepath.Join(t.TempDir(), "ended.db")
	complete(t, ended, 2)
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, path, runs.Options{NoSync: true})
	s := openStudy(t, db, define(t))
	if err := drive(t.Context(), define(t), s, trainer(), 2); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	if _, err := db.FreeLogits(t.Context(), runs.Cleaning{Study: "test"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(runstest.Tables(t, ended), runstest.Tables(t, path)); diff != "" {
		t.Errorf("against a study's end (-end +gc):\n%s", diff)
	}
}

// TestFreeLogitsLeavesARunningStudy alone, and the size of the file.
func TestFreeLogitsLeavesARunningStudy(t *testing.T) {
	db := unclean(t)
	s := openStudy(t, db, define(t, "study=small", "search.trials=2"))
	defer closeStudy(t, s)
	var locked *runs.LockedError
	if _, err := db.FreeLogits(t.Context(), runs.Cleaning{Study: "small"}); !errors.As(err, &locked) {
		t.Errorf("of the running study: %v", err)
	}
	var none *runs.NoStudyError
	if _, err := db.FreeLogits(t.Context(), runs.Cleaning{Study: "smal"}); !errors.As(err, &none) {
		t.Errorf("of another study: %v", err)
	}
	f, err := db.FreeLogits(t.Context(), runs.Cleaning{All: true})
	if err != nil || !slices.Equal(f.Busy, []string{"small"}) || !strings.Contains(f.Kept, "running") || f.Before != f.After || f.Runs == 0 {
		t.Errorf("freed %+v, %v; want the running study left out and the file as large", f, err)
	}
	own, have := `SELECT count(DISTINCT run) FROM trial_runs WHERE study = 2`, countLogits
	if number(t, db, own) != number(t, db, have) {
		t.Errorf("%d logits left; want those of the %d runs of the running study", number(t, db, have), number(t, db, own))
	}
}

// TestPace counts the evaluations of one invocation and of all.
func TestPace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2, "search.racing=false", "search.trials=3")
	other(t, path, `UPDATE invocations SET started = '2001-01-01T00:00:00.000Z'`, `UPDATE steps SET finished = '2001-01-02T00:00:00.000Z'`)
	complete(t, path, 2, "search.racing=false", "search.trials=8")
	p, err := open(t, path, runs.Options{ReadOnly: true}).Pace(t.Context(), "")
	if err != nil || p.Done != 8 || p.Made != 5 || p.Spent < p.Seconds {
		t.Errorf("Pace = %+v, %v; want 5 of 8 made", p, err)
	}
}

// TestRunSeconds finds the runs of a model, on given data or on any.
func TestRunSeconds(t *testing.T) {
	db := completed(t)
	id := query(t, db, `SELECT avg(seconds), count(*) FROM runs`).Rows[0]
	spec, _ := savable(1)
	for _, c := range []struct {
		data, kind string
		want       int
	}{{"", "softmax", int(id[1].(int64))}, {trainer().Info().Data, "softmax", int(id[1].(int64))}, {"other", "softmax", 0}, {"", "mlp", 0}} {
		spec.Data, spec.Split, spec.Model = c.data, trainer().Info().Split, define(t).ReferenceModel()
		spec.Model["kind"] = c.kind
		mean, n, err := db.RunSeconds(t.Context(), spec)
		if err != nil || n != c.want || n > 0 && mean != id[0] {
			t.Errorf("%+v: %v s of %d runs, %v; want %v of %d", c, mean, n, err, id[0], c.want)
		}
	}
}
