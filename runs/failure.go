package runs

import (
	"context"
	"database/sql"
	"errors"

	"evenkeel/runs/disk"
)

// EventFailed is the kind of the event of a search that broke off. Its text is why.
const EventFailed = "failed"

// Failure returns why the last search of the named study broke off, "" where none did or the
// reason is not recorded. What came after it and left the study as it was, such as a
// confirmation, does not hide it; a search that did not fail does.
func (db *DB) Failure(ctx context.Context, study string) (reason string, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		err = q.QueryRowContext(ctx, `SELECT e.text FROM events e WHERE e.study = ?1 AND e.kind = ?2
			AND e.at >= (SELECT coalesce(max(i.started), '') FROM invocations i WHERE i.study = ?1 AND i.ended IS NOT ?3)
			ORDER BY e.number DESC LIMIT 1`, number, EventFailed, StateFailed).Scan(&reason)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return reason, err
}
