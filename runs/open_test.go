package runs_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
)

// other makes a SQLite database with some other program's SQL.
func other(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestOpenRefuses: what cannot be used is refused in one line that says why, and
// is left as it was, with nothing beside it.
func TestOpenRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{"text", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("my diary\n", 50)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not a SQLite database"},
		{"short text", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not a SQLite database"},
		{"another program's", func(t *testing.T, path string) {
			other(t, path, `PRAGMA application_id = 252006673`, `CREATE TABLE t (x)`)
		}, "of another program"},
		{"an unmarked one", func(t *testing.T, path string) { other(t, path, `CREATE TABLE t (x)`) }, "of another program"},
		{"an unmarked one with a log", func(t *testing.T, path string) {
			other(t, path, `PRAGMA journal_mode = WAL`, `CREATE TABLE t (x)`)
		}, "of another program"},
		{"a newer one", func(t *testing.T, path string) {
			complete(t, path, 1)
			other(t, path, `PRAGMA user_version = 99`)
		}, "schema version 99 is newer than this program's 6; use the newer evenkeel"},
		{"an unreleased one", func(t *testing.T, path string) {
			complete(t, path, 1)
			other(t, path, `PRAGMA user_version = 4`)
		}, "it was written by an unreleased version of evenkeel (schema version 4, and this one reads 5 and later); start a new file with --db"},
		{"the first unreleased one", func(t *testing.T, path string) {
			complete(t, path, 1)
			other(t, path, `PRAGMA user_version = 1`)
		}, "unreleased version of evenkeel (schema version 1,"},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "not a regular file"},
	} {
		for _, readOnly := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, read only %v", tt.name, readOnly), func(t *testing.T) {
				folder := t.TempDir()
				path := filepath.Join(folder, "x.db")
				tt.make(t, path)
				before, _ := os.ReadFile(path) // a folder has no content
				db, err := runs.Open(t.Context(), path, runs.Options{ReadOnly: readOnly})
				if err == nil {
					_ = db.Close()
					t.Fatal("it was opened")
				}
				if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
					t.Errorf("error %q; want one line with the path and %q", err, tt.want)
				}
				after, _ := os.ReadFile(path)
				if !bytes.Equal(before, after) {
					t.Error("the file was changed")
				}
				if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
					t.Errorf("beside the file there is %v, %v", entries, err)
				}
			})
		}
	}
}

func TestOpenMissing(t *testing.T) {
	folder := t.TempDir()
	for _, tt := range []struct {
		path     string
		readOnly bool
		want     string
	}{
		{filepath.Join(folder, "none", "x.db"), false, "create it first"},
		{filepath.Join(folder, "none", "x.db"), true, "create it first"},
		{filepath.Join(folder, "x.db"), true, "does not exist; `evenkeel search` makes one"},
	} {
		_, err := runs.Open(t.Context(), tt.path, runs.Options{ReadOnly: tt.readOnly})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Open(%s, read-only %v) = %v; want %q", tt.path, tt.readOnly, err, tt.want)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestOpenEmptyFile: a file of no bytes becomes a database; for reading it holds
// no study yet.
func TestOpenEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd name % ? #.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := runs.Open(t.Context(), path, runs.Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "no study yet") {
		t.Errorf("Open for reading: %v", err)
	}
	db := open(t, path, runs.Options{})
	var none *runs.NoStudyError
	if _, err := db.Leaderboard(t.Context(), ""); !errors.As(err, &none) {
		t.Errorf("leaderboard of an empty history: %v", err)
	}
}

// TestPragmas holds the settings that durability depends on.
func TestPragmas(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "x.db"), runs.Options{})
	for query, want := range map[string]any{
		"PRAGMA journal_mode": "wal", "PRAGMA user_version": int64(6), "PRAGMA application_id": int64(0x45766b6c),
		"SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND NOT strict": int64(0),
	} {
		table, err := runstest.Ask(t.Context(), db, query)
		if err != nil || len(table.Rows) != 1 || table.Rows[0][0] != want {
			t.Errorf("%s = %v, %v; want %v", query, table, err, want)
		}
	}
}

// TestManyOpenAtOnce: processes that create the same file at once all succeed.
func TestManyOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			db, err := runs.Open(context.Background(), path, runs.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestFixtures opens every database that a schema version has left, reads it and
// continues its study; testdata/make.sh says how they were made. What an older version
// chose by other rules stays; its arms are scored by the present one.
func TestFixtures(t *testing.T) {
	files, err := filepath.Glob("testdata/v*.db")
	schemas, err2 := filepath.Glob("schema/*.sql")
	if err := errors.Join(err, err2); err != nil || len(files) == 0 || len(files) != len(schemas) {
		t.Fatalf("databases in testdata: %v, %v; want one for each of %v", files, err, schemas)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "old.db")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		db := open(t, path, runs.Options{})
		board, err := db.Leaderboard(t.Context(), "test")
		if err != nil {
			t.Fatal(err)
		}
		if board.Study.Trials != 3 || board.Reference.Seeds != 5 || board.Screening.Points == 0 || len(board.Rows) == 0 {
			t.Errorf("%s: %d arms of %d trials against %d seeds, %d points screened; want 3 trials against 5 seeds and some points",
				file, len(board.Rows), board.Study.Trials, board.Reference.Seeds, board.Screening.Points)
		}
		first := board.Rows[0]
		trial, err := db.Trial(t.Context(), "", first.Trial)
		if err != nil || len(trial.Replicates) != first.Seeds || trial.Arms[first.Round-1].Difference != first.Difference {
			t.Errorf("%s: trial %+v, %v; want the %d seeds of the first arm", file, trial, err, first.Seeds)
		}
		if list, err := db.Studies(t.Context()); err != nil || len(list) != 1 || list[0].State != "done" {
			t.Errorf("%s: studies %+v, %v; want one, done", file, list, err)
		}
		rescored(t, db, content)
		// It can be continued with another trial, and has what a new study would have that
		// was continued so.
		complete(t, path, 2, "search.trials=4", screened)
		if old := query(t, db, "SELECT count(*) FROM arms WHERE charge IS NULL"); old.Rows[0][0] != int64(0) {
			t.Errorf("%s: %v arms without a charge after it was continued", file, old.Rows[0][0])
		}
		if file != files[len(files)-1] {
			continue
		}
		whole := filepath.Join(t.TempDir(), "new.db")
		complete(t, whole, 2, "search.trials=3", screened)
		complete(t, whole, 2, "search.trials=4", screened)
		got, want := query(t, db, "SELECT * FROM leaderboard"), query(t, open(t, whole, runs.Options{}), "SELECT * FROM leaderboard")
		if diff := cmp.Diff(withoutSeconds(want), withoutSeconds(got)); diff != "" {
			t.Errorf("%s continued (+) and a new study (-):\n%s", file, diff)
		}
	}
}

// rescored brings the arms of an older version up to date without the trainer, and without
// an invocation: they are then as in a search that opens the study for writing.
func rescored(t *testing.T, db *runs.DB, content []byte) {
	t.Helper()
	const arms, invocations = "SELECT * FROM arms ORDER BY trial, round", "SELECT * FROM invocations"
	before := query(t, db, invocations)
	if err := db.Rescore(t.Context(), define(t, "search.trials=3", screened)); err != nil {
		t.Fatal(err)
	}
	if stale, err := db.Stale(t.Context()); err != nil || len(stale) > 0 {
		t.Errorf("stale afterwards: %v, %v; want none", stale, err)
	}
	if diff := cmp.Diff(before, query(t, db, invocations)); diff != "" {
		t.Errorf("invocations changed:\n%s", diff)
	}
	path := filepath.Join(t.TempDir(), "opened.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	opened := open(t, path, runs.Options{})
	closeStudy(t, openStudy(t, opened, define(t, "search.trials=3", screened)))
	if diff := cmp.Diff(query(t, opened, arms), query(t, db, arms)); diff != "" {
		t.Errorf("opened for writing (-) and brought up to date (+):\n%s", diff)
	}
}

// withoutSeconds takes the last column from the rows of the view leaderboard.
func withoutSeconds(t *runstest.Table) (rows [][]any) {
	for _, row := range t.Rows {
		rows = append(rows, row[:len(row)-1])
	}
	return rows
}

// TestLinksAreTheSameStudy: a second writer that comes by another name of the
// file is refused like any other.
func TestLinksAreTheSameStudy(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "a.db"), filepath.Join(folder, "b.db")
	if err := os.Symlink(path, link); err != nil { // before the file is there
		t.Fatal(err)
	}
	first := open(t, path, runs.Options{})
	study := openStudy(t, first, define(t))
	defer closeStudy(t, study)
	second := open(t, link, runs.Options{})
	var locked *runs.LockedError
	if _, _, err := second.OpenStudy(t.Context(), define(t), runs.Invocation{}); !errors.As(err, &locked) {
		t.Errorf("a second writer by a link: %v; want a LockedError", err)
	}
	if first.Path() != second.Path() {
		t.Errorf("paths %s and %s of one file", first.Path(), second.Path())
	}
}
