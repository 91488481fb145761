package disk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
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
	keeper  *Connection // see keep
	reading string      // how connections that read open the file, see openReaders
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
	if err := f.inspectOnce(ctx); err != nil {
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
	if err != nil {
		return nil, errors.Join(f.Failed(err), f.Close())
	}
	return f, nil
}

// resolve returns the absolute path of a file, links followed: locks are named
// after it, and two names of one file must not give two locks.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return path, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, nil
	}
	// The file does not exist yet, or cannot be looked at; its folder may.
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path)), nil
	}
	return path, nil
}

// Path returns the absolute path of the file.
func (f *File) Path() string { return f.path }

// ReadOnly reports whether the file is open for queries only.
func (f *File) ReadOnly() bool { return f.options.ReadOnly }

// Failed names the file in an error, and adds what a person can do about it.
func (f *File) Failed(err error) error {
	return fmt.Errorf("database %s: %w", f.path, Explain(err))
}

// Close closes the file.
func (f *File) Close() error {
	defer f.forget()
	var err error
	if f.Read != nil {
		err = f.Read.Close()
	}
	if f.keeper != nil { // the last one
		err = errors.Join(err, f.keeper.Close())
	}
	if err != nil {
		return fmt.Errorf("database %s: %w", f.path, err)
	}
	return nil
}

// Writer opens a connection that may write.
func (f *File) Writer(ctx context.Context) (*Connection, error) {
	c, err := connect(ctx, dsn(f.path, "mode=rw", "_journal_mode=WAL", f.synchronous(), "_foreign_keys=1", pragmaBusy, pragmaCache))
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
	c, err := connect(ctx, dsn(f.path, "mode=rw", "_query_only=1", f.synchronous(), pragmaBusy))
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

// inUse counts the open Files of this process by path. Closing any descriptor of a
// file drops every POSIX lock that the process holds on it, SQLite's included
// (https://www.sqlite.org/howtocorrupt.html, 2.2), so a file that is in use must
// not be opened by other means than SQLite.
var inUse = struct {
	sync.Mutex
	paths map[string]int
}{paths: make(map[string]int)}

// inspectOnce inspects a file that this process does not use yet, creates it if
// it is to be created, and notes its use.
func (f *File) inspectOnce(ctx context.Context) error {
	inUse.Lock()
	defer inUse.Unlock()
	if inUse.paths[f.path] == 0 {
		if err := f.inspect(ctx); err != nil {
			return err
		}
		if err := f.touch(); err != nil {
			return err
		}
	}
	inUse.paths[f.path]++
	return nil
}

// forget ends the use of the file.
func (f *File) forget() {
	inUse.Lock()
	defer inUse.Unlock()
	inUse.paths[f.path]--
}

// touch makes sure that the file exists and can be written.
func (f *File) touch() error {
	if f.options.ReadOnly {
		return nil
	}
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("it cannot be written: %w", reason(err))
	}
	return file.Close()
}

// inspect looks at the file without changing it, and says why it cannot be used.
func (f *File) inspect(ctx context.Context) error {
	if err := refuseNetwork(filepath.Dir(f.path)); err != nil {
		return err
	}
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return f.inspectMissing()
	}
	if err != nil {
		return reason(err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("it is not a regular file; want the path of a database file")
	}
	return identify(ctx, f.path, info.Size())
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

// prepare brings the tables up to date.
func (f *File) prepare(ctx context.Context) error {
	write, err := f.openFirst(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f.options.Prepare(ctx, write.Conn), write.Close())
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
