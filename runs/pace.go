package runs

import (
	"context"

	"evenkeel/objective"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search"
)

// Pace says how fast the last invocation of a study has been, up to the last time that
// it wrote to the history.
type Pace struct {
	search.Pace
	// Phase is what that invocation is at, "" if it has not said.
	Phase string
}

// What an invocation may be at.
const (
	Searching  = "searching"
	Confirming = "confirming"
	Measuring  = "measuring"
)

// Begin records what this invocation is at from now on. It may return before that is
// durable.
func (s *Study) Begin(_ context.Context, phase string) error {
	return s.writer.Put(func(tx *writer.Transaction) error {
		return tx.Exec(`UPDATE invocations SET phase = ? WHERE study = ? AND number = ?`, phase, s.number, s.invocation)
	})
}

// Pace returns the pace of the named study, "" for the newest.
func (db *DB) Pace(ctx context.Context, study string) (p Pace, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT
			(SELECT coalesce(sum(json_array_length(replicates)), 0) FROM steps WHERE study = ?1 AND state <> ?2),
			(SELECT coalesce(sum(json_array_length(replicates)), 0) FROM steps WHERE study = ?1 AND state <> ?2
				AND finished >= (SELECT started FROM invocations WHERE study = ?1 ORDER BY number DESC LIMIT 1)),
			(SELECT coalesce((SELECT seconds FROM invocations WHERE study = ?1 ORDER BY number DESC LIMIT 1), 0.0)),
			(SELECT coalesce(sum(seconds), 0.0) FROM invocations WHERE study = ?1),
			(SELECT coalesce((SELECT phase FROM invocations WHERE study = ?1 ORDER BY number DESC LIMIT 1), ''))`, number, StateOpen).
			Scan(&p.Done, &p.Made, &p.Seconds, &p.Spent, &p.Phase)
	})
	return p, err
}

// RunSeconds returns the mean duration of the stored runs of the model in spec on
// any data or, if spec names data, on these with its split; and how many they
// are. What was computed without training does not count.
func (db *DB) RunSeconds(ctx context.Context, spec objective.Spec) (mean float64, runs int, err error) {
	canonical, err := spec.Canonical()
	if err != nil {
		return 0, 0, err
	}
	err = db.view(ctx, func(q disk.Querier) error {
		return q.QueryRowContext(ctx, `SELECT coalesce(avg(seconds), 0.0), count(seconds) FROM runs
			WHERE spec -> '$.model' = ?1 -> '$.model' AND NOT derived
			AND (?1 ->> '$.data' = '' OR spec ->> '$.data' = ?1 ->> '$.data' AND spec -> '$.split' = ?1 -> '$.split')`,
			string(canonical)).Scan(&mean, &runs)
	})
	return mean, runs, err
}
