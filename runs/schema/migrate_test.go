package schema

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"evenkeel/runs/disk"
)

// later is a second migration: a column more, a table made anew, another view.
const later = `
ALTER TABLE studies ADD COLUMN purpose TEXT;
ALTER TABLE events RENAME TO events_2;
CREATE TABLE events (
  -- What happened, with how much it matters.
  study  INTEGER NOT NULL REFERENCES studies (number),
  number INTEGER NOT NULL,
  weight INTEGER NOT NULL,
  at     TEXT    NOT NULL,
  kind   TEXT    NOT NULL,
  text   TEXT    NOT NULL,
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;
INSERT INTO events (study, number, weight, at, kind, text) SELECT study, number, 1, at, kind, text FROM events_2;
DROP TABLE events_2;
DROP VIEW trial_history;
CREATE VIEW trial_history AS SELECT name AS study, purpose FROM studies;
`

// withLater returns the program's migrations and one more.
func withLater(t *testing.T, text string) []migration {
	t.Helper()
	list, err := own()
	if err != nil {
		t.Fatal(err)
	}
	return append(list, migration{list[len(list)-1].version + 1, text})
}

// openFile opens a file that is brought to the last of some migrations.
func openFile(ctx context.Context, path string, list []migration, readOnly bool) (*disk.File, error) {
	return disk.Open(ctx, path, disk.Options{
		ReadOnly: readOnly,
		Prepare:  func(ctx context.Context, conn *sql.Conn) error { return migrate(ctx, conn, list) },
		Check:    func(ctx context.Context, q disk.Querier) error { return check(ctx, q, list) },
	})
}

// filled makes a file of the program's version with two rows in it.
func filled(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "x.db")
	list, err := own()
	if err != nil {
		t.Fatal(err)
	}
	f, err := openFile(t.Context(), path, list, false)
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Writer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.ExecContext(t.Context(), `INSERT INTO studies (number, name, model, created, window) VALUES (1, 'a', 'softmax', '', 4);
		INSERT INTO events (study, number, at, kind, text) VALUES (1, 7, 'now', 'notice', 'hello')`)
	if err := errors.Join(err, w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// text returns a query's only value.
func text(t *testing.T, q disk.Querier, query string) (s string) {
	t.Helper()
	if err := q.QueryRowContext(t.Context(), query).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMigrationKeepsWhatIsThere: a file of the version before is brought forward by
// whoever writes, with its rows, and by several at once.
func TestMigrationKeepsWhatIsThere(t *testing.T) {
	path, list := filled(t), withLater(t, later)
	if _, err := openFile(t.Context(), path, list, true); err == nil || !strings.Contains(err.Error(), "`evenkeel resume` brings it up to date") {
		t.Errorf("reading it before the migration: %v; want it to say that resume brings it up to date", err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			f, err := openFile(t.Context(), path, list, false)
			if err == nil {
				err = f.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	f, err := openFile(t.Context(), path, list, true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := text(t, f.Read, `SELECT number || weight || at || kind || text FROM events`); got != "71nownoticehello" {
		t.Errorf("the event is %q; want it kept", got)
	}
	if got := text(t, f.Read, `SELECT study || coalesce(purpose, '?') FROM trial_history`); got != "a?" {
		t.Errorf("the new view shows %q; want a?", got)
	}
	own, err := own()
	if err != nil {
		t.Fatal(err)
	}
	var version *VersionError
	if err := check(t.Context(), f.Read, own); !errors.As(err, &version) || version.Version != version.Last+1 {
		t.Errorf("the program without the migration: %v; want a VersionError", err)
	}
}

// TestFailedMigrationChangesNothing: half of a migration is not there after it failed.
func TestFailedMigrationChangesNothing(t *testing.T) {
	path := filled(t)
	if _, err := openFile(t.Context(), path, withLater(t, later+`INSERT INTO nowhere VALUES (1);`), false); err == nil || !strings.Contains(err.Error(), "migration to schema version") {
		t.Fatalf("a migration that cannot be: %v", err)
	}
	list, err := own()
	if err != nil {
		t.Fatal(err)
	}
	f, err := openFile(t.Context(), path, list, true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := text(t, f.Read, `SELECT number || at || kind || text FROM events`); got != "7nownoticehello" {
		t.Errorf("the event is %q; want it as it was", got)
	}
}

// TestReadable: an unreleased and a newer version are refused, before and after any
// migration is written.
func TestReadable(t *testing.T) {
	for _, list := range [][]migration{{{5, ""}}, {{5, ""}, {6, ""}}} {
		var read []int
		for version := range 9 {
			err := readable(version, list)
			var wrong *VersionError
			if err == nil {
				read = append(read, version)
			} else if !errors.As(err, &wrong) || wrong.Version != version || strings.Contains(err.Error(), "unreleased") != (version < 5) {
				t.Errorf("version %d: %v", version, err)
			}
		}
		want := []int{0}
		for _, m := range list {
			want = append(want, m.version)
		}
		if !slices.Equal(read, want) {
			t.Errorf("versions %v can be read; want %v", read, want)
		}
	}
}
