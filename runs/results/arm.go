package results

import (
	"context"
	"errors"
	"fmt"

	"evenkeel/runs"
	"evenkeel/search"
)

// BestRound stands for the best round of a trial.
const BestRound = -1

// Arm names a trial after one of its rounds; round 0 is its unweighted model.
type Arm struct{ Trial, Round int }

// NoResultsError is returned for an arm of a trial that has no results, or none yet.
type NoResultsError struct{ Trial *runs.Trial }

// Error says what became of the trial.
func (e *NoResultsError) Error() string {
	t := e.Trial
	if t.Error != "" {
		return fmt.Sprintf("trial %d of study %s has no results: it failed with: %s", t.Number, t.Study.Name, t.Error)
	}
	return fmt.Sprintf("trial %d of study %s has no results: it is %s", t.Number, t.Study.Name, t.State)
}

// ReadArm reads an arm of the named study, "" for the newest, and returns its trial and its
// round, which is from 1 if it is to be weighted. A round that the trial does not have is a
// [search.InputError]; a trial without results is a [*NoResultsError].
func ReadArm(ctx context.Context, db *runs.DB, study string, a Arm, weighted bool) (t *runs.Trial, round int, err error) {
	return readArm(ctx, db.Trial, study, a, weighted)
}

// readArm is [ReadArm] of a trial that read reads.
func readArm(ctx context.Context, read func(context.Context, string, int) (*runs.Trial, error), study string, a Arm, weighted bool) (t *runs.Trial, round int, err error) {
	if t, err = read(ctx, study, a.Trial); err != nil {
		return nil, 0, err
	}
	round, err = roundOf(t, a.Round, weighted)
	return t, round, err
}

// ReadShown is [ReadArm] of a weighted arm with the study's definition, for showing the
// trial: one without results has the round 0.
func ReadShown(ctx context.Context, db *runs.DB, study string, a Arm) (def *search.Definition, t *runs.Trial, round int, err error) {
	t, round, err = ReadArm(ctx, db, study, a, true)
	if err != nil && !errors.As(err, new(*NoResultsError)) {
		return nil, nil, 0, err
	}
	def, err = Definition(ctx, db, t.Study.Name, nil)
	return def, t, round, err
}

// roundOf returns the round that an arm names.
func roundOf(t *runs.Trial, round int, weighted bool) (int, error) {
	first := 0
	if weighted {
		first = 1
	}
	switch {
	case t.Best == 0 || len(t.Replicates) == 0:
		return 0, &NoResultsError{t}
	case round == BestRound:
		return t.Best, nil
	case round < first || round > len(t.Arms):
		if first == len(t.Arms) {
			return 0, search.Inputf("round %d: trial %d has only round %d", round, t.Number, first)
		}
		return 0, search.Inputf("round %d: trial %d has rounds %d to %d", round, t.Number, first, len(t.Arms))
	}
	return round, nil
}
