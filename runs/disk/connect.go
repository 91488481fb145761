package disk

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// busyTimeout is how long a connection waits for another process's write
// transaction. Ours take milliseconds; a person may keep one open in another tool
// for longer.
const busyTimeout = time.Minute

// pragmaBusy makes a connection wait for locks.
var pragmaBusy = fmt.Sprintf("_busy_timeout=%d", busyTimeout.Milliseconds())

// pragmaCache lets the writer keep 8 MB of pages: the rows of runs are spread
// over the file by their hashes, and reading their pages back costs more than
// writing them.
const pragmaCache = "_cache_size=-8000"

// pragmaCheckpoint lets the log grow to 32 MB before its pages are copied into
// the file: pages that many runs change are then copied once for all of them.
const pragmaCheckpoint = "PRAGMA wal_autocheckpoint = 8000"

// dsn returns the connection string for a file: pragmas hold per connection, so
// they are given here and nowhere else.
func dsn(path string, options ...string) string {
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
	return "file:" + escaped + "?" + strings.Join(options, "&")
}

// Connection is one connection of its own, outside any pool.
type Connection struct {
	*sql.Conn
	pool *sql.DB
}

// Memory opens a database in memory, which Close forgets.
func Memory(ctx context.Context) (*Connection, error) { return connect(ctx, "file::memory:") }

// connect opens a single connection.
func connect(ctx context.Context, dsn string) (*Connection, error) {
	return connectBy(ctx, connector{dsn: dsn})
}

// connect opens a single connection to the file.
func (f *File) connect(ctx context.Context, options ...string) (*Connection, error) {
	return connectBy(ctx, connector{dsn: dsn(f.path, options...), file: f})
}

// connector opens connections. Those to a [File] are opened only while its name leads to it:
// SQLite opens by name, and would write the file's log into another one.
type connector struct {
	dsn    string
	file   *File // nil for what is no File
	driver sqlite3.SQLiteDriver
}

// Connect opens a connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	if err := c.inPlace(); err != nil {
		return nil, err
	}
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	if err := c.inPlace(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// inPlace returns a [*MovedError] if the name of the File leads elsewhere.
func (c connector) inPlace() error {
	if c.file == nil {
		return nil
	}
	if what, _ := c.file.moved(); what != "" {
		return &MovedError{Path: c.file.path, What: what}
	}
	return nil
}

// Driver returns the driver.
func (c connector) Driver() driver.Driver { return &c.driver }

// connectBy opens a single connection.
func connectBy(ctx context.Context, by connector) (*Connection, error) {
	pool := sql.OpenDB(by)
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &Connection{conn, pool}, nil
}

// Close closes the connection.
func (c *Connection) Close() error { return errors.Join(c.Conn.Close(), c.pool.Close()) }

// Transact calls f in a write transaction of conn, which an error undoes.
func Transact(ctx context.Context, conn *sql.Conn, f func() error) error {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := f(); err != nil {
		return errors.Join(err, Rollback(conn))
	}
	if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {
		return errors.Join(err, Rollback(conn))
	}
	return nil
}

// Rollback ends a failed transaction, even after its context has ended. Some errors,
// such as a full disk, have ended it already; that is no further error.
func Rollback(conn *sql.Conn) error {
	ended := false
	if err := conn.Raw(func(driver any) error {
		c, ok := driver.(*sqlite3.SQLiteConn)
		ended = ok && c.AutoCommit() // no transaction is open
		return nil
	}); err != nil || ended {
		return err
	}
	_, err := conn.ExecContext(context.Background(), "ROLLBACK")
	return err
}

// Querier is what a pool, a connection and a transaction have in common.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Scanner reads the columns of a row.
type Scanner = func(dest ...any) error

// Each calls f for every row of a query.
func Each(ctx context.Context, q Querier, query string, args []any, f func(Scanner) error) (err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
