package runs

import (
	"context"
	"database/sql"
	"errors"

	"evenkeel/runs/disk"
	"evenkeel/search"
)

// Standing is what a history says of a study before it is opened for writing.
type Standing struct {
	// Complete reports that there is a study of the name with the same definition, and
	// that nothing is left to do for it.
	Complete bool
}

// Peek says whether the study of a definition is complete, without changing anything:
// a trainer, which may take long to start, need not be started for a study that is
// complete, that somebody else works on ([*LockedError]), or whose definition is
// another one ([*DifferenceError]). [DB.OpenStudy] decides.
func (db *DB) Peek(ctx context.Context, def *search.Definition) (Standing, error) {
	var at Standing
	var number int
	var ended sql.NullString
	var stored *StoredDefinition
	var begun, changed bool
	err := db.view(ctx, func(q disk.Querier) error {
		err := q.QueryRowContext(ctx, `SELECT number FROM studies WHERE name = ?`, def.Name).Scan(&number)
		if err != nil {
			return err
		}
		if stored, err = latestDefinition(ctx, q, number); err != nil {
			return err
		}
		err = q.QueryRowContext(ctx, hasMeasured,
			number).Scan(&begun)
		if err != nil {
			return err
		}
		// What was declared invalid, or valid again, since the last step may make work.
		err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM events e WHERE e.study = ?1 AND e.kind IN ('invalidated', 'revalidated')
			AND e.at >= (SELECT max(finished) FROM steps WHERE study = ?1))`, number).Scan(&changed)
		if err != nil {
			return err
		}
		err = q.QueryRowContext(ctx, `SELECT ended FROM invocations WHERE study = ? ORDER BY number DESC LIMIT 1`, number).Scan(&ended)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return at, nil
	}
	if err != nil {
		return at, err
	}
	changes := search.Diff(&search.Definition{Canonical: stored.Canonical}, def)
	if begun && !search.BudgetOnly(changes) {
		return at, &DifferenceError{Study: def.Name, Changes: search.BeyondBudget(changes)}
	}
	if err := db.peekLock(ctx, number, def.Name); err != nil {
		return at, err
	}
	at.Complete = len(changes) == 0 && State(ended.String) == StateDone && !changed
	return at, nil
}
