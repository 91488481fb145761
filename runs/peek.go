package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/gofrs/flock"

	"evenkeel/search"
)

// Standing is what a history says of a study before it is opened for writing.
type Standing struct {
	// Exists reports that there is a study of the name, Complete that nothing is
	// left to do for the very definition.
	Exists, Complete bool
}

// Peek says how a definition stands to the history, without changing anything:
// so that a trainer, which may take long to start, need not be started for a
// study that is complete, that somebody else works on ([*LockedError]), or whose
// definition is another one ([*DifferenceError]). [DB.OpenStudy] decides.
func (db *DB) Peek(ctx context.Context, def *search.Definition) (Standing, error) {
	var at Standing
	var number int
	var ended sql.NullString
	var stored *StoredDefinition
	var begun, changed bool
	err := db.view(ctx, func(q querier) error {
		err := q.QueryRowContext(ctx, `SELECT number FROM studies WHERE name = ?`, def.Name).Scan(&number)
		if err != nil {
			return err
		}
		if stored, err = latestDefinition(ctx, q, number); err != nil {
			return err
		}
		err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM steps WHERE study = ?1) OR EXISTS (SELECT 1 FROM trial_runs WHERE study = ?1)`,
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
	at.Exists = true
	changes := search.Diff(&search.Definition{Canonical: stored.Canonical}, def)
	if begun && !search.BudgetOnly(changes) {
		return at, &DifferenceError{Study: def.Name, Changes: search.BeyondBudget(changes)}
	}
	if err := db.peekLock(ctx, number, def.Name); err != nil {
		return at, err
	}
	at.Complete = len(changes) == 0 && ended.String == "done" && !changed
	return at, nil
}

// peekLock says who works on a study, if anybody does.
func (db *DB) peekLock(ctx context.Context, number int, name string) error {
	path := db.path + "." + strconv.Itoa(number) + ".lock"
	if _, err := os.Stat(path); err != nil {
		return nil // nobody does; trying to lock it would make the file
	}
	lock := flock.New(path)
	free, err := lock.TryRLock()
	if err != nil {
		return nil // OpenStudy will say it
	}
	if free {
		return lock.Close()
	}
	e := &LockedError{Study: name, Host: "this machine"}
	var since string
	err = db.read.QueryRowContext(ctx, `SELECT host, pid, started FROM invocations WHERE study = ? ORDER BY number DESC LIMIT 1`, number).
		Scan(&e.Host, &e.PID, &since)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("who works on study %s: %w", name, db.failed(err))
	}
	e.Since = parseTime(since)
	return e
}
