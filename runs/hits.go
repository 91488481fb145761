package runs

import (
	"context"
	"database/sql"

	"evenkeel/objective"
	"evenkeel/search"
)

// loadHits sets the hits of all rounds of a study as they were when their runs
// ended: whoever adds seeds to a trial measures the noise of the images over all of
// them. It reads the predictions of every run, which a page has no time for.
//
// Labels belong to the data where the trainer states them before its first run, and
// else to the runs they came with: a run that came without has no hits, though
// another may have brought the labels since.
func loadHits(ctx context.Context, q querier, study int, rounds measurements) error {
	labels, err := studyLabels(ctx, q, study)
	if err != nil || labels == nil {
		return err
	}
	matrices := make(map[objective.RunID]*objective.Confusion)
	for _, m := range rounds {
		for _, r := range m.rounds {
			matrices[r.Run] = r.Val
		}
	}
	hits := make(map[objective.RunID]objective.Hits) // shared, as runs are
	err = each(ctx, q, `WITH mine AS (SELECT DISTINCT run FROM trial_runs WHERE study = ?)
		SELECT r.hash, o.format, o.data FROM mine
		JOIN runs r ON r.hash = mine.run JOIN outputs o ON o.run = r.hash AND o.kind = 'predictions'
		WHERE r.labels = 1 OR NOT EXISTS (SELECT 1 FROM mine m JOIN runs with_labels ON with_labels.hash = m.run WHERE with_labels.labels = 1)`,
		[]any{study}, func(scan scanner) error {
			var run, format string
			var data sql.RawBytes
			if err := scan(&run, &format, &data); err != nil {
				return err
			}
			predictions, err := decodeClasses(format, data)
			if m := matrices[objective.RunID(run)]; err == nil && m != nil {
				hits[objective.RunID(run)] = objective.NewHits(m, labels, predictions)
			}
			return err
		})
	for _, m := range rounds {
		for i := range m.rounds {
			m.rounds[i].Hits = hits[m.rounds[i].Run]
		}
	}
	return err
}

// seedsOnly is true, in SQL, for an arm a whose interval knows nothing of the images:
// schema version 1 and 2 had none of that, and an arm that differs between seeds has
// some, unless there are single images of each class or all of a class agree.
const seedsOnly = `a.image_variance = 0 AND a.sum_squares > 0`

// withoutImages returns the trials that have such arms.
func withoutImages(ctx context.Context, q querier, study int) (map[int]bool, error) {
	trials := make(map[int]bool)
	err := each(ctx, q, `SELECT DISTINCT a.trial FROM arms a WHERE a.study = ? AND `+seedsOnly, []any{study}, func(scan scanner) error {
		var trial int
		err := scan(&trial)
		trials[trial] = true
		return err
	})
	return trials, err
}

// addImages measures the image variance of the arms of some trials.
func (s *Study) addImages(trials map[int]bool, records []search.Record) error {
	measured := make(map[int][]objective.Replicate)
	for _, r := range records {
		if trials[r.Step.Trial] && r.Outcome != nil {
			measured[r.Step.Trial] = append(measured[r.Step.Trial], r.Outcome.Replicates...)
		}
	}
	return s.writer.put(func(tx *transaction) error {
		for trial, reps := range measured {
			arms := s.definition.Objective.Arms(reps)
			for _, a := range arms {
				if err := tx.exec(`UPDATE arms SET image_variance = ? WHERE study = ? AND trial = ? AND round = ?`,
					a.ImageVariance, s.number, trial, a.Round); err != nil {
					return err
				}
			}
			s.ranking.set(trial, groups(arms))
		}
		return nil
	})
}
