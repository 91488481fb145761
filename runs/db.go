package runs

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"evenkeel/runs/disk"
	"evenkeel/runs/schema"
	"evenkeel/runs/writer"
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

// MissingError is returned by [Open] for a file that has to exist, or a folder, that does not.
type MissingError = disk.MissingError

// ErrEmpty is wrapped by the error of [Open] for a file, opened to be read, without tables.
var ErrEmpty = schema.ErrEmpty

// MovedError says that the database was moved, removed or replaced while it was written, and
// where everything recorded is.
type MovedError = disk.MovedError

// The phases of a write transaction, in their order.
const (
	PhaseBegin     = writer.PhaseBegin
	PhaseWrite     = writer.PhaseWrite
	PhaseCommit    = writer.PhaseCommit
	PhaseCommitted = writer.PhaseCommitted
)

// DB is an open trial history. It is safe for concurrent use. Reading never
// waits for writing.
type DB struct {
	file    *disk.File
	options Options
	// at, if not nil, is the state of the database that everything is read from.
	at disk.Querier
}

// Open opens the database at path, which is created if it does not exist (unless
// read-only) and brought to the current schema. It refuses, and leaves untouched,
// a file that is no SQLite database or somebody else's, one from a newer or an
// unreleased version of this program, and one on a network file system, whose locks
// cannot be trusted. A file that has to exist and does not is a [*MissingError]. The caller closes
// the DB after every study opened from it.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Idle == 0 {
		o.Idle = time.Second
	}
	file, err := disk.Open(ctx, path, disk.Options{
		ReadOnly: o.ReadOnly, Existing: o.Existing, NoSync: o.NoSync, Prepare: schema.Migrate, Check: schema.Check,
	})
	if err != nil {
		return nil, err
	}
	return &DB{file: file, options: o}, nil
}

// Path returns the absolute path of the file.
func (db *DB) Path() string { return db.file.Path() }

// Close closes the database.
func (db *DB) Close() error { return db.file.Close() }

// Answer is the answer to a query, which is read row by row.
type Answer = disk.Answer

// Query runs one statement that reads. It has a connection of its own that can
// neither write, nor attach another file, nor change a setting. The caller closes the answer.
func (db *DB) Query(ctx context.Context, query string) (*Answer, error) {
	return db.file.Query(ctx, query)
}

// SchemaObject is a table, an index or a view.
type SchemaObject = schema.Object

// Schema returns the objects that this version of the program makes.
func Schema(ctx context.Context) ([]SchemaObject, error) { return schema.Objects(ctx) }

// Snapshot calls f with the database as it is now: all that f reads through its argument
// belongs to one state, however much is written meanwhile. The argument is for reading
// only, and of no use after f.
func (db *DB) Snapshot(ctx context.Context, f func(*DB) error) error {
	tx, err := db.file.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return db.file.Failed(err)
	}
	at := *db
	at.at = tx
	err = f(&at)
	if end := tx.Rollback(); end != nil && !errors.Is(end, sql.ErrTxDone) {
		err = errors.Join(err, db.file.Failed(end))
	}
	return err
}

// view calls f with what only reads: everything f sees belongs to one state of the
// database, that of the [DB.Snapshot] if db is one.
func (db *DB) view(ctx context.Context, f func(disk.Querier) error) error {
	if db.at == nil {
		return db.Snapshot(ctx, func(at *DB) error { return at.view(ctx, f) })
	}
	if err := f(db.at); err != nil {
		return db.file.Failed(err)
	}
	return nil
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
