package writer

import (
	"context"
	"database/sql"
	"errors"
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

// Column is a column of a row, and its value there.
type Column struct {
	Name  string
	Value any
}

// Insert inserts a row into a table and says how many rows that added. The end is what
// follows the values in SQL, such as ON CONFLICT DO NOTHING.
func (t *Transaction) Insert(table string, row []Column, end string) (int64, error) {
	names, values := make([]string, len(row)), make([]any, len(row))
	for i, c := range row {
		names[i], values[i] = c.Name, c.Value
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(row)), ", ")
	return t.ExecCount("INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+marks+") "+end, values...)
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
