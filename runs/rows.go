package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// scanner reads the columns of a row.
type scanner = func(dest ...any) error

// each calls f for every row of a query.
func each(ctx context.Context, q querier, query string, args []any, f func(scanner) error) (err error) {
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

// view calls f with a transaction that only reads: everything f sees belongs to
// one state of the database, however much is written meanwhile.
func (db *DB) view(ctx context.Context, f func(querier) error) error {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return db.failed(err)
	}
	err = f(tx)
	if end := tx.Rollback(); end != nil && !errors.Is(end, sql.ErrTxDone) {
		err = errors.Join(err, end)
	}
	if err != nil {
		return db.failed(err)
	}
	return nil
}

// failed names the file in an error of a query.
func (db *DB) failed(err error) error {
	return fmt.Errorf("database %s: %w", db.path, explain(err))
}
