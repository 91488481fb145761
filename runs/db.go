package runs

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

// Options are the choices of [Open]. The zero value is what a search uses.
type Options struct {
	// ReadOnly opens an existing database for queries only: nothing is created
	// or migrated, and no row is written. What a killed writer left in the log is
	// folded into the file when the last reader leaves.
	ReadOnly bool
	// Existing refuses a file that does not exist instead of making it.
	Existing bool
	// NoSync leaves it to the operating system when data reaches the disk: a
	// power failure may then damage the file. For benchmarks and tests.
	NoSync bool
	// Idle is how long records that nobody waits for may stay in memory before
	// they are written by themselves; 0 means one second.
	Idle time.Duration
	// Now is the clock, for the time columns only; nil means time.Now.
	Now func() time.Time
	// Trace, if not nil, is called by the writer around its transactions with
	// one of the phases [PhaseBegin] to [PhaseCommitted]: tests inject faults.
	Trace func(phase string)
}

// The phases of a write transaction, in their order.
const (
	PhaseBegin     = "begin"     // before the transaction
	PhaseWrite     = "write"     // inside it, before each record
	PhaseCommit    = "commit"    // all records written, before the commit
	PhaseCommitted = "committed" // durable, before anybody is told
)

// busyTimeout is how long a connection waits for another process's write
// transaction. Ours take milliseconds; this is for the guest who opens one in
// another tool and goes for a coffee.
const busyTimeout = time.Minute

// readers is the number of connections that read at once; more callers wait.
const readers = 8

// DB is an open trial history. It is safe for concurrent use. Reading never
// waits for writing.
type DB struct {
	path    string
	options Options
	read    *sql.DB
	keeper  *connection // see keep
}

// Open opens the database at path, which is created if it does not exist (unless
// read-only) and brought to the current schema. It refuses, and leaves untouched,
// a file that is no SQLite database or somebody else's, one from a newer version
// of this program, and one on a network file system, whose locks cannot be
// trusted. The caller closes the DB after every study opened from it.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Idle == 0 {
		o.Idle = time.Second
	}
	path, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, reason(err))
	}
	db := &DB{path: path, options: o}
	if err := db.inspectOnce(ctx); err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	if !o.ReadOnly {
		err = db.prepare(ctx)
	}
	if err == nil {
		err = db.keep(ctx)
	}
	if err == nil {
		err = db.openReaders(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", path, explain(err)), db.Close())
	}
	return db, nil
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
func (db *DB) Path() string { return db.path }

// Close closes the database.
func (db *DB) Close() error {
	defer db.forget()
	var err error
	if db.read != nil {
		err = db.read.Close()
	}
	if db.keeper != nil { // the last one
		err = errors.Join(err, db.keeper.close())
	}
	if err != nil {
		return fmt.Errorf("database %s: %w", db.path, err)
	}
	return nil
}

// keep opens a connection that does nothing but be the last one to be closed:
// unlike those that only read it can then fold the write-ahead log into the file
// and remove it. Where the file cannot be written there is none.
func (db *DB) keep(ctx context.Context) error {
	c, err := connect(ctx, dsn(db.path, "mode=rw", "_query_only=1", db.synchronous(), pragmaBusy))
	if err == nil {
		if _, err = schemaVersion(ctx, c.conn); err == nil { // the first read opens the log
			db.keeper = c
			return nil
		}
		err = errors.Join(err, c.close())
	}
	if db.options.ReadOnly {
		return nil
	}
	return err
}

// inUse counts the open DBs of this process by path. Closing any descriptor of a
// file drops every POSIX lock that the process holds on it, SQLite's included
// (https://www.sqlite.org/howtocorrupt.html, 2.2), so a file that is in use must
// not be opened by other means than SQLite.
var inUse = struct {
	sync.Mutex
	paths map[string]int
}{paths: make(map[string]int)}

// inspectOnce inspects a file that this process does not use yet, creates it if
// it is to be created, and notes its use.
func (db *DB) inspectOnce(ctx context.Context) error {
	inUse.Lock()
	defer inUse.Unlock()
	if inUse.paths[db.path] == 0 {
		if err := db.inspect(ctx); err != nil {
			return err
		}
		if err := db.touch(); err != nil {
			return err
		}
	}
	inUse.paths[db.path]++
	return nil
}

// forget ends the use of the file.
func (db *DB) forget() {
	inUse.Lock()
	defer inUse.Unlock()
	inUse.paths[db.path]--
}

// touch makes sure that the file exists and can be written.
func (db *DB) touch() error {
	if db.options.ReadOnly {
		return nil
	}
	f, err := os.OpenFile(db.path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("it cannot be written: %w", reason(err))
	}
	return f.Close()
}

// inspect looks at the file without changing it, and says why it cannot be used.
func (db *DB) inspect(ctx context.Context) error {
	if err := refuseNetwork(filepath.Dir(db.path)); err != nil {
		return err
	}
	info, err := os.Stat(db.path)
	if errors.Is(err, fs.ErrNotExist) {
		return db.inspectMissing()
	}
	if err != nil {
		return reason(err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("it is not a regular file; want the path of a database file")
	}
	return identify(ctx, db.path, info.Size())
}

// inspectMissing says why a file that does not exist cannot be opened or made.
func (db *DB) inspectMissing() error {
	folder := filepath.Dir(db.path)
	if info, err := os.Stat(folder); err != nil {
		return fmt.Errorf("its folder %s cannot be opened: %w; create it first", folder, reason(err))
	} else if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", folder)
	}
	if db.options.ReadOnly || db.options.Existing {
		return fmt.Errorf("it does not exist; `evenkeel search` makes one, --db names another")
	}
	return nil
}

// prepare brings the database to the current schema.
func (db *DB) prepare(ctx context.Context) error {
	write, err := db.openFirst(ctx)
	if err != nil {
		return err
	}
	return errors.Join(migrate(ctx, write.conn), write.close())
}

// openFirst is openWriter for a file that others may be creating too. While it
// changes to the write-ahead log SQLite does not wait for a lock, so we do.
func (db *DB) openFirst(ctx context.Context) (*connection, error) {
	const pause = 5 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		c, err := db.openWriter(ctx)
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

// openReaders opens the connections for queries.
func (db *DB) openReaders(ctx context.Context) error {
	read, err := sql.Open("sqlite3", dsn(db.path, "mode=ro", "_query_only=1", "_stmt_cache_size=32", pragmaBusy))
	if err != nil {
		return err
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	db.read = read
	version, err := schemaVersion(ctx, read)
	if err != nil {
		return err
	}
	return checkVersion(version)
}

// explain adds what a person can do to the errors of SQLite that people meet.
func explain(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	var advice string
	switch e.Code {
	case sqlite3.ErrFull:
		advice = "the disk is full; make room and resume the study, nothing finished before is lost"
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		advice = "another program keeps it locked; close that program's transaction and try again"
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		advice = "it, or its folder, cannot be written, and SQLite keeps two files beside it; copy it, with its -wal file if there is one, to where you may write"
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		advice = "the file is damaged; restore a copy"
	case sqlite3.ErrIoErr:
		advice = "the disk reported an error"
	default:
		return err
	}
	return fmt.Errorf("%s (%w)", advice, err)
}

// reason strips the path from a file error: ours says it already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// timestamp formats a time for a time column.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// parseTime reads a time column; text that is none gives the zero time.
func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
