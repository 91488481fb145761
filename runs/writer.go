package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// errClosed is what records get that come after [Study.Close].
var errClosed = errors.New("the study is closed")

// record is one unit of writing: it is applied inside a transaction, whole or
// not at all. done, if not nil, gets the fate of that transaction.
type record struct {
	apply func(*transaction) error
	done  chan<- error
}

// writer owns the only connection that writes for a study. Records are applied
// in the order in which they were handed over; everything that is waiting when
// a transaction begins rides in it, so what arrives together shares one sync.
// A record that nobody waits for does not start a transaction by itself until it
// has waited for a while.
//
// The first error is final: the transaction is undone, and everybody who comes
// after gets the same error.
type writer struct {
	db    *DB
	conn  *connection
	tx    *transaction
	after func(*transaction) error // applied last in every transaction
	idle  time.Duration
	// written is when the last transaction ended.
	written time.Time

	mu     sync.Mutex
	queue  []record
	urgent bool  // somebody waits
	closed bool  // no record comes any more
	err    error // final

	wake chan struct{} // capacity 1
	gone chan struct{} // closed when the goroutine has ended
}

// heartbeat is the longest time without a transaction: so much of the time spent
// is forgotten at most if the process is killed in a long training.
const heartbeat = 30 * time.Second

// newWriter starts the writer of a connection, which it closes in the end.
func newWriter(db *DB, conn *connection, after func(*transaction) error) *writer {
	w := &writer{
		db: db, conn: conn, after: after, idle: db.options.Idle, written: db.options.Now(),
		tx:   &transaction{conn: conn.conn, statements: make(map[string]*sql.Stmt)},
		wake: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	go w.run()
	return w
}

// put hands over a record that nobody waits for.
func (w *writer) put(apply func(*transaction) error) error {
	return w.enqueue(record{apply: apply})
}

// putAndWait hands over a record and returns when it is durable. A nil apply
// waits for the records before it.
func (w *writer) putAndWait(apply func(*transaction) error) error {
	done := make(chan error, 1)
	if err := w.enqueue(record{apply: apply, done: done}); err != nil {
		return err
	}
	return <-done
}

func (w *writer) enqueue(r record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if w.closed {
		return errClosed
	}
	w.queue = append(w.queue, r)
	w.urgent = w.urgent || r.done != nil
	if w.urgent || len(w.queue) == 1 { // else it is awake, or waits for time to pass
		w.signal()
	}
	return nil
}

// signal makes the goroutine look at the queue.
func (w *writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// close writes what is left and ends the goroutine.
func (w *writer) close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
	<-w.gone
	return w.err
}

// run is the goroutine.
func (w *writer) run() {
	defer close(w.gone)
	timer := time.NewTimer(w.idle)
	defer timer.Stop()
	for {
		overdue := false
		select {
		case <-w.wake:
		case <-timer.C:
			overdue = true
		}
		timer.Reset(w.idle)
		batch, last := w.take(overdue)
		switch {
		case len(batch) > 0:
			w.finish(batch, w.commit(batch))
			w.written = w.db.options.Now()
		case overdue && w.db.options.Now().Sub(w.written) > heartbeat:
			// Nothing is lost if this fails, for example because a guest holds
			// the database: the next one tries again.
			_ = w.commit(nil)
			w.written = w.db.options.Now()
		}
		if last {
			w.end()
			return
		}
	}
}

// take returns the queue if it is to be written now, and whether it is the last.
func (w *writer) take(overdue bool) (batch []record, last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil || w.urgent || w.closed || overdue {
		batch, w.queue, w.urgent = w.queue, nil, false
	}
	return batch, w.closed
}

// finish tells everybody who waits.
func (w *writer) finish(batch []record, err error) {
	if err != nil {
		w.mu.Lock()
		if w.err == nil {
			w.err = fmt.Errorf("database %s: %w", w.db.path, explain(err))
		}
		err = w.err
		w.mu.Unlock()
	}
	for _, r := range batch {
		if r.done != nil {
			r.done <- err
		}
	}
}

// end closes the connection.
func (w *writer) end() {
	err := errors.Join(w.tx.close(), w.conn.close())
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("database %s: %w", w.db.path, err)
	}
}

// commit applies a batch in one transaction.
func (w *writer) commit(batch []record) error {
	w.mu.Lock()
	err := w.err
	w.mu.Unlock()
	if err != nil {
		return err
	}
	w.trace(PhaseBegin)
	if err := w.tx.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := w.apply(batch); err != nil {
		return errors.Join(err, rollback(w.conn.conn))
	}
	w.trace(PhaseCommit)
	if err := w.tx.exec("COMMIT"); err != nil {
		return errors.Join(err, rollback(w.conn.conn))
	}
	w.trace(PhaseCommitted)
	return nil
}

func (w *writer) apply(batch []record) error {
	for _, r := range batch {
		w.trace(PhaseWrite)
		if r.apply == nil {
			continue
		}
		if err := r.apply(w.tx); err != nil {
			return err
		}
	}
	return w.after(w.tx)
}

func (w *writer) trace(phase string) {
	if w.db.options.Trace != nil {
		w.db.options.Trace(phase)
	}
}

// transaction is what records are applied to. Statements are prepared once.
type transaction struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// exec runs a statement that is text known at compile time. It cannot be
// cancelled: a transaction is short, and half of one is worth nothing.
func (t *transaction) exec(query string, args ...any) error {
	_, err := t.execCount(query, args...)
	return err
}

// execCount is exec, and says how many rows it changed.
func (t *transaction) execCount(query string, args ...any) (int64, error) {
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

func (t *transaction) close() error {
	var errs []error
	for _, s := range t.statements {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// scanRow reads the only row of a query inside the transaction.
func (t *transaction) scanRow(query string, args []any, dest ...any) error {
	s, err := t.prepare(query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(context.Background(), args...).Scan(dest...)
}

// prepare returns the prepared form of a statement.
func (t *transaction) prepare(query string) (*sql.Stmt, error) {
	if s := t.statements[query]; s != nil {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.statements[query] = s
	}
	return s, err
}
