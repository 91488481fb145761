package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"evenkeel/search"
)

// visit is a look into studies that changes them without searching: under their
// locks, and without an invocation of its own.
type visit struct {
	db     *DB
	conn   *connection
	tx     *transaction
	locked []*Study
}

// visit calls work and lets go of what it locked.
func (db *DB) visit(ctx context.Context, work func(*visit) error) (err error) {
	if db.options.ReadOnly {
		return fmt.Errorf("database %s is open for reading only", db.path)
	}
	conn, err := db.openWriter(ctx)
	if err != nil {
		return db.failed(err)
	}
	v := &visit{db: db, conn: conn, tx: &transaction{conn: conn.conn, statements: make(map[string]*sql.Stmt)}}
	defer func() {
		err = errors.Join(err, v.tx.close(), conn.close())
		for _, s := range v.locked {
			err = errors.Join(err, s.unlock())
		}
	}()
	return work(v)
}

// lock takes the lock of a study; a [*LockedError] says that somebody works on it.
func (v *visit) lock(ctx context.Context, number int, name string) (*Study, error) {
	s := &Study{db: v.db, number: number, definition: &search.Definition{Name: name}}
	if err := s.acquire(ctx, v.conn.conn); err != nil {
		return nil, err
	}
	v.locked = append(v.locked, s)
	return s, nil
}

// transact calls f in a write transaction.
func (v *visit) transact(ctx context.Context, f func(*transaction) error) error {
	var missing *NoTrialError
	err := transact(ctx, v.conn.conn, func() error { return f(v.tx) })
	if err == nil || errors.As(err, &missing) {
		return err
	}
	return v.db.failed(err)
}
