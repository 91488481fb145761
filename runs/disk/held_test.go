package disk

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
)

// openPlain opens a file without tables.
func openPlain(t *testing.T, path string) *File {
	t.Helper()
	f, err := Open(t.Context(), path, Options{
		Prepare: func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, "PRAGMA application_id = 0x45766b6c; CREATE TABLE IF NOT EXISTS t (x)")
			return err
		},
		Check: func(ctx context.Context, q Querier) error {
			var n int
			return q.QueryRowContext(ctx, "SELECT count(*) FROM t").Scan(&n)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestLockFollowsTheFile: a part that is locked under one name is locked under the name that
// the file is moved to, and free again after its release.
func TestLockFollowsTheFile(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "x.db"), filepath.Join(folder, "y.db")
	f := openPlain(t, from)
	lock, err := f.TryLock(1)
	if err != nil || lock == nil {
		t.Fatal(lock, err)
	}
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	moved := openPlain(t, to)
	if again, err := moved.TryLock(1); err != nil || again != nil {
		t.Errorf("under another name the lock is taken twice: %v, %v", again, err)
	}
	if locked, err := moved.Locked(1); err != nil || !locked {
		t.Errorf("locked is %v, %v", locked, err)
	}
	if other, err := moved.TryLock(2); err != nil || other == nil {
		t.Errorf("another part: %v, %v; want it free", other, err)
	} else if err := other.Release(); err != nil {
		t.Error(err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
	again, err := moved.TryLock(1)
	if err != nil || again == nil {
		t.Errorf("after the release: %v, %v; want the lock", again, err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
	// SQLite shares between both, in one process, what it keeps beside the file: what closing
	// them says is tested with two processes.
	_, _ = moved.Close(), f.Close()
}

// TestResolveDangling: a link and the file that it leads to are one name, before the file is
// there and after.
func TestResolveDangling(t *testing.T) {
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"a.db": "b.db", "b.db": filepath.Join(folder, "real.db"), "round.db": "round.db"} {
		if err := os.Symlink(target, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	want := filepath.Join(folder, "real.db")
	for _, name := range []string{"a.db", "b.db", "real.db"} {
		if got, err := resolve(filepath.Join(folder, name)); err != nil || got != want {
			t.Errorf("%s leads to %s, %v; want %s", name, got, err, want)
		}
	}
	if _, err := resolve(filepath.Join(folder, "round.db")); err == nil {
		t.Error("a circle of links leads somewhere")
	}
}
