package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"evenkeel/runs/disk"
)

// LockedError is returned by [DB.OpenStudy] for a study that somebody else works on.
type LockedError struct {
	Study, Host string
	PID         int
	Since       time.Time
}

// Error says who has the study.
func (e *LockedError) Error() string {
	return fmt.Sprintf("study %s is being worked on by process %d on %s since %s; wait for it or stop it",
		e.Study, e.PID, e.Host, e.Since.Format(time.RFC3339))
}

// acquire takes the operating system's lock on the study.
func (s *Study) acquire(ctx context.Context, conn *sql.Conn) error {
	lock, err := s.db.file.TryLock(s.number)
	if err == nil && lock == nil {
		err = s.db.lockedBy(ctx, conn, s.number, s.definition.Name)
	}
	s.lock = lock
	return err
}

// peekLock says who works on a study, if anybody does.
func (db *DB) peekLock(ctx context.Context, number int, name string) error {
	locked, err := db.file.Locked(number)
	if err != nil || !locked {
		return err
	}
	return db.lockedBy(ctx, db.file.Read, number, name)
}

// lockedBy says who has a study.
func (db *DB) lockedBy(ctx context.Context, q disk.Querier, number int, name string) error {
	e := &LockedError{Study: name, Host: "this machine"}
	var since string
	err := q.QueryRowContext(ctx, `SELECT host, pid, started FROM invocations WHERE study = ? ORDER BY number DESC LIMIT 1`, number).
		Scan(&e.Host, &e.PID, &since)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("who works on study %s: %w", name, db.file.Failed(err))
	}
	e.Since = parseTime(since)
	return e
}
