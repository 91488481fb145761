package disk

import (
	"errors"
	"fmt"
	"io/fs"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Explain adds what a person can do to the errors of SQLite that people meet.
func Explain(err error) error {
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

// MissingError says that a database that has to exist, or its folder, does not.
type MissingError struct{ text string }

// Error says what is missing and what to do.
func (e *MissingError) Error() string { return e.text }

// reason strips the path from a file error: ours says it already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
