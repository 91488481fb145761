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
	"evenkeel/runs/column"
	"evenkeel/runs/writer"
	"evenkeel/search"
)

// Append records the next step. It may return before that is durable.
func (s *Study) Append(_ context.Context, step search.Step) error {
	now := timestamp(s.db.options.Now())
	row := writer.Row{
		"study":       s.number,
		"number":      step.Number,
		"kind":        string(step.Kind),
		"trial":       step.Trial,
		"replicates":  column.Ints(step.Replicates),
		"conditioned": step.Conditioned,
		"state":       StateOpen,
		"started":     now,
	}
	var trial writer.Row
	if step.Kind == search.NewTrial {
		var err error
		if trial, err = s.trialRow(step, now); err != nil {
			return fmt.Errorf("step %d, trial %d: %w", step.Number, step.Trial, err)
		}
	}
	return s.writer.Put(func(tx *writer.Transaction) error {
		s.begun[step.Number] = begun{step.Trial, step.Kind}
		if trial != nil {
			if err := tx.Insert("trials", trial); err != nil {
				return err
			}
			if p := step.Predicted; p != nil {
				if err := tx.Exec(`UPDATE studies SET screened = screened + ? WHERE number = ?`, p.Candidates, s.number); err != nil {
					return err
				}
			}
		}
		return tx.Insert("steps", row)
	})
}

// trialRow is the row of a trial that begins.
func (s *Study) trialRow(step search.Step, now string) (writer.Row, error) {
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
	row := writer.Row{
		"study":       s.number,
		"number":      step.Trial,
		"state":       StateRunning,
		"scheme":      plan.Recipe.Scheme.Name,
		"rounds":      plan.Rounds,
		"point":       string(point),
		"params":      strings.TrimSpace(params.String()),
		"conditioned": step.Conditioned,
		"started":     now,
	}
	if p := step.Predicted; p != nil {
		row["predicted_round"] = p.Round
		if p.Round > 0 { // else nothing could be predicted
			row["predicted_difference"] = p.Difference
		}
	}
	return row, nil
}

// ScreenSeeds returns the seeds of the reference that points are predicted from.
func (s *Study) ScreenSeeds(ctx context.Context) (replicates []int, err error) {
	var list sql.NullString
	err = s.db.file.Read.QueryRowContext(ctx, `SELECT screen_seeds FROM studies WHERE number = ?`, s.number).Scan(&list)
	if err == nil && list.Valid {
		err = json.Unmarshal([]byte(list.String), &replicates)
	}
	if err != nil {
		return nil, s.db.file.Failed(err)
	}
	return replicates, nil
}

// SetScreenSeeds records them, unless they are recorded already. It may return before
// that is durable.
func (s *Study) SetScreenSeeds(_ context.Context, replicates []int) error {
	return s.writer.Put(func(tx *writer.Transaction) error {
		return tx.Exec(`UPDATE studies SET screen_seeds = ? WHERE number = ? AND screen_seeds IS NULL`, column.Ints(replicates), s.number)
	})
}

// Transmission records how much of what was predicted without training it then
// delivered. It may return before that is durable.
func (s *Study) Transmission(_ context.Context, t posthoc.Transmission) error {
	return s.writer.Put(func(tx *writer.Transaction) error {
		return tx.Exec(`UPDATE studies SET transmission = ?, transmission_se = ?, transmission_effects = ? WHERE number = ?`,
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
	state, reason := StateComplete, any(nil)
	if o.Err != "" {
		state, reason = StateFailed, o.Err
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
	return s.writer.Put(func(tx *writer.Transaction) error {
		first, err := tx.ExecCount(`UPDATE steps SET state = ?, error = ?, finished = ?, seconds = ? WHERE study = ? AND number = ? AND state = ?`,
			state, reason, now, o.Seconds, s.number, o.Step, StateOpen)
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
func (s *Study) beginning(tx *writer.Transaction, step int) (b begun, err error) {
	if b, ok := s.begun[step]; ok {
		delete(s.begun, step)
		return b, nil
	}
	err = tx.ScanRow(`SELECT trial, kind FROM steps WHERE study = ? AND number = ?`, []any{s.number, step}, &b.trial, &b.kind)
	return b, err
}

// updateTrial sets what the end of a step makes of its trial. Its first step decides
// whether it failed; of further seeds that did, the error of the lowest stays with it.
func (s *Study) updateTrial(tx *writer.Transaction, step begun, state State, reason any, now string, seconds float64, arms []objective.Arm) error {
	if step.kind != search.NewTrial {
		// Seeds that fail cost the trial nothing that it has; the reason stays with it.
		failed, err := s.failure(tx, step.trial)
		if err != nil {
			return err
		}
		state, reason = StateComplete, failed
		if err := tx.Exec(`DELETE FROM arms WHERE study = ? AND trial = ?`, s.number, step.trial); err != nil {
			return err
		}
	}
	round, difference := bestArm(arms)
	seeds := 0
	if len(arms) > 0 {
		seeds = arms[0].Seeds
	}
	if err := tx.Exec(`UPDATE trials SET state = ?, error = ?, finished = ?, seconds = seconds + ?, seeds = ?, best_round = ?, best_difference = ?
		WHERE study = ? AND number = ?`, state, reason, now, seconds, seeds, round, difference, s.number, step.trial); err != nil {
		return err
	}
	return s.insertArms(tx, step.trial, arms)
}

// failure returns the error of a trial's lowest failed step, nil if none failed.
func (s *Study) failure(tx *writer.Transaction, trial int) (reason any, err error) {
	err = tx.ScanRow(`SELECT error FROM steps WHERE study = ? AND trial = ? AND state = ? ORDER BY number LIMIT 1`,
		[]any{s.number, trial, StateFailed}, &reason)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return reason, err
}

// insertArms inserts the arms of a trial, and brings up to date what the study
// keeps about all arms.
func (s *Study) insertArms(tx *writer.Transaction, trial int, arms []objective.Arm) error {
	for _, a := range arms {
		if err := tx.Insert("arms", writer.Row{
			"study":                       s.number,
			"trial":                       trial,
			"round":                       a.Round,
			"seeds":                       a.Seeds,
			"spread":                      a.Spread,
			"spread_se":                   a.SpreadSE,
			"gap":                         a.Gap,
			"worst_class":                 a.WorstClass,
			"worst_recall":                a.WorstRecall,
			"balanced_accuracy":           a.BalancedAccuracy,
			"accuracy":                    a.Accuracy,
			"difference":                  a.Difference,
			"sum_squares":                 a.SumSquares,
			"image_variance":              a.ImageVariance,
			"accuracy_drop":               a.Drop,
			"accuracy_drop_se":            a.DropSE,
			"charge":                      a.Charge,
			"loss_probability":            s.definition.Objective.LossProbability(a.Drop, a.DropSE),
			"weight_gain":                 a.WeightGain,
			"weight_ratio":                a.WeightRatio,
			"reference_spread":            a.ReferenceSpread,
			"reference_balanced_accuracy": a.ReferenceBalancedAccuracy,
		}); err != nil {
			return err
		}
	}
	runs, err := loadArmRuns(context.Background(), tx.Conn(), s.number, trial)
	if err != nil {
		return err
	}
	s.ranking.set(trial, groups(arms), runs)
	if err := tx.Exec(`UPDATE studies SET arms = ? WHERE number = ?`, s.ranking.size(), s.number); err != nil {
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
func (s *Study) insertRound(tx *writer.Transaction, r roundRow) error {
	if r.trial == 0 && s.referenced[r.replicate] {
		return nil
	}
	var solved any
	if r.round.Solved != nil {
		solved = *r.round.Solved
	}
	added, err := tx.InsertNew("trial_runs", writer.Row{
		"study":             s.number,
		"trial":             r.trial,
		"replicate":         r.replicate,
		"round":             r.round.Round,
		"seed":              r.seed,
		"purpose":           r.purpose,
		"run":               string(r.round.Run),
		"raw":               column.Floats(r.round.Raw),
		"weights":           column.Floats(r.round.Weights),
		"shown":             column.Floats(r.round.Shown),
		"solved":            solved,
		"fallback":          r.round.Fallback,
		"spread":            r.round.Spread,
		"balanced_accuracy": r.round.BalancedAccuracy,
		"accuracy":          r.round.Accuracy,
		"image_variance":    r.round.BalancedVariance,
	})
	if err != nil || r.trial != 0 {
		return err
	}
	s.referenced[r.replicate] = true
	if !added {
		return nil
	}
	// The means are taken in the order of the replicates, whichever came first.
	return tx.Exec(`UPDATE studies SET (reference_spread, reference_balanced_accuracy, reference_accuracy, reference_seeds) =
		(SELECT avg(spread), avg(balanced_accuracy), avg(accuracy), count(*) FROM
			(SELECT spread, balanced_accuracy, accuracy FROM trial_runs WHERE study = ?1 AND trial = 0 ORDER BY replicate))
		WHERE number = ?1`, s.number)
}

// Reference records the unweighted reference on one training seed. It may return
// before that is durable; a replicate that is there already is left as it is.
func (s *Study) Reference(_ context.Context, replicate int, seed int64, r objective.Round) error {
	return s.writer.Put(func(tx *writer.Transaction) error {
		return s.insertRound(tx, roundRow{0, replicate, seed, "reference", r})
	})
}

// EvictLogits frees the logits of this study's runs, all but those of the
// reference and of every trial's best round, of this or any other study in the
// file. What is left depends on what the studies contain and on nothing else.
// The file does not shrink; the room is used again.
func (s *Study) EvictLogits(context.Context) error {
	return s.writer.PutAndWait(func(tx *writer.Transaction) error {
		return tx.Exec(`DELETE FROM outputs WHERE kind = 'logits'
			AND run IN (SELECT run FROM trial_runs WHERE study = ?)
			AND run NOT IN (`+worthLogits+`)`, s.number)
	})
}
