package runstest

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"evenkeel/runs"
)

// Table is the whole answer to a query.
type Table struct {
	Columns []string
	Rows    [][]any
}

// Ask runs a query and reads its answer to the end.
func Ask(ctx context.Context, db *runs.DB, query string) (t *Table, err error) {
	answer, err := db.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, answer.Close()) }()
	t = &Table{Columns: answer.Columns}
	for row, err := range answer.Rows() {
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// Change runs statements that write on a database that nobody has open.
func Change(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", source(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
