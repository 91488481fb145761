package runs

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// applicationID marks a SQLite file as ours: "Evkl" in the header's field of
// that name.
const applicationID = 0x45766b6c

// Offsets of the SQLite file header, https://www.sqlite.org/fileformat.html.
const (
	headerSize          = 100
	headerApplicationID = 68
	headerMagic         = "SQLite format 3\x00"
)

// identify says why an existing file is not a database of ours, or nil. An empty
// file and a database without tables may become one. It writes nothing.
func identify(ctx context.Context, path string, size int64) (err error) {
	if size == 0 {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("it cannot be read: %w", reason(err))
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(f, header); err != nil || string(header[:len(headerMagic)]) != headerMagic {
		return fmt.Errorf("it is not a SQLite database; it was left as it is, --db names another file")
	}
	switch id := binary.BigEndian.Uint32(header[headerApplicationID:]); id {
	case applicationID:
		return nil
	case 0:
		return identifyUnmarked(ctx, path)
	default:
		return errForeign
	}
}

// errForeign says that a database belongs to another program.
var errForeign = errors.New("it is a SQLite database of another program; it was left as it is, --db names another file")

// identifyUnmarked decides about a database whose header carries no mark: ours
// when the mark is still in the write-ahead log, or when it has no tables yet.
func identifyUnmarked(ctx context.Context, path string) (err error) {
	mode := "immutable=1" // reads the file alone and leaves nothing beside it
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		mode = "mode=ro"
	}
	c, err := connect(ctx, dsn(path, mode, pragmaBusy))
	if err != nil {
		return explain(err)
	}
	defer func() { err = errors.Join(err, c.close()) }()
	var id, tables int
	if err := c.conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return explain(err)
	}
	if err := c.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return explain(err)
	}
	if id != applicationID && (id != 0 || tables > 0) {
		return errForeign
	}
	return nil
}

// querier is what a pool, a connection and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// schemaVersion returns the number of the last migration a database has had.
func schemaVersion(ctx context.Context, q querier) (int, error) {
	var version int
	err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}
