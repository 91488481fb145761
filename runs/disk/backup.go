package disk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// ExistsError says that a copy was not made because there is a file of its name.
type ExistsError struct{ Path string }

// Error says so.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s exists already, and nothing is written over it; want a new name", e.Path)
}

// Backup copies the database as it is now to a new file, also while somebody writes, and
// returns the size of the copy in bytes. The copy is one file, complete and on the disk
// when Backup returns; where there is an error there is no file. A file of the name, or of
// one that SQLite would take for a part of it, is an [*ExistsError].
func (f *File) Backup(ctx context.Context, path string) (int64, error) {
	conn, err := f.Read.Conn(ctx)
	if err != nil {
		return 0, f.Failed(err)
	}
	defer conn.Close()
	// All pages come from the state that this transaction sees.
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return 0, f.Failed(err)
	}
	defer func() { _ = Rollback(conn) }() // it has only read
	var version int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, f.Failed(err)
	}
	if err := copyTo(ctx, conn, path); err != nil {
		if errors.As(err, new(*ExistsError)) {
			return 0, err
		}
		return 0, fmt.Errorf("copy to %s: %w", path, Explain(reason(err)))
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// copyTo copies what a connection sees to a new file.
func copyTo(ctx context.Context, conn *sql.Conn, path string) (err error) {
	for _, end := range []string{"", "-wal", "-journal", "-shm"} {
		if _, err := os.Lstat(path + end); err == nil {
			return &ExistsError{path + end}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// Under a name of its own until it is complete.
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial")
	if err != nil {
		return err
	}
	part := temporary.Name()
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if err := errors.Join(temporary.Chmod(0o644), temporary.Close()); err != nil {
		return err
	}
	if err := copyPages(ctx, conn, part); err != nil {
		return err
	}
	if err := renameNew(part, path); errors.Is(err, fs.ErrExist) {
		return &ExistsError{path}
	} else if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// renameTaken renames a file to a name that must be new, where the system cannot do this at
// once: the name is taken by an empty file first, which a death in between leaves.
func renameTaken(from, to string) error {
	taken, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if err := errors.Join(taken.Close(), os.Rename(from, to)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// copyStep is how many pages are copied at once: between steps a cancellation is noticed.
const copyStep = 4096

// copyPages copies what a connection sees into an empty file, by SQLite's online backup
// (https://www.sqlite.org/backup.html).
func copyPages(ctx context.Context, conn *sql.Conn, path string) (err error) {
	to, err := connect(ctx, dsn(path, "mode=rw", "_synchronous=FULL", pragmaBusy))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return to.Raw(func(driver any) error {
		target, ok := driver.(*sqlite3.SQLiteConn)
		if !ok {
			return errors.New("not a connection of SQLite")
		}
		return conn.Raw(func(driver any) (err error) {
			source, ok := driver.(*sqlite3.SQLiteConn)
			if !ok {
				return errors.New("not a connection of SQLite")
			}
			b, err := target.Backup("main", source, "main")
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, b.Finish()) }()
			for done := false; !done; {
				if err := ctx.Err(); err != nil {
					return err
				}
				if done, err = b.Step(copyStep); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// syncFolder makes the names in a folder durable, where the system can.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return nil // it may be written and not read
	}
	_ = folder.Sync() // some file systems cannot
	return folder.Close()
}
