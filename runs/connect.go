package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

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

// connection is one connection of its own, outside any pool.
type connection struct {
	pool *sql.DB
	conn *sql.Conn
}

// openWriter opens a connection that may write.
func (db *DB) openWriter(ctx context.Context) (*connection, error) {
	c, err := connect(ctx, dsn(db.path, "mode=rw", "_journal_mode=WAL", db.synchronous(), "_foreign_keys=1", pragmaBusy, pragmaCache))
	if err != nil {
		return nil, err
	}
	if _, err := c.conn.ExecContext(ctx, pragmaCheckpoint); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// synchronous is the pragma that says when commits reach the disk.
func (db *DB) synchronous() string {
	if db.options.NoSync {
		return "_synchronous=OFF"
	}
	return "_synchronous=FULL"
}

// connect opens a single connection.
func connect(ctx context.Context, dsn string) (*connection, error) {
	pool, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &connection{pool, conn}, nil
}

func (c *connection) close() error {
	return errors.Join(c.conn.Close(), c.pool.Close())
}
