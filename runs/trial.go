package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"evenkeel/objective"
	"evenkeel/runs/disk"
	"evenkeel/search"
)

// Trial is everything that is known of one trial.
type Trial struct {
	Study  StudyHead
	Number int
	// State is [StateRunning], [StateComplete] or [StateFailed]; Error says why it failed.
	State State
	Error string
	// Invalid is why the trial was declared invalid, "" if it was not. Its arms then
	// have rank 0 and no intervals.
	Invalid string
	Scheme  string
	Rounds  int
	Point   search.Point
	// Params are the parameters as a study file writes them, as JSON.
	Params json.RawMessage
	// Conditioned is the last step whose outcome the choice of the point knew.
	Conditioned int
	// Predicted is what was predicted for it before it was trained; nil if nothing was.
	Predicted *search.Prediction
	Started   time.Time
	Finished  time.Time // zero while it runs
	Seconds   float64
	// Best is the round of the best arm, 0 if there is none.
	Best int
	// Arms are its arms with their ranks, by round.
	Arms []Row
	// Replicates are its measurements: reference, baseline and rounds of each seed.
	Replicates []objective.Replicate
	// Reference is the reference over all its seeds.
	Reference Reference
}

// Recall returns the recall of each class in a round, 0 being the baseline: the
// mean over the replicates that have it. It is nil if none has.
func (t *Trial) Recall(round int) []float64 {
	var with []objective.Replicate
	for _, rep := range t.Replicates {
		if round < len(rep.Rounds) {
			with = append(with, rep)
		}
	}
	return meanRecall(with, func(rep objective.Replicate) objective.Round { return rep.Rounds[round] })
}

// NoTrialError is returned, in a [search.InputError], for a trial that a study does not
// have.
type NoTrialError struct {
	Study         string
	Trial, Trials int
	// Failure is why the last search broke off, "" where it did not or there are trials.
	Failure string
}

// Error says which trials there are.
func (e *NoTrialError) Error() string {
	switch {
	case e.Failure != "":
		return fmt.Sprintf("study %s has no trials: the search failed: %s", e.Study, e.Failure)
	case e.Trials == 0:
		return fmt.Sprintf("study %s has no trials yet", e.Study)
	}
	if e.Trials == 1 {
		return fmt.Sprintf("study %s has no trial %d; it has only trial 1", e.Study, e.Trial)
	}
	return fmt.Sprintf("study %s has no trial %d; it has trials 1 to %d", e.Study, e.Trial, e.Trials)
}

// Trial returns one trial of the named study, "" for the newest.
func (db *DB) Trial(ctx context.Context, study string, number int) (*Trial, error) {
	return db.trial(ctx, study, number, false)
}

// TrialWithHits is [DB.Trial] with the hits of its rounds, for intervals that include the
// noise of the examples.
func (db *DB) TrialWithHits(ctx context.Context, study string, number int) (*Trial, error) {
	return db.trial(ctx, study, number, true)
}

func (db *DB) trial(ctx context.Context, study string, number int, hits bool) (t *Trial, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		t, err = readTrial(ctx, q, study, number, hits)
		return err
	})
	return t, err
}

func readTrial(ctx context.Context, q disk.Querier, study string, number int, hits bool) (*Trial, error) {
	head, err := readHead(ctx, q, study)
	if err != nil {
		return nil, err
	}
	t := &Trial{Study: *head, Number: number}
	if err := t.readRow(ctx, q); err != nil {
		return nil, err
	}
	if t.Reference, err = readReference(ctx, q, &t.Study); err != nil {
		return nil, err
	}
	read := func() ([]Row, error) { return readRows(ctx, q, &t.Study) }
	if t.Invalid != "" {
		read = func() ([]Row, error) { return readOwnRows(ctx, q, &t.Study, number) }
	}
	rows, err := read()
	if err != nil {
		return nil, err
	}
	byRound := make(map[int]Row)
	for _, r := range rows {
		if r.Trial == number {
			byRound[r.Round] = r
		}
	}
	for round := 1; round <= len(byRound); round++ {
		arm, ok := byRound[round]
		if !ok {
			return nil, fmt.Errorf("trial %d of study %s: the arm of round %d is missing", number, t.Study.Name, round)
		}
		t.Arms = append(t.Arms, arm)
	}
	if err := t.readReplicates(ctx, q, hits); err != nil {
		return nil, err
	}
	return t, t.check()
}

// check says whether arms and measurements belong together.
func (t *Trial) check() error {
	if t.State == StateComplete && len(t.Arms) == 0 {
		return fmt.Errorf("trial %d of study %s: its arms are missing", t.Number, t.Study.Name)
	}
	for _, r := range t.Replicates {
		if len(r.Rounds) <= len(t.Arms) {
			return fmt.Errorf("trial %d of study %s, replicate %d: round %d is missing", t.Number, t.Study.Name, r.Replicate, len(r.Rounds))
		}
	}
	return nil
}

// readRow reads the row of trials.
func (t *Trial) readRow(ctx context.Context, q disk.Querier) error {
	var started string
	var finished, reason, invalid sql.NullString
	var point, params string
	var best sql.NullInt64
	var predicted sql.NullFloat64
	var predictedRound int
	err := q.QueryRowContext(ctx, `SELECT state, error, scheme, rounds, point, params, conditioned, started, finished, seconds, best_round, invalid,
			predicted_difference, coalesce(predicted_round, 0)
		FROM trials WHERE study = ? AND number = ?`, t.Study.Number, t.Number).
		Scan(&t.State, &reason, &t.Scheme, &t.Rounds, &point, &params, &t.Conditioned, &started, &finished, &t.Seconds, &best, &invalid,
			&predicted, &predictedRound)
	if errors.Is(err, sql.ErrNoRows) {
		none := &NoTrialError{Study: t.Study.Name, Trial: t.Number, Trials: t.Study.Trials}
		if none.Trials == 0 {
			if none.Failure, err = readFailure(ctx, q, t.Study.Number); err != nil {
				return err
			}
		}
		return search.InputError{Err: none}
	}
	if err != nil {
		return err
	}
	t.Error, t.Invalid = reason.String, invalid.String
	t.Params, t.Best = json.RawMessage(params), int(best.Int64)
	if predicted.Valid {
		t.Predicted = &search.Prediction{Difference: predicted.Float64, Round: predictedRound}
	}
	t.Started, t.Finished = parseTime(started), parseTime(finished.String)
	if err := json.Unmarshal([]byte(point), &t.Point); err != nil {
		return fmt.Errorf("trial %d: point: %w", t.Number, err)
	}
	return nil
}

// readReplicates reads the measurements, in the order of the replicates.
func (t *Trial) readReplicates(ctx context.Context, q disk.Querier, hits bool) error {
	rounds, err := loadRounds(ctx, q, t.Study.Number, t.Number)
	if err == nil && hits {
		err = loadHits(ctx, q, t.Study.Number, t.Number, rounds)
	}
	if err != nil {
		return err
	}
	var numbers []int
	err = disk.Each(ctx, q, `SELECT DISTINCT replicate FROM trial_runs WHERE study = ? AND trial = ? ORDER BY replicate`,
		[]any{t.Study.Number, t.Number}, func(scan disk.Scanner) error {
			var n int
			if err := scan(&n); err != nil {
				return err
			}
			numbers = append(numbers, n)
			return nil
		})
	if err != nil {
		return err
	}
	t.Replicates, err = rounds.replicates(t.Number, numbers)
	return err
}
