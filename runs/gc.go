package runs

import (
	"context"
	"errors"
	"fmt"

	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search/followup"
)

// Cleaning says what [DB.FreeLogits] is to free.
type Cleaning struct {
	// Study limits it to the runs of one study; "" is all of them.
	Study string
	// All also frees those of the reference and of the trials' best rounds and, unless
	// Study is set, those of runs that no trial refers to. Those of the models of
	// confirmations that offsets are fitted to stay: they are whenever a confirmation
	// is repeated or continued, and without them it would lack these comparisons.
	All bool
	// DryRun counts and frees nothing.
	DryRun bool
}

// Freed says what [DB.FreeLogits] did.
type Freed struct {
	// Runs counts the training runs whose logits went, Bytes what these took.
	Runs, Bytes int64
	// Busy are the studies that were left out because somebody works on them.
	Busy []string
	// Before and After are the sizes of the database in bytes.
	Before, After int64
	// Kept is why the file did not shrink, "" if it did.
	Kept string
}

// FreeLogits frees stored logits: those that [Study.EvictLogits] frees at the end
// of a search, for studies that never came to theirs, or more. Runs themselves
// stay with their matrices and predictions and are served as before. What a study
// that is left out keeps stays too. A named study that somebody works on is a
// [*LockedError]. The file is made smaller if nobody works on any study in it.
func (db *DB) FreeLogits(ctx context.Context, c Cleaning) (*Freed, error) {
	f := &Freed{}
	err := db.visit(ctx, func(v *visit) error {
		named := 0
		if c.Study != "" {
			number, _, err := findStudy(ctx, v.conn.Conn, c.Study)
			if err != nil {
				return db.file.Failed(err)
			}
			named = number
		}
		chosen, busy, err := v.lockAll(ctx, named, f)
		if err != nil {
			return err
		}
		if f.Before, err = v.size(ctx); err != nil {
			return err
		}
		f.After = f.Before
		err = v.transact(ctx, func(tx *writer.Transaction) error { return f.free(tx, c, chosen, busy) })
		if err != nil || c.DryRun {
			return err
		}
		return f.shrink(ctx, v)
	})
	return f, err
}

// lockAll locks every study that nobody works on, and returns the numbers of those
// to clean and of those that are worked on.
func (v *visit) lockAll(ctx context.Context, named int, f *Freed) (chosen, busy []int, err error) {
	names := make(map[int]string)
	var numbers []int
	err = disk.Each(ctx, v.conn.Conn, `SELECT number, name FROM studies ORDER BY number`, nil, func(scan disk.Scanner) error {
		var number int
		var name string
		err := scan(&number, &name)
		names[number], numbers = name, append(numbers, number)
		return err
	})
	if err != nil {
		return nil, nil, v.db.file.Failed(err)
	}
	for _, number := range numbers {
		_, err := v.lock(ctx, number, names[number])
		var taken *LockedError
		switch {
		case errors.As(err, &taken) && number != named:
			busy, f.Busy = append(busy, number), append(f.Busy, names[number])
		case err != nil:
			return nil, nil, err
		case named == 0 || number == named:
			chosen = append(chosen, number)
		}
	}
	return chosen, busy, nil
}

// worthLogits selects the runs whose logits stay after a search: those of the reference,
// also trained longer, and of every trial's best round. [disposable] appends a condition.
const worthLogits = `SELECT r.run FROM (SELECT study, trial, round, run FROM trial_runs
	UNION ALL SELECT study, 0, 0, run FROM longer_runs) r LEFT JOIN trials t ON t.study = r.study AND t.number = r.trial
	WHERE (r.trial = 0 OR r.round = t.best_round)`

// disposable selects the logits that go. Those of the models of a confirmation that offsets
// are fitted to stay, also of one that was interrupted and is not recorded yet: these are
// the models whose logits of the test part are kept, but for the control. Parameters: the
// chosen studies, those that are worked on, whether all go, whether those go that no trial
// refers to, and the name of the control.
const disposable = ` FROM outputs WHERE kind = 'logits'
	AND (?4 OR run IN (SELECT run FROM trial_runs WHERE study IN (SELECT value FROM json_each(?1))
		UNION ALL SELECT run FROM longer_runs WHERE study IN (SELECT value FROM json_each(?1))))
	AND run NOT IN (SELECT run FROM trial_runs WHERE study IN (SELECT value FROM json_each(?2))
		UNION ALL SELECT run FROM longer_runs WHERE study IN (SELECT value FROM json_each(?2)))
	AND run NOT IN (` + worthLogits + `
		AND NOT (?3 AND r.study IN (SELECT value FROM json_each(?1))))
	AND run NOT IN (SELECT run FROM confirm_runs WHERE what = 'nothing')
	AND run NOT IN (
		SELECT o.run FROM test_outputs o WHERE o.kind = 'logits' AND o.run NOT IN (
			SELECT c.run FROM confirm_runs c WHERE c.what = ?5
			AND c.run NOT IN (SELECT run FROM confirm_runs WHERE what <> ?5)))`

// free counts the logits that go and deletes them.
func (f *Freed) free(tx *writer.Transaction, c Cleaning, chosen, busy []int) error {
	// A study that is worked on may be about to refer to a run.
	unreferenced := c.All && c.Study == "" && len(busy) == 0
	args := []any{column.Ints(chosen), column.Ints(busy), c.All, unreferenced, string(followup.EqualCost)}
	if err := tx.ScanRow(`SELECT count(*), coalesce(sum(length(data)), 0)`+disposable, args, &f.Runs, &f.Bytes); err != nil || c.DryRun {
		return err
	}
	return tx.Exec(`DELETE`+disposable, args...)
}

// shrink gives free room back to the file system where that disturbs nobody.
func (f *Freed) shrink(ctx context.Context, v *visit) error {
	free, err := v.pragma(ctx, "freelist_count")
	switch {
	case err != nil:
		return err
	case free == 0:
		f.Kept = "nothing to free"
		return nil
	case len(f.Busy) > 0:
		f.Kept = "a search is running, so the file keeps its size; freed space is used again"
		return nil
	}
	if err := v.db.file.InPlace(v.conn.Conn); err != nil {
		return err
	}
	if _, err := v.conn.ExecContext(ctx, "VACUUM"); err != nil {
		f.Kept = fmt.Sprintf("freed space is used again; making the file smaller failed: %v", disk.Explain(err))
		return nil
	}
	if f.After, err = v.size(ctx); err != nil {
		return err
	}
	var waiting, pages, copied int
	err = v.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&waiting, &pages, &copied)
	if err != nil || waiting != 0 {
		f.Kept = "another program reads it; it becomes smaller when that is done"
	}
	return nil
}

// size returns the size of the database in bytes.
func (v *visit) size(ctx context.Context) (int64, error) {
	pages, err := v.pragma(ctx, "page_count")
	if err != nil {
		return 0, err
	}
	bytes, err := v.pragma(ctx, "page_size")
	return pages * bytes, err
}

// pragma returns a pragma that is a number.
func (v *visit) pragma(ctx context.Context, name string) (n int64, err error) {
	if err := v.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&n); err != nil {
		return 0, v.db.file.Failed(err)
	}
	return n, nil
}
