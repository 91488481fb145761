package disk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Options are the choices of [Open].
type Options struct {
	// ReadOnly opens an existing file for queries only.
	ReadOnly bool
	// Existing refuses a file that does not exist instead of making it.
	Existing bool
	// NoSync leaves it to the operating system when data reaches the disk.
	NoSync bool
	// Prepare brings the tables up to date, on a connection that writes. It is not
	// called for a file that is open for reading only. It must not be nil.
	Prepare func(ctx context.Context, conn *sql.Conn) error
	// Check says, on a connection that reads, why the tables cannot be used. It must
	// not be nil.
	Check func(ctx context.Context, q Querier) error
}

// readers is the number of connections that read at once; more callers wait.
const readers = 8

// File is an open database file. It is safe for concurrent use.
type File struct {
	// Read is the pool of connections that read. Reading never waits for writing.
	Read *sql.DB

	path    string
	options Options
	held    *held       // the file itself
	sides   []side      // the files that SQLite keeps beside it
	keeper  *Connection // see keep
	reading reading     // how connections that read open the file
	// temporary is the folder of a copy that is read, "" without one.
	temporary string
	rescued   atomic.Bool // see InPlace
}

// Open opens the database at path, which is created if it does not exist (unless
// read-only). It refuses, and leaves untouched, a file that is no SQLite database or
// another program's, and one on a network file system, whose locks cannot be trusted.
// The caller closes the File.
func Open(ctx context.Context, path string, o Options) (*File, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, reason(err))
	}
	f := &File{path: path, options: o}
	if err := f.hold(ctx); err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	if !o.ReadOnly {
		err = f.prepare(ctx)
	}
	if err == nil {
		err = f.keep(ctx)
	}
	if err == nil {
		err = f.openReaders(ctx)
	}
	if err == nil {
		f.noteSides()
	}
	if err != nil {
		return nil, errors.Join(f.Failed(err), f.Close())
	}
	return f, nil
}

// mostLinks is how many symbolic links one name may lead through, as in Linux.
const mostLinks = 40

// resolve returns the absolute path of a file, links followed, also of a link to a file that
// does not exist yet: SQLite names its log after it, and two names of one file must not give
// two logs.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return path, err
	}
	for range mostLinks {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real, nil
		}
		// The file does not exist yet, or cannot be looked at; its folder may.
		if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			path = filepath.Join(folder, filepath.Base(path))
		}
		target, err := os.Readlink(path)
		if err != nil { // it is no link
			return path, nil
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return path, errors.New("its symbolic links lead round in a circle")
}

// Path returns the absolute path of the file.
func (f *File) Path() string { return f.path }

// ReadOnly reports whether the file is open for queries only.
func (f *File) ReadOnly() bool { return f.options.ReadOnly }

// Failed names the file in an error, and adds what a person can do about it.
func (f *File) Failed(err error) error {
	if errors.As(err, new(*MovedError)) {
		return err // it says both
	}
	return fmt.Errorf("database %s: %w", f.path, Explain(err))
}

// Close closes the file.
func (f *File) Close() error {
	defer f.release()
	var err error
	if f.Read != nil {
		err = f.Read.Close()
	}
	if f.temporary != "" {
		err = errors.Join(err, os.RemoveAll(f.temporary))
	}
	if f.keeper != nil { // the last one
		if !f.options.ReadOnly && !f.rescued.Load() {
			err = errors.Join(err, f.InPlace(f.keeper.Conn))
		}
		err = errors.Join(err, f.keeper.Close())
	}
	if err == nil || errors.As(err, new(*MovedError)) {
		return err
	}
	return fmt.Errorf("database %s: %w", f.path, err)
}

// Writer opens a connection that may write.
func (f *File) Writer(ctx context.Context) (*Connection, error) {
	c, err := f.connect(ctx, "mode=rw", "_journal_mode=WAL", f.synchronous(), "_foreign_keys=1", pragmaBusy, pragmaCache)
	if err != nil {
		return nil, err
	}
	if _, err := c.ExecContext(ctx, pragmaCheckpoint); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// synchronous is the pragma that says when commits reach the disk.
func (f *File) synchronous() string {
	if f.options.NoSync {
		return "_synchronous=OFF"
	}
	return "_synchronous=FULL"
}

// keep opens a connection that does nothing but be the last one to be closed:
// unlike those that only read it can then fold the write-ahead log into the file
// and remove it. Where the file cannot be written there is none.
func (f *File) keep(ctx context.Context) error {
	c, err := f.connect(ctx, "mode=rw", "_query_only=1", f.synchronous(), pragmaBusy)
	if err == nil {
		var version int // the first read opens the log
		if err = c.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err == nil {
			f.keeper = c
			return nil
		}
		err = errors.Join(err, c.Close())
	}
	if f.options.ReadOnly {
		return nil
	}
	return err
}

// inspectMissing says why a file that does not exist cannot be opened or made.
func (f *File) inspectMissing() error {
	folder := filepath.Dir(f.path)
	if info, err := os.Stat(folder); err != nil {
		err = fmt.Errorf("its folder %s cannot be opened: %w; create it first", folder, reason(err))
		if errors.Is(err, fs.ErrNotExist) {
			return &MissingError{err.Error()}
		}
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", folder)
	}
	if f.options.ReadOnly || f.options.Existing {
		return &MissingError{"it does not exist; `evenkeel search` makes one, --db names another"}
	}
	return nil
}

// makingPart is the part of a file that is locked while its tables are made or brought up to
// date. Studies have numbers from 1.
const makingPart = 0

// prepare brings the tables up to date.
func (f *File) prepare(ctx context.Context) error {
	lock, err := f.TryLock(makingPart) // nil where somebody else is at it too
	if err != nil {
		return err
	}
	write, err := f.openFirst(ctx)
	if err == nil {
		err = errors.Join(f.options.Prepare(ctx, write.Conn), write.Close())
	}
	return errors.Join(err, lock.Release())
}

// openFirst is Writer for a file that others may be creating too. While it
// changes to the write-ahead log SQLite does not wait for a lock, so we do.
func (f *File) openFirst(ctx context.Context) (*Connection, error) {
	const pause = 5 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		c, err := f.Writer(ctx)
		var e sqlite3.Error
		if !errors.As(err, &e) || e.Code != sqlite3.ErrBusy || waited > busyTimeout {
			return c, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
