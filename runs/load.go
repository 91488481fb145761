package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"evenkeel/objective"
	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/search"
)

// Load returns all steps of the study in the order of their numbers, with the
// outcomes of those that ended, as they were recorded. What was recorded before
// in this process is included.
func (s *Study) Load(ctx context.Context) ([]search.Record, error) {
	if err := s.Flush(ctx); err != nil {
		return nil, err
	}
	var records []search.Record
	err := s.db.view(ctx, func(q disk.Querier) error {
		rounds, err := loadRounds(ctx, q, s.number, allTrials)
		if err != nil {
			return err
		}
		if err := loadHits(ctx, q, s.number, allTrials, rounds); err != nil {
			return err
		}
		records, err = loadSteps(ctx, q, s.number, rounds)
		return err
	})
	return records, err
}

// diedSearching selects the invocations i that died while they performed steps.
const diedSearching = `i.ended = '` + string(StateKilled) + `' AND i.phase = '` + Searching + `'`

// Deaths returns how often the program died while it searched, and since then no step was
// recorded, nor the outcome of one.
func (s *Study) Deaths(ctx context.Context) (n int, err error) {
	if err := s.Flush(ctx); err != nil {
		return 0, err
	}
	err = s.db.view(ctx, func(q disk.Querier) error {
		return q.QueryRowContext(ctx, `SELECT count(*) FROM invocations i WHERE i.study = ?1 AND `+diedSearching+`
			AND i.started > (SELECT coalesce(max(max(started, coalesce(finished, ''))), '') FROM steps WHERE study = ?1)`, s.number).Scan(&n)
	})
	return n, err
}

// loadSteps reads the steps and joins them with their rounds.
func loadSteps(ctx context.Context, q disk.Querier, study int, rounds measurements) (records []search.Record, err error) {
	err = disk.Each(ctx, q, `SELECT s.number, s.kind, s.trial, s.replicates, s.conditioned, s.state, coalesce(s.error, ''), coalesce(s.seconds, 0.0),
			CASE s.kind WHEN 'trial' THEN t.point END, coalesce(t.invalid, ''),
			coalesce(t.predicted_difference, 0.0), CASE s.kind WHEN 'trial' THEN t.predicted_round END,
			CASE s.state WHEN 'open' THEN (SELECT count(*) FROM invocations i WHERE i.study = s.study AND `+diedSearching+`
				AND i.number >= (SELECT max(j.number) FROM invocations j WHERE j.study = s.study AND j.started <= s.started)) ELSE 0 END
		FROM steps s JOIN trials t ON t.study = s.study AND t.number = s.trial
		WHERE s.study = ? ORDER BY s.number`, []any{study}, func(scan disk.Scanner) error {
		var r search.Record
		var o search.Outcome
		var kind, replicates string
		var state State
		var point sql.NullString
		var predicted float64
		var round sql.NullInt64
		if err := scan(&r.Step.Number, &kind, &r.Step.Trial, &replicates, &r.Step.Conditioned, &state, &o.Err, &o.Seconds,
			&point, &r.Invalid, &predicted, &round, &r.Deaths); err != nil {
			return err
		}
		if round.Valid {
			r.Step.Predicted = &search.Prediction{Difference: predicted, Round: int(round.Int64)}
		}
		r.Step.Kind = search.StepKind(kind)
		if err := json.Unmarshal([]byte(replicates), &r.Step.Replicates); err != nil {
			return fmt.Errorf("step %d: replicates: %w", r.Step.Number, err)
		}
		if point.Valid {
			if err := json.Unmarshal([]byte(point.String), &r.Step.Point); err != nil {
				return fmt.Errorf("step %d: point: %w", r.Step.Number, err)
			}
		}
		if state != StateOpen {
			o.Step = r.Step.Number
			if o.Replicates, err = rounds.replicates(r.Step.Trial, r.Step.Replicates); err != nil {
				return fmt.Errorf("step %d: %w", r.Step.Number, err)
			}
			r.Outcome = &o
		}
		records = append(records, r)
		return nil
	})
	return records, err
}

// measurements holds rounds by trial and replicate; trial 0 is the reference.
type measurements map[[2]int]*measured

type measured struct {
	seed   int64
	rounds []objective.Round
}

// replicates returns the given replicates of a trial, without those that were
// not measured.
func (m measurements) replicates(trial int, numbers []int) (reps []objective.Replicate, err error) {
	for _, n := range numbers {
		own := m[[2]int{trial, n}]
		if own == nil {
			continue
		}
		reference := m[[2]int{0, n}]
		if reference == nil {
			return nil, fmt.Errorf("trial %d, replicate %d: the reference is missing", trial, n)
		}
		reps = append(reps, objective.Replicate{Replicate: n, Seed: own.seed, Reference: reference.rounds[0], Rounds: own.rounds})
	}
	return reps, nil
}

// allTrials, as a trial number, selects every trial of a study.
const allTrials = -1

// loadRounds reads what a trial (or every trial) and the reference measured.
func loadRounds(ctx context.Context, q disk.Querier, study, trial int) (measurements, error) {
	matrices := make(map[string]*objective.Confusion) // runs are shared, and so are their matrices
	all := make(measurements)
	// Two queries and not one with OR, so that both use the key.
	where, args := `t.study = ?`, []any{study}
	if trial != allTrials {
		where, args = `t.study = ? AND t.trial IN (0, ?)`, []any{study, trial}
	}
	err := disk.Each(ctx, q, `SELECT t.trial, t.replicate, t.round, t.seed, t.run, t.raw, t.weights, t.shown, t.solved, t.fallback,
			t.spread, t.balanced_accuracy, t.accuracy, t.image_variance, v.counts, n.counts
		FROM trial_runs t
		LEFT JOIN matrices v ON v.run = t.run AND v.part = 'val'
		LEFT JOIN matrices n ON n.run = t.run AND n.part = 'train'
		WHERE `+where+` ORDER BY t.trial, t.replicate, t.round`,
		args, func(scan disk.Scanner) error {
			var key [2]int
			var seed int64
			r, err := scanRound(scan, matrices, &key[0], &key[1], &seed)
			if err != nil {
				return fmt.Errorf("trial %d, replicate %d, round %d: %w", key[0], key[1], r.Round, err)
			}
			m := all[key]
			if m == nil {
				m = &measured{seed: seed}
				all[key] = m
			}
			if r.Round != len(m.rounds) {
				return fmt.Errorf("trial %d, replicate %d: round %d is missing", key[0], key[1], len(m.rounds))
			}
			m.rounds = append(m.rounds, r)
			return nil
		})
	return all, err
}

// scanRound reads one row of the query of loadRounds.
func scanRound(scan disk.Scanner, matrices map[string]*objective.Confusion, trial, replicate *int, seed *int64) (r objective.Round, err error) {
	var run string
	var raw, weights, shown sql.NullString
	var solved sql.NullFloat64
	var val, train sql.RawBytes
	if err := scan(trial, replicate, &r.Round, seed, &run, &raw, &weights, &shown, &solved, &r.Fallback,
		orNull{&r.Spread}, orNull{&r.BalancedAccuracy}, orNull{&r.Accuracy}, orNull{&r.BalancedVariance}, &val, &train); err != nil {
		return r, err
	}
	r.Run = objective.RunID(run)
	if solved.Valid {
		r.Solved = &solved.Float64
	}
	for _, w := range []struct {
		text sql.NullString
		to   *[]float64
	}{{raw, &r.Raw}, {weights, &r.Weights}, {shown, &r.Shown}} {
		if !w.text.Valid {
			continue
		}
		if *w.to, err = column.ParseFloats(w.text.String); err != nil {
			return r, err
		}
	}
	if r.Val, err = sharedMatrix(matrices, "val "+run, val); err == nil {
		r.Train, err = sharedMatrix(matrices, "train "+run, train)
	}
	if err == nil {
		err = checkRound(&r)
	}
	return r, err
}

// checkRound says whether what a row holds belongs together: everything else of the program
// relies on that.
func checkRound(r *objective.Round) error {
	if r.Val == nil {
		return fmt.Errorf("the matrix of run %.8s on validation is missing", r.Run)
	}
	if r.Round > 0 && r.Weights == nil {
		return errors.New("the weights are missing")
	}
	classes := r.Val.Classes()
	if r.Train != nil && r.Train.Classes() != classes {
		return fmt.Errorf("the matrices of run %.8s have %d classes on validation and %d in training", r.Run, classes, r.Train.Classes())
	}
	for _, v := range []struct {
		name   string
		values []float64
	}{{"raw weights", r.Raw}, {"weights", r.Weights}, {"weights shown", r.Shown}} {
		if v.values != nil && len(v.values) != classes {
			return fmt.Errorf("%d %s are stored for %d classes", len(v.values), v.name, classes)
		}
	}
	return nil
}

// sharedMatrix decodes a matrix once; nil data is no matrix.
func sharedMatrix(known map[string]*objective.Confusion, key string, data []byte) (*objective.Confusion, error) {
	if m, ok := known[key]; ok || data == nil {
		return m, nil
	}
	m, err := column.ParseMatrix(data)
	if err != nil {
		return nil, err
	}
	known[key] = m
	return m, nil
}

// loadHits sets the hits of all rounds of a trial and the reference, or of all trials, as
// they were when their runs ended: whoever adds seeds to a trial measures the noise of the
// images over all of them. It reads the predictions of every run, which most pages have no
// time for.
//
// Labels belong to the data where the trainer states them before its first run, and
// else to the runs they came with: a run that came without has no hits, though
// another may have brought the labels since.
func loadHits(ctx context.Context, q disk.Querier, study, trial int, rounds measurements) error {
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
	err = disk.Each(ctx, q, `WITH mine AS (SELECT DISTINCT run FROM trial_runs WHERE study = ?1 AND (?2 = ?3 OR trial IN (0, ?2)))
		SELECT r.hash, o.format, o.data FROM mine
		JOIN runs r ON r.hash = mine.run JOIN outputs o ON o.run = r.hash AND o.kind = 'predictions'
		WHERE r.labels = 1 OR NOT EXISTS (SELECT 1 FROM mine m JOIN runs with_labels ON with_labels.hash = m.run WHERE with_labels.labels = 1)`,
		[]any{study, trial, allTrials}, func(scan disk.Scanner) error {
			var run, format string
			var data sql.RawBytes
			if err := scan(&run, &format, &data); err != nil {
				return err
			}
			predictions, err := column.ParseClasses(format, data)
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
