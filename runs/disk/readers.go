package disk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"

	"evenkeel/objective/leftover"
)

// Ways to open a file for reading, see https://www.sqlite.org/uri.html.
const (
	readShared = "mode=ro"
	// readAsItLies reads the file alone, without locks and without files beside it.
	readAsItLies = "immutable=1"
	// readCopy reads a copy that nobody else has.
	readCopy = "mode=rw"
)

// reading says how connections that only read open the file.
type reading struct {
	// path is the file, or a copy of it.
	path, way string
	// of is the file whose name has to lead to what is open, nil for a copy.
	of *File
}

// connector opens connections that read.
func (r reading) connector(driver sqlite3.SQLiteDriver, options ...string) connector {
	return connector{dsn: dsn(r.path, append([]string{r.way, "_query_only=1", pragmaBusy}, options...)...), file: r.of, driver: driver}
}

// openReaders opens the connections for queries. Where SQLite cannot make the files beside the
// database that it needs to share it, a File that is open for queries only reads it as it
// lies, or a copy where that would leave something out. See decision 0074.
func (f *File) openReaders(ctx context.Context) error {
	err := f.openReading(ctx, reading{f.path, readShared, f})
	if err == nil || !f.options.ReadOnly || !cannotShare(err) {
		return err
	}
	if err := f.Read.Close(); err != nil {
		return err
	}
	if f.isWhole() && !canWrite(filepath.Dir(f.path)) {
		return f.openReading(ctx, reading{f.path, readAsItLies, f})
	}
	path, err := f.copyBeside(ctx)
	if err != nil {
		return err
	}
	return f.openReading(ctx, reading{path: path, way: readCopy})
}

// openReading opens the connections in a way.
func (f *File) openReading(ctx context.Context, r reading) error {
	read := sql.OpenDB(r.connector(sqlite3.SQLiteDriver{}, "_stmt_cache_size=32"))
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	f.Read, f.reading = read, r
	return f.check(ctx)
}

// newborn is how long a file without tables is taken for one that is just being made, beside the
// time in which somebody says so by a lock. Our choice.
const newborn = 500 * time.Millisecond

// check says why the tables cannot be used. Where somebody is just making them, it waits.
func (f *File) check(ctx context.Context) error {
	const pause = 5 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		empty := f.options.ReadOnly && f.isEmpty(ctx) // before Check, which may find more
		err := f.options.Check(ctx, f.Read)
		if err == nil || !empty || waited > busyTimeout {
			return err
		}
		if making, failed := f.Locked(makingPart); (failed != nil || !making) && waited > newborn {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// isEmpty reports whether the file has no tables so far.
func (f *File) isEmpty(ctx context.Context) bool {
	var tables int
	err := f.Read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables)
	return err == nil && tables == 0
}

// cannotShare reports whether an error says that the files beside the database cannot be made.
func cannotShare(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrCantOpen || e.Code == sqlite3.ErrReadonly || e.Code == sqlite3.ErrPerm)
}

// logs are the ends of the names of files that may hold changes which the file has not.
var logs = []string{"-wal", "-journal"}

// isWhole reports whether nothing is in a file beside the database.
func (f *File) isWhole() bool {
	for _, end := range logs {
		if info, err := os.Stat(f.path + end); err != nil && !errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() > 0 {
			return false
		}
	}
	return true
}

// A copy is made again, so often and after such a pause, if somebody writes meanwhile.
const (
	copyAttempts = 10
	copyPause    = 100 * time.Millisecond
)

// copyBeside copies the database, with what is in its log, to a temporary folder that Close
// removes, and returns the path of the copy. Nobody is kept from writing meanwhile, so the files
// are looked at before and after.
func (f *File) copyBeside(ctx context.Context) (path string, err error) {
	if f.temporary, err = leftover.MakeFolder(); err != nil {
		return "", f.noCopy(err)
	}
	path = filepath.Join(f.temporary, "history.db")
	for range copyAttempts {
		before := f.look()
		if err := f.copyFiles(path); err != nil {
			return "", f.noCopy(err)
		}
		if f.look() == before {
			return path, nil
		}
		select {
		case <-time.After(copyPause):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return "", f.noCopy(errors.New("somebody keeps writing to it"))
}

// noCopy says why no copy can be read, and what to do.
func (f *File) noCopy(err error) error {
	return fmt.Errorf("copy it, with its file -wal if there is one, to a folder that you may write, and name the copy with --db: "+
		"its own folder cannot be written, which reading it needs, and no temporary copy can be made (%w)", err)
}

// look returns what changes when somebody writes.
func (f *File) look() (state [3]struct {
	size int64
	at   time.Time
}) {
	for i, end := range append([]string{""}, logs...) {
		if info, err := os.Stat(f.path + end); err == nil {
			state[i].size, state[i].at = info.Size(), info.ModTime()
		}
	}
	return state
}

// copyFiles copies the database and its logs.
func (f *File) copyFiles(to string) error {
	// Through the descriptor that is open: to close another one would drop SQLite's locks.
	err := writeAll(to, io.NewSectionReader(f.held.file, 0, 1<<62))
	for _, end := range logs {
		if err == nil {
			err = copyLog(f.path+end, to+end)
		}
	}
	return err
}

// copyLog copies a file, or removes the copy if there is no file.
func copyLog(from, to string) error {
	log, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer log.Close() // SQLite has no locks on it
	return writeAll(to, log)
}

// writeAll writes a file.
func writeAll(to string, from io.Reader) error {
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	return errors.Join(err, out.Close())
}
