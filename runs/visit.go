package runs

import (
	"context"
	"errors"
	"fmt"

	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search"
)

// visit is a look into studies that changes them without searching: under their
// locks, and without an invocation of its own.
type visit struct {
	db     *DB
	conn   *disk.Connection
	tx     *writer.Transaction
	locked []*Study
}

// visit calls work and releases what it locked.
func (db *DB) visit(ctx context.Context, work func(*visit) error) (err error) {
	if db.options.ReadOnly {
		return fmt.Errorf("database %s is open for reading only", db.file.Path())
	}
	conn, err := db.file.Writer(ctx)
	if err != nil {
		return db.file.Failed(err)
	}
	v := &visit{db: db, conn: conn, tx: writer.NewTransaction(conn.Conn)}
	defer func() {
		err = errors.Join(err, v.tx.Close(), conn.Close())
		for _, s := range v.locked {
			err = errors.Join(err, s.lock.Release())
		}
	}()
	return work(v)
}

// lock takes the lock of a study; a [*LockedError] says that somebody works on it.
func (v *visit) lock(ctx context.Context, number int, name string) (*Study, error) {
	s := &Study{db: v.db, number: number, definition: &search.Definition{Name: name}}
	if err := s.acquire(ctx, v.conn.Conn); err != nil {
		return nil, err
	}
	v.locked = append(v.locked, s)
	return s, nil
}

// transact calls f in a write transaction.
func (v *visit) transact(ctx context.Context, f func(*writer.Transaction) error) error {
	var missing *NoTrialError
	err := disk.Transact(ctx, v.conn.Conn, func() error { return f(v.tx) })
	if moved := v.db.file.InPlace(v.conn.Conn); moved != nil {
		return errors.Join(moved, err)
	}
	if err == nil || errors.As(err, &missing) {
		return err
	}
	return v.db.file.Failed(err)
}
