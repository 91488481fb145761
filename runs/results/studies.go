package results

import (
	"context"

	"evenkeel/runs"
)

// LedStudy is a study in a list, with its leader.
type LedStudy struct {
	runs.StudyRow
	// Leader is its leading arm as [LeaderOf] has it, nil where none leads.
	Leader *runs.Row
}

// Studies returns all studies of a trial history, the newest first, all of them from one
// state of the history.
func Studies(ctx context.Context, db *runs.DB) (list []LedStudy, err error) {
	err = db.Snapshot(ctx, func(db *runs.DB) error {
		rows, err := db.Studies(ctx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			s := LedStudy{StudyRow: row}
			board, err := db.Leaderboard(ctx, row.Name)
			if err != nil {
				return err
			}
			if leader := LeaderOf(board); leader.At >= 0 {
				s.Leader = &board.Rows[leader.At]
			}
			list = append(list, s)
		}
		return nil
	})
	return list, err
}
