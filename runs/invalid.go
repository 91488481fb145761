package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"evenkeel/runs/writer"
	"evenkeel/search"
)

// Invalidate declares a trial of the named study ("" for the newest) invalid,
// with the reason, which replaces an earlier one. The trial keeps its place in
// the history, its runs and its arms, but is not ranked any more, and a search
// that continues neither learns from it nor gives it more seeds; the intervals of
// the others are settled anew. It returns the study's name, a [*NoTrialError] for
// a trial that is not there, and a [*LockedError] while somebody works on the
// study.
func (db *DB) Invalidate(ctx context.Context, study string, trial int, reason string) (name string, err error) {
	reason = strings.TrimSpace(plainText(reason))
	if reason == "" {
		return "", fmt.Errorf("trial %d: the reason is empty; want why it is invalid", trial)
	}
	return db.judge(ctx, study, trial, reason)
}

// Revalidate takes [DB.Invalidate] back: the study's tables are then what they
// would be without it. It is an error for a trial that is valid.
func (db *DB) Revalidate(ctx context.Context, study string, trial int) (name string, err error) {
	return db.judge(ctx, study, trial, "")
}

// judge sets or takes away the reason why a trial is invalid.
func (db *DB) judge(ctx context.Context, study string, trial int, reason string) (name string, err error) {
	err = db.visit(ctx, func(v *visit) error {
		number, found, err := findStudy(ctx, v.conn.Conn, study)
		if err != nil {
			return db.file.Failed(err)
		}
		name = found
		s, err := v.lock(ctx, number, name)
		if err != nil {
			return err
		}
		return v.transact(ctx, func(tx *writer.Transaction) error { return s.judge(ctx, tx, trial, reason) })
	})
	return name, err
}

func (s *Study) judge(ctx context.Context, tx *writer.Transaction, trial int, reason string) error {
	var was sql.NullString
	err := tx.ScanRow(`SELECT invalid FROM trials WHERE study = ? AND number = ?`, []any{s.number, trial}, &was)
	if errors.Is(err, sql.ErrNoRows) {
		missing := &NoTrialError{Study: s.definition.Name, Trial: trial}
		if err := tx.ScanRow(`SELECT count(*) FROM trials WHERE study = ?`, []any{s.number}, &missing.Trials); err != nil {
			return err
		}
		return search.InputError{Err: missing}
	}
	if err != nil {
		return err
	}
	if reason == "" && !was.Valid {
		return fmt.Errorf("trial %d of study %s is not invalid: there is nothing to undo", trial, s.definition.Name)
	}
	kind, text := "invalidated", fmt.Sprintf("trial %d: %s", trial, reason)
	if reason == "" {
		kind, text = "revalidated", fmt.Sprintf("trial %d, which was invalid: %s", trial, was.String)
	}
	if err := tx.Exec(`UPDATE trials SET invalid = nullif(?, '') WHERE study = ? AND number = ?`, reason, s.number, trial); err != nil {
		return err
	}
	if err := s.event(tx, kind, text, false); err != nil {
		return err
	}
	return s.rankAnew(ctx, tx)
}

// rankAnew brings up to date what the study keeps about all arms.
func (s *Study) rankAnew(ctx context.Context, tx *writer.Transaction) (err error) {
	if s.ranking, err = loadRanking(ctx, tx.Conn(), s.number); err != nil {
		return err
	}
	if err := tx.Exec(`UPDATE studies SET arms = ? WHERE number = ?`, s.ranking.size(), s.number); err != nil {
		return err
	}
	// An invalid trial's arms are compared with nothing and have no intervals.
	if err := tx.Exec(`UPDATE arms SET half_width = NULL WHERE study = ? AND trial IN
		(SELECT number FROM trials WHERE study = ?1 AND invalid IS NOT NULL)`, s.number); err != nil {
		return err
	}
	return s.settle(tx)
}
