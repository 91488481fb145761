package runs

import (
	"context"
	"errors"

	"evenkeel/objective"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search"
)

// staleArms are the arms that were computed by the rule of schema version 5.
const staleArms = `FROM arms a WHERE a.charge IS NULL`

// Stale returns the names of the studies that have arms computed by the rule of an earlier
// version of this program, the oldest study first: [DB.Rescore] computes them again.
func (db *DB) Stale(ctx context.Context) (names []string, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		return disk.Each(ctx, q, `SELECT name FROM studies s WHERE EXISTS (SELECT 1 `+staleArms+` AND a.study = s.number) ORDER BY number`, nil,
			func(scan disk.Scanner) error {
				var name string
				err := scan(&name)
				names = append(names, name)
				return err
			})
	})
	return names, err
}

// Rescore computes the arms of a stored study again where they are stale ([DB.Stale]), from
// what its runs measured and by the objective of its definition. It needs no trainer, and
// is no invocation. It returns a [*LockedError] if somebody works on the study.
func (db *DB) Rescore(ctx context.Context, def *search.Definition) (err error) {
	conn, err := db.file.Writer(ctx)
	if err != nil {
		return db.file.Failed(err)
	}
	s := &Study{db: db, definition: def}
	defer func() { err = errors.Join(err, s.lock.Release()) }()
	if err := s.prepareRescore(ctx, conn); err != nil {
		return errors.Join(err, conn.Close())
	}
	s.writer = writer.New(conn, writer.Options{
		Idle: db.options.Idle, Now: db.options.Now, Trace: db.options.Trace, After: func(*writer.Transaction) error { return nil }, Moved: db.file.Moved, Rescue: db.file.Rescue, Failed: db.file.Failed,
	})
	return errors.Join(s.rescore(ctx), s.writer.Close())
}

// prepareRescore finds the study, takes its lock and reads what is ranked.
func (s *Study) prepareRescore(ctx context.Context, conn *disk.Connection) (err error) {
	if s.number, _, err = findStudy(ctx, conn.Conn, s.definition.Name); err != nil {
		return s.db.file.Failed(err)
	}
	if err := s.acquire(ctx, conn.Conn); err != nil {
		return err
	}
	if s.ranking, err = loadRanking(ctx, conn.Conn, s.number); err != nil {
		return s.db.file.Failed(err)
	}
	return nil
}

// rescore is [DB.Rescore] for a study that is open for writing.
func (s *Study) rescore(ctx context.Context) error {
	var stale bool
	err := s.db.file.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 `+staleArms+` AND a.study = ?)`, s.number).Scan(&stale)
	if err != nil {
		return s.db.file.Failed(err)
	}
	if !stale {
		return nil
	}
	records, err := s.Load(ctx)
	if err != nil {
		return err
	}
	measured := make(map[int][]objective.Replicate)
	for _, r := range records {
		if r.Outcome != nil {
			measured[r.Step.Trial] = append(measured[r.Step.Trial], r.Outcome.Replicates...)
		}
	}
	return s.writer.PutAndWait(func(tx *writer.Transaction) error {
		if err := tx.Exec(`DELETE FROM arms WHERE study = ?`, s.number); err != nil {
			return err
		}
		for trial, reps := range measured {
			arms := s.definition.Objective.Arms(reps)
			round, difference := bestArm(arms)
			if err := tx.Exec(`UPDATE trials SET best_round = ?, best_difference = ? WHERE study = ? AND number = ?`, round, difference, s.number, trial); err != nil {
				return err
			}
			if err := s.insertArms(tx, trial, arms); err != nil {
				return err
			}
		}
		return s.settle(tx)
	})
}
