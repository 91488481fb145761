package runs

import (
	"context"

	"evenkeel/objective"
	"evenkeel/runs/writer"
	"evenkeel/search"
)

// rescore computes the arms of the study again, from what its runs measured, if they were
// computed by the rule of schema version 5.
func (s *Study) rescore(ctx context.Context, records []search.Record) error {
	var stale bool
	err := s.db.file.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM arms WHERE study = ? AND charge IS NULL)`, s.number).Scan(&stale)
	if err != nil {
		return s.db.file.Failed(err)
	}
	if !stale {
		return nil
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
