package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/search"
)

// Append records the next step. It may return before that is durable.
func (s *Study) Append(_ context.Context, step search.Step) error {
	now := timestamp(s.db.options.Now())
	row := []any{s.number, step.Number, string(step.Kind), step.Trial, encodeInts(step.Replicates), step.Conditioned, now}
	var trial []any
	if step.Kind == search.NewTrial {
		var err error
		if trial, err = s.trialRow(step, now); err != nil {
			return fmt.Errorf("step %d, trial %d: %w", step.Number, step.Trial, err)
		}
	}
	return s.writer.put(func(tx *transaction) error {
		s.begun[step.Number] = begun{step.Trial, step.Kind}
		if trial != nil {
			if err := tx.exec(`INSERT INTO trials (study, number, state, scheme, rounds, point, params, conditioned, started, predicted_difference, predicted_round)
				VALUES (?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?)`, trial...); err != nil {
				return err
			}
			if p := step.Predicted; p != nil {
				if err := tx.exec(`UPDATE studies SET screened = screened + ? WHERE number = ?`, p.Candidates, s.number); err != nil {
					return err
				}
			}
		}
		return tx.exec(`INSERT INTO steps (study, number, kind, trial, replicates, conditioned, state, started)
			VALUES (?, ?, ?, ?, ?, ?, 'open', ?)`, row...)
	})
}

// trialRow is the row of a trial that begins.
func (s *Study) trialRow(step search.Step, now string) ([]any, error) {
	plan, err := s.definition.Plan(step.Point)
	if err != nil {
		return nil, err
	}
	point, err := json.Marshal(step.Point)
	if err != nil {
		return nil, err
	}
	var params strings.Builder
	e := json.NewEncoder(&params)
	e.SetEscapeHTML(false) // formulas are for reading
	if err := e.Encode(s.definition.Space.Render(step.Point)); err != nil {
		return nil, err
	}
	row := []any{s.number, step.Trial, plan.Recipe.Scheme.Name, plan.Rounds, string(point), strings.TrimSpace(params.String()), step.Conditioned, now}
	if p := step.Predicted; p != nil {
		if p.Round == 0 { // nothing could be predicted
			return append(row, nil, 0), nil
		}
		return append(row, p.Difference, p.Round), nil
	}
	return append(row, nil, nil), nil
}

// ScreenSeeds returns the seeds of the reference that points are predicted from.
func (s *Study) ScreenSeeds(ctx context.Context) (replicates []int, err error) {
	var list sql.NullString
	err = s.db.read.QueryRowContext(ctx, `SELECT screen_seeds FROM studies WHERE number = ?`, s.number).Scan(&list)
	if err == nil && list.Valid {
		err = json.Unmarshal([]byte(list.String), &replicates)
	}
	if err != nil {
		return nil, s.db.failed(err)
	}
	return replicates, nil
}

// SetScreenSeeds records them, unless they are recorded already. It may return before
// that is durable.
func (s *Study) SetScreenSeeds(_ context.Context, replicates []int) error {
	return s.writer.put(func(tx *transaction) error {
		return tx.exec(`UPDATE studies SET screen_seeds = ? WHERE number = ? AND screen_seeds IS NULL`, encodeInts(replicates), s.number)
	})
}

// Transmission records how much of what was predicted without training arrived in
// it. It may return before that is durable.
func (s *Study) Transmission(_ context.Context, t posthoc.Transmission) error {
	return s.writer.put(func(tx *transaction) error {
		return tx.exec(`UPDATE studies SET transmission = ?, transmission_se = ?, transmission_effects = ? WHERE number = ?`,
			t.Tau, t.SE, t.Effects, s.number)
	})
}

// Finish records the outcome of a step and the arms of its trial after it. It
// may return before that is durable. A step's first outcome is final: a later
// one changes nothing.
func (s *Study) Finish(_ context.Context, o search.Outcome, arms []objective.Arm) error {
	if err := checkArms(arms); err != nil {
		return fmt.Errorf("step %d: %w", o.Step, err)
	}
	now := timestamp(s.db.options.Now())
	state, reason := "complete", any(nil)
	if o.Err != "" {
		state, reason = "failed", o.Err
	}
	var rounds []roundRow
	for _, rep := range o.Replicates {
		rounds = append(rounds, roundRow{0, rep.Replicate, rep.Seed, "reference", rep.Reference})
		for _, r := range rep.Rounds {
			purpose := "arm"
			if r.Round == 0 {
				purpose = "baseline"
			}
			rounds = append(rounds, roundRow{-1, rep.Replicate, rep.Seed, purpose, r})
		}
	}
	return s.writer.put(func(tx *transaction) error {
		first, err := tx.execCount(`UPDATE steps SET state = ?, error = ?, finished = ?, seconds = ? WHERE study = ? AND number = ? AND state = 'open'`,
			state, reason, now, o.Seconds, s.number, o.Step)
		if err != nil || first == 0 {
			return err
		}
		step, err := s.beginning(tx, o.Step)
		if err != nil {
			return err
		}
		for _, r := range rounds {
			if r.trial < 0 {
				r.trial = step.trial
			}
			if err := s.insertRound(tx, r); err != nil {
				return err
			}
		}
		return s.updateTrial(tx, step, state, reason, now, o.Seconds, arms)
	})
}

// begun is what the end of a step needs to know of its beginning.
type begun struct {
	trial int
	kind  search.StepKind
}

// beginning returns the trial and kind of a step, inside the transaction. Steps
// of an earlier invocation are looked up.
func (s *Study) beginning(tx *transaction, step int) (b begun, err error) {
	if b, ok := s.begun[step]; ok {
		delete(s.begun, step)
		return b, nil
	}
	err = tx.scanRow(`SELECT trial, kind FROM steps WHERE study = ? AND number = ?`, []any{s.number, step}, &b.trial, &b.kind)
	return b, err
}

// updateTrial sets what the end of a step makes of its trial. Its first step decides
// whether it failed; of further seeds that did, the error of the lowest stays with it.
func (s *Study) updateTrial(tx *transaction, step begun, state string, reason any, now string, seconds float64, arms []objective.Arm) error {
	if step.kind != search.NewTrial {
		// Seeds that fail cost the trial nothing that it has; the reason stays with it.
		failed, err := s.failure(tx, step.trial)
		if err != nil {
			return err
		}
		state, reason = "complete", failed
		if err := tx.exec(`DELETE FROM arms WHERE study = ? AND trial = ?`, s.number, step.trial); err != nil {
			return err
		}
	}
	round, difference := bestArm(arms)
	seeds := 0
	if len(arms) > 0 {
		seeds = arms[0].Seeds
	}
	if err := tx.exec(`UPDATE trials SET state = ?, error = ?, finished = ?, seconds = seconds + ?, seeds = ?, best_round = ?, best_difference = ?
		WHERE study = ? AND number = ?`, state, reason, now, seconds, seeds, round, difference, s.number, step.trial); err != nil {
		return err
	}
	return s.insertArms(tx, step.trial, arms)
}

// failure returns the error of a trial's lowest failed step, nil if none failed.
func (s *Study) failure(tx *transaction, trial int) (reason any, err error) {
	err = tx.scanRow(`SELECT error FROM steps WHERE study = ? AND trial = ? AND state = 'failed' ORDER BY number LIMIT 1`,
		[]any{s.number, trial}, &reason)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return reason, err
}

// insertArms inserts the arms of a trial, and brings up to date what the study
// keeps about all arms.
func (s *Study) insertArms(tx *transaction, trial int, arms []objective.Arm) error {
	for _, a := range arms {
		if err := tx.exec(`INSERT INTO arms (study, trial, round, seeds, spread, spread_se, gap, worst_class, worst_recall,
			balanced_accuracy, accuracy, difference, sum_squares, image_variance, accuracy_drop, holds_tolerance, over_tolerance,
			weight_gain, weight_ratio, reference_spread, reference_balanced_accuracy)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			s.number, trial, a.Round, a.Seeds, a.Spread, a.SpreadSE, a.Gap, a.WorstClass, a.WorstRecall,
			a.BalancedAccuracy, a.Accuracy, a.Difference, a.SumSquares, a.ImageVariance, a.Drop, a.Holds, a.Over,
			a.WeightGain, a.WeightRatio, a.ReferenceSpread, a.ReferenceBalancedAccuracy); err != nil {
			return err
		}
	}
	s.ranking.set(trial, groups(arms))
	if err := tx.exec(`UPDATE studies SET arms = ? WHERE number = ?`, s.ranking.arms, s.number); err != nil {
		return err
	}
	if s.ranking.due() {
		return s.settle(tx)
	}
	return nil
}

// roundRow is a row of trial_runs.
type roundRow struct {
	trial     int
	replicate int
	seed      int64
	purpose   string
	round     objective.Round
}

// insertRound inserts a row of trial_runs, unless it is there.
func (s *Study) insertRound(tx *transaction, r roundRow) error {
	if r.trial == 0 && s.referenced[r.replicate] {
		return nil
	}
	var solved any
	if r.round.Solved != nil {
		solved = *r.round.Solved
	}
	added, err := tx.execCount(`INSERT INTO trial_runs (study, trial, replicate, round, seed, purpose, run, raw, weights, shown, solved, fallback,
		spread, balanced_accuracy, accuracy, image_variance)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		s.number, r.trial, r.replicate, r.round.Round, r.seed, r.purpose, string(r.round.Run),
		encodeFloats(r.round.Raw), encodeFloats(r.round.Weights), encodeFloats(r.round.Shown), solved, r.round.Fallback,
		r.round.Spread, r.round.BalancedAccuracy, r.round.Accuracy, r.round.BalancedVariance)
	if err != nil || r.trial != 0 {
		return err
	}
	s.referenced[r.replicate] = true
	if added == 0 {
		return nil
	}
	// The means are taken in the order of the replicates, whichever came first.
	return tx.exec(`UPDATE studies SET (reference_spread, reference_balanced_accuracy, reference_accuracy, reference_seeds) =
		(SELECT avg(spread), avg(balanced_accuracy), avg(accuracy), count(*) FROM
			(SELECT spread, balanced_accuracy, accuracy FROM trial_runs WHERE study = ?1 AND trial = 0 ORDER BY replicate))
		WHERE number = ?1`, s.number)
}

// Reference records the unweighted reference on one training seed. It may return
// before that is durable; a replicate that is there already is left as it is.
func (s *Study) Reference(_ context.Context, replicate int, seed int64, r objective.Round) error {
	return s.writer.put(func(tx *transaction) error {
		return s.insertRound(tx, roundRow{0, replicate, seed, "reference", r})
	})
}

// EvictLogits frees the logits of this study's runs, all but those of the
// reference and of every trial's best round, of this or any other study in the
// file. What is left depends on what the studies contain and on nothing else.
// The file does not shrink; the room is used again.
func (s *Study) EvictLogits(context.Context) error {
	return s.writer.putAndWait(func(tx *transaction) error {
		return tx.exec(`DELETE FROM outputs WHERE kind = 'logits'
			AND run IN (SELECT run FROM trial_runs WHERE study = ?)
			AND run NOT IN (
				SELECT r.run FROM trial_runs r LEFT JOIN trials t ON t.study = r.study AND t.number = r.trial
				WHERE r.trial = 0 OR r.round = t.best_round)`, s.number)
	})
}
