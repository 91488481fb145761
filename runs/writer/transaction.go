package writer

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
)

// Transaction is what records are applied to. Statements are prepared once.
type Transaction struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// NewTransaction returns one for a connection: whoever begins and ends transactions
// there applies records to it in between, and closes it in the end.
func NewTransaction(conn *sql.Conn) *Transaction {
	return &Transaction{conn: conn, statements: make(map[string]*sql.Stmt)}
}

// Conn returns the connection.
func (t *Transaction) Conn() *sql.Conn { return t.conn }

// Exec runs a statement that is text known at compile time. It cannot be
// cancelled: a transaction is short, and half of one is worth nothing.
func (t *Transaction) Exec(query string, args ...any) error {
	_, err := t.ExecCount(query, args...)
	return err
}

// ExecCount is Exec, and says how many rows it changed.
func (t *Transaction) ExecCount(query string, args ...any) (int64, error) {
	s, err := t.prepare(query)
	if err != nil {
		return 0, err
	}
	result, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Row is a row to insert: its values by column.
type Row map[string]any

// Insert inserts a row into a table. Columns that it does not name get their defaults.
func (t *Transaction) Insert(table string, row Row) error {
	query, values := row.insertion(table)
	return t.Exec(query, values...)
}

// InsertNew inserts a row unless one with its key is there, and reports whether it did.
func (t *Transaction) InsertNew(table string, row Row) (bool, error) {
	query, values := row.insertion(table)
	added, err := t.ExecCount(query+" ON CONFLICT DO NOTHING", values...)
	return added > 0, err
}

// insertion returns the statement that inserts a row, the same for the same columns, and
// its values.
func (r Row) insertion(table string) (string, []any) {
	columns := slices.Sorted(maps.Keys(r))
	values := make([]any, len(columns))
	for i, c := range columns {
		values[i] = r[c]
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + marks + ")", values
}

// Close closes the prepared statements.
func (t *Transaction) Close() error {
	var errs []error
	for _, s := range t.statements {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// ScanRow reads the only row of a query inside the transaction.
func (t *Transaction) ScanRow(query string, args []any, dest ...any) error {
	s, err := t.prepare(query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(context.Background(), args...).Scan(dest...)
}

// prepare returns the prepared form of a statement.
func (t *Transaction) prepare(query string) (*sql.Stmt, error) {
	if s := t.statements[query]; s != nil {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.statements[query] = s
	}
	return s, err
}
