package disk

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// ApplicationID marks a SQLite file as ours: "Evkl" in the header's field of
// that name.
const ApplicationID = 0x45766b6c

// Offsets of the SQLite file header, https://www.sqlite.org/fileformat.html.
const (
	headerSize          = 100
	headerApplicationID = 68
	headerMagic         = "SQLite format 3\x00"
)

// identify says why an existing file is not a database of ours, or nil. An empty
// file and a database without tables may become one. It writes nothing.
func identify(ctx context.Context, path string, f io.ReaderAt, size int64) error {
	if size == 0 {
		return nil
	}
	header := make([]byte, headerSize)
	if _, err := f.ReadAt(header, 0); err != nil || string(header[:len(headerMagic)]) != headerMagic {
		return fmt.Errorf("it is not a SQLite database; it was left as it is, --db names another file")
	}
	switch id := binary.BigEndian.Uint32(header[headerApplicationID:]); id {
	case ApplicationID:
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
// when the mark is still in the write-ahead log, or when it has no tables so far.
func identifyUnmarked(ctx context.Context, path string) (err error) {
	mode := "immutable=1" // reads the file alone and leaves nothing beside it
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		mode = "mode=ro"
	}
	c, err := connect(ctx, dsn(path, mode, pragmaBusy))
	if err != nil {
		return Explain(err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	var id, tables int
	if err := c.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return Explain(err)
	}
	if err := c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return Explain(err)
	}
	if id != ApplicationID && (id != 0 || tables > 0) {
		return errForeign
	}
	return nil
}
