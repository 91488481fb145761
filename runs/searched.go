package runs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"evenkeel/objective"
	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search/followup"
)

var _ followup.SearchStore = (*Study)(nil)

// LongerRun records the run of the reference, trained longer, on one seed of the search.
// It may return before that is durable; a replicate that is there already is left as it is.
func (s *Study) LongerRun(_ context.Context, replicate int, seed int64, run objective.RunID) error {
	return s.writer.Put(func(tx *writer.Transaction) error {
		_, err := tx.InsertNew("longer_runs", writer.Row{"study": s.number, "replicate": replicate, "seed": seed, "run": string(run)})
		return err
	})
}

// Searched records what an option does on the validation part, in place of what was
// recorded before, and returns when it is durable.
func (s *Study) Searched(_ context.Context, o followup.Searched) error {
	row := writer.Row{"study": s.number, "option": string(o.Option), "reason": string(o.Reason), "seeds": o.Seeds, "epochs": o.Epochs}
	if o.Reason == "" {
		for name, v := range map[string]float64{
			"spread": o.Spread, "change": o.Change, "change_se": o.ChangeSE, "balanced_accuracy": o.BalancedAccuracy,
			"accuracy_drop": o.Drop, "accuracy_drop_se": o.DropSE, "charge": o.Charge, "difference": o.Difference, "difference_se": o.DifferenceSE,
		} {
			row[name] = v
		}
		row["recalls"], row["offsets"] = column.Floats(o.Recall), column.Floats(o.Offsets)
	}
	return s.writer.PutAndWait(func(tx *writer.Transaction) error {
		if err := tx.Exec(`DELETE FROM search_options WHERE study = ? AND option = ?`, s.number, string(o.Option)); err != nil {
			return err
		}
		return tx.Insert("search_options", row)
	})
}

// Optimism records that of the leader, in place of what was recorded before.
func (s *Study) Optimism(_ context.Context, o followup.Optimism) error {
	return s.writer.PutAndWait(func(tx *writer.Transaction) error {
		if err := tx.Exec(`DELETE FROM optimism WHERE study = ?`, s.number); err != nil {
			return err
		}
		return tx.Insert("optimism", writer.Row{
			"study": s.number, "trial": o.Trial, "round": o.Round, "seeds": o.Seeds, "spread": o.Spread, "accuracy": o.Accuracy,
		})
	})
}

// LongerRow is a pinned row: the unweighted model, trained with twice its epochs on seeds
// of the search. Seeds is 0 before it was measured, and where it cannot be (Reason).
type LongerRow struct {
	followup.Searched
	WorstClass  string
	WorstRecall float64
	// Offsets is one fixed set of offsets for these models; nil before it was measured.
	Offsets *followup.Searched
}

// readSearched reads what options do on the validation part: the pinned rows of the board.
func readSearched(ctx context.Context, q disk.Querier, b *Board) error {
	o := &b.Optimism
	err := q.QueryRowContext(ctx, `SELECT trial, round, seeds, spread, accuracy FROM optimism WHERE study = ?`, b.Study.Number).
		Scan(&o.Trial, &o.Round, &o.Seeds, &o.Spread, &o.Accuracy)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return disk.Each(ctx, q, `SELECT option, reason, seeds, epochs, spread, change, change_se, balanced_accuracy, accuracy_drop, accuracy_drop_se,
		charge, difference, difference_se, recalls, offsets FROM search_options WHERE study = ?`, []any{b.Study.Number}, func(scan disk.Scanner) error {
		var s followup.Searched
		var recalls, offsets sql.NullString
		err := scan(&s.Option, &s.Reason, &s.Seeds, &s.Epochs, orNull{&s.Spread}, orNull{&s.Change}, orNull{&s.ChangeSE}, orNull{&s.BalancedAccuracy},
			orNull{&s.Drop}, orNull{&s.DropSE}, orNull{&s.Charge}, orNull{&s.Difference}, orNull{&s.DifferenceSE}, &recalls, &offsets)
		if err != nil {
			return err
		}
		var err1, err2 error
		s.Recall, err1 = floatsOrNil(recalls)
		s.Offsets, err2 = floatsOrNil(offsets)
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("%s of study %s: %w", s.Option, b.Study.Name, err)
		}
		switch s.Option {
		case objective.OptionOffsetsFixed:
			b.Offsets.Fixed = &s
		case objective.OptionLonger:
			b.Longer.Searched = s
			if s.Recall != nil {
				worst, low := objective.Lowest(s.Recall)
				b.Longer.WorstClass, b.Longer.WorstRecall = b.Study.Class(worst), low
			}
		case objective.OptionLongerThenOffsets:
			b.Longer.Offsets = &s
		}
		return nil
	})
}
