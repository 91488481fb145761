package writer

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"evenkeel/runs/disk"
)

// ErrClosed is what records get that come after [Writer.Close].
var ErrClosed = errors.New("the study is closed")

// The phases of a write transaction, in their order.
const (
	PhaseBegin     = "begin"     // before the transaction
	PhaseWrite     = "write"     // inside it, before each record
	PhaseCommit    = "commit"    // all records written, before the commit
	PhaseCommitted = "committed" // durable, before those who wait are answered
)

// Options are what a [Writer] needs besides its connection.
type Options struct {
	// Idle is how long records that nobody waits for may stay in memory before they
	// are written by themselves.
	Idle time.Duration
	// Now is the clock.
	Now func() time.Time
	// Trace, if not nil, is called around transactions with their phases.
	Trace func(phase string)
	// After is applied last in every transaction.
	After func(*Transaction) error
	// Moved reports that the file is no longer the one of its name. It is called after
	// every transaction, and when there is none for a while.
	Moved func() bool
	// Rescue saves what the connection sees of a file that was moved, and returns the
	// error that says so. It is called outside transactions.
	Rescue func(*sql.Conn) error
	// Failed names the database in an error.
	Failed func(error) error
}

// record is one unit of writing: it is applied inside a transaction, whole or
// not at all. done, if not nil, gets the fate of that transaction.
type record struct {
	apply func(*Transaction) error
	done  chan<- error
}

// Writer owns the only connection that writes for a study. Records are applied
// in the order in which they were handed over; everything that is waiting when
// a transaction begins is written in it, so records that come together share one sync.
// A record that nobody waits for does not start a transaction by itself until it
// has waited for a while.
//
// The first error is final: the transaction is undone, and everybody who comes
// after gets the same error. A Writer is safe for concurrent use.
type Writer struct {
	options Options
	conn    *disk.Connection
	tx      *Transaction
	// written is when the last transaction ended, folded when the log was last copied into
	// the file, unfolded that there was a transaction since.
	written, folded time.Time
	unfolded        bool

	mu     sync.Mutex
	queue  []record
	urgent bool  // somebody waits
	closed bool  // no record comes any more
	halted bool  // the last records are being saved: those that come get the error that follows
	err    error // final

	wake   chan struct{} // capacity 1
	gone   chan struct{} // closed when the goroutine has ended
	broken chan struct{} // closed with the first error
}

// heartbeat is the longest time without a transaction: so much of the time spent
// is forgotten at most if the process is killed in a long training.
const heartbeat = 30 * time.Second

// foldAfter is the longest time for which transactions are in the log alone, as long as
// nobody reads an old state meanwhile: a copy of the file without its log lacks no more.
const foldAfter = 20 * time.Second

// New starts the writer of a connection, which it closes in the end.
func New(conn *disk.Connection, o Options) *Writer {
	now := o.Now()
	w := &Writer{
		options: o, conn: conn, tx: NewTransaction(conn.Conn), written: now, folded: now,
		wake: make(chan struct{}, 1), gone: make(chan struct{}), broken: make(chan struct{}),
	}
	go w.run()
	return w
}

// Put hands over a record that nobody waits for.
func (w *Writer) Put(apply func(*Transaction) error) error {
	return w.enqueue(record{apply: apply})
}

// PutAndWait hands over a record and returns when it is durable. A nil apply
// waits for the records before it.
func (w *Writer) PutAndWait(apply func(*Transaction) error) error {
	done := make(chan error, 1)
	if err := w.enqueue(record{apply: apply, done: done}); err != nil {
		return err
	}
	return <-done
}

func (w *Writer) enqueue(r record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.halted {
		w.mu.Unlock()
		<-w.broken
		w.mu.Lock()
	}
	if w.err != nil {
		return w.err
	}
	if w.closed {
		return ErrClosed
	}
	w.queue = append(w.queue, r)
	w.urgent = w.urgent || r.done != nil
	if w.urgent || len(w.queue) == 1 { // else it is awake, or waits for time to pass
		w.signal()
	}
	return nil
}

// signal makes the goroutine look at the queue.
func (w *Writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Close writes what is left and ends the goroutine.
func (w *Writer) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
	<-w.gone
	return w.err
}

// run is the goroutine.
func (w *Writer) run() {
	defer close(w.gone)
	timer := time.NewTimer(w.options.Idle)
	defer timer.Stop()
	for {
		overdue := false
		select {
		case <-w.wake:
		case <-timer.C:
			overdue = true
		}
		timer.Reset(w.options.Idle)
		batch, last := w.take(overdue)
		switch {
		case len(batch) > 0:
			w.finish(batch, w.commit(batch))
			w.written = w.options.Now()
		case overdue && w.options.Now().Sub(w.written) > heartbeat:
			// Nothing is lost if this fails, for example because another program holds
			// the database: the next one tries again. Unless the file is gone.
			if err := w.commit(nil); errors.As(err, new(*disk.MovedError)) {
				w.finish(nil, err)
			}
			w.written = w.options.Now()
		case overdue && w.intact():
			w.finish(nil, w.inPlace())
		}
		w.fold()
		if last {
			w.end()
			return
		}
	}
}

// take returns the queue if it is to be written now, and whether it is the last.
func (w *Writer) take(overdue bool) (batch []record, last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil || w.urgent || w.closed || overdue {
		batch, w.queue, w.urgent = w.queue, nil, false
	}
	return batch, w.closed
}

// finish tells everybody who waits.
func (w *Writer) finish(batch []record, err error) {
	if err != nil {
		w.mu.Lock()
		if w.err == nil {
			w.err = w.options.Failed(err)
			close(w.broken)
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
func (w *Writer) end() {
	err := errors.Join(w.tx.Close(), w.conn.Close())
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil && err != nil {
		w.err = w.options.Failed(err)
	}
}

// Broken is closed with the first error: nothing can be recorded any more.
func (w *Writer) Broken() <-chan struct{} { return w.broken }

// Err returns the first error, nil if there was none.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// intact reports whether there was no error.
func (w *Writer) intact() bool { return w.Err() == nil }

// fold copies the log into the file where that is due. What cannot be copied now, since
// somebody reads an old state or the disk is full, stays in the log, where it is as safe.
func (w *Writer) fold() {
	now := w.options.Now()
	if !w.unfolded || now.Sub(w.folded) < foldAfter || !w.intact() {
		return
	}
	_, _ = w.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)")
	w.folded, w.unfolded = now, false
}

// commit applies a batch in one transaction. It returns nil if that is durable in the file
// of its name.
func (w *Writer) commit(batch []record) error {
	if err := w.Err(); err != nil {
		return err
	}
	err := w.transact(batch)
	w.unfolded = true
	if moved := w.inPlace(); moved != nil {
		return errors.Join(moved, err)
	}
	return err
}

// inPlace returns nil while the file is the one of its name. Else it writes what was handed
// over until now, has everything saved, and returns the error that says so.
func (w *Writer) inPlace() error {
	if !w.options.Moved() {
		return nil
	}
	w.mu.Lock()
	rest := w.queue
	w.queue, w.halted = nil, true
	w.mu.Unlock()
	var err error
	if len(rest) > 0 {
		err = w.transact(rest)
	}
	err = errors.Join(w.options.Rescue(w.conn.Conn), err)
	w.finish(rest, err)
	return err
}

// transact applies a batch in one transaction.
func (w *Writer) transact(batch []record) error {
	w.trace(PhaseBegin)
	if err := w.tx.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := w.apply(batch); err != nil {
		return errors.Join(err, disk.Rollback(w.conn.Conn))
	}
	w.trace(PhaseCommit)
	if err := w.tx.Exec("COMMIT"); err != nil {
		return errors.Join(err, disk.Rollback(w.conn.Conn))
	}
	w.trace(PhaseCommitted)
	return nil
}

func (w *Writer) apply(batch []record) error {
	for _, r := range batch {
		w.trace(PhaseWrite)
		if r.apply == nil {
			continue
		}
		if err := r.apply(w.tx); err != nil {
			return err
		}
	}
	return w.options.After(w.tx)
}

func (w *Writer) trace(phase string) {
	if w.options.Trace != nil {
		w.options.Trace(phase)
	}
}
