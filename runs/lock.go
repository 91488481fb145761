package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/gofrs/flock"
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
	path := s.db.path + "." + strconv.Itoa(s.number) + ".lock"
	for {
		lock := flock.New(path)
		ok, err := lock.TryLock()
		if err != nil {
			return fmt.Errorf("lock file %s: %w", path, reason(err))
		}
		if !ok {
			return s.lockedBy(ctx, conn)
		}
		if sameFile(lock, path) {
			s.lock = lock
			return nil
		}
		// Its holder removed the file between our opening and locking it.
		if err := lock.Close(); err != nil {
			return fmt.Errorf("lock file %s: %w", path, reason(err))
		}
	}
}

// sameFile reports whether a locked file is still the one at path.
func sameFile(lock *flock.Flock, path string) bool {
	at, err := os.Stat(path)
	if err != nil {
		return false
	}
	have, err := lock.Stat()
	return err == nil && os.SameFile(at, have)
}

// lockedBy says who has the study.
func (s *Study) lockedBy(ctx context.Context, conn *sql.Conn) error {
	e := &LockedError{Study: s.definition.Name, Host: "this machine"}
	var since string
	err := conn.QueryRowContext(ctx, `SELECT host, pid, started FROM invocations WHERE study = ? ORDER BY number DESC LIMIT 1`, s.number).
		Scan(&e.Host, &e.PID, &since)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s.db.failed(err)
	}
	e.Since = parseTime(since)
	return e
}

// unlock lets go of the lock and removes its file while it is still ours.
func (s *Study) unlock() error {
	if s.lock == nil {
		return nil
	}
	_ = os.Remove(s.lock.Path()) // where an open file cannot be removed, it stays
	if err := s.lock.Close(); err != nil {
		return fmt.Errorf("lock file: %w", reason(err))
	}
	return nil
}
