package disk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Ways to open a file for reading, see https://www.sqlite.org/uri.html.
const (
	readShared = "mode=ro"
	// readAsItLies reads the file alone, without locks and without files beside it.
	readAsItLies = "immutable=1"
)

// openReaders opens the connections for queries. Where SQLite cannot make the files beside the
// database that it needs to share it, a File that is open for queries only reads it as it
// lies, as long as no write-ahead log or journal holds more. See decision 0074.
func (f *File) openReaders(ctx context.Context) error {
	err := f.openReading(ctx, readShared)
	if err == nil || !f.options.ReadOnly || !cannotShare(err) {
		return err
	}
	for _, end := range []string{"-wal", "-journal"} {
		log, statErr := os.Stat(f.path + end)
		switch {
		case errors.Is(statErr, fs.ErrNotExist):
		case statErr != nil:
			return fmt.Errorf("whether the last changes are still in its file %s is not known: %w (%w)", end, statErr, err)
		case log.Size() > 0:
			return fmt.Errorf("the last changes are still in its file %s, and its folder cannot be written, which reading them needs; "+
				"copy both files to a folder that you may write and name the copy with --db, "+
				"or have `evenkeel studies` run by somebody who may write there, which folds them into the file (%w)", end, err)
		}
	}
	return errors.Join(f.Read.Close(), f.openReading(ctx, readAsItLies))
}

// openReading opens the connections in a way.
func (f *File) openReading(ctx context.Context, way string) error {
	read := sql.OpenDB(connector{dsn: dsn(f.path, way, "_query_only=1", "_stmt_cache_size=32", pragmaBusy), file: f})
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	f.Read, f.reading = read, way
	return f.options.Check(ctx, read)
}

// cannotShare reports whether an error says that the files beside the database cannot be made.
func cannotShare(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrCantOpen || e.Code == sqlite3.ErrReadonly || e.Code == sqlite3.ErrPerm)
}
