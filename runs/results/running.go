package results

import (
	"context"
	"time"

	"evenkeel/runs"
)

// RunningStudy is a study that is being worked on.
type RunningStudy struct {
	LedStudy
	// SecondsLeft is how long the search goes on at its pace ([search.Definition.SecondsLeft]),
	// nil where that is not known, or the invocation is at something else.
	SecondsLeft *float64
	// Phase is what the invocation is at, "" if it has not said.
	Phase string
}

// Running returns the studies of a trial history that are being worked on.
func Running(ctx context.Context, db *runs.DB, now time.Time) ([]RunningStudy, error) {
	list, err := Studies(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []RunningStudy
	for _, row := range list {
		if row.State != runs.StateRunning {
			continue
		}
		pace, err := db.Pace(ctx, row.Name)
		if err != nil {
			return nil, err
		}
		def, err := Definition(ctx, db, row.Name, nil)
		if err != nil {
			return nil, err
		}
		s := RunningStudy{LedStudy: row, Phase: pace.Phase}
		if left, ok := def.SecondsLeft(pace.Pace, row.Started.Local(), now); ok && pace.Phase == runs.Searching {
			s.SecondsLeft = &left
		}
		out = append(out, s)
	}
	return out, nil
}
