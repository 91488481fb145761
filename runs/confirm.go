package runs

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search/followup"
)

var _ followup.Store = (*Study)(nil)

// OpenTest records a reading of the test part, unless one of the same arm on at least
// as many seeds is recorded, and returns when it is durable. It counts from
// [Study.TestDelivered] on.
func (s *Study) OpenTest(_ context.Context, r followup.Reading) error {
	now := timestamp(s.db.options.Now())
	return s.writer.PutAndWait(func(tx *writer.Transaction) error {
		return tx.Exec(`INSERT INTO test_reads (data, split, number, study, trial, at, round, seeds, reference, resplit, delivered)
			SELECT s.data, s.split, (SELECT coalesce(max(number), 0) + 1 FROM test_reads r WHERE r.data = s.data AND r.split = s.split),
				s.number, ?2, ?3, ?4, ?5, ?6, ?7, 0
			FROM studies s WHERE s.number = ?1 AND NOT EXISTS (SELECT 1 FROM test_reads r WHERE r.data = s.data AND r.split = s.split
				AND r.study = s.number AND r.trial = ?2 AND r.round = ?4 AND r.seeds >= ?5 AND r.reference = ?6 AND r.resplit = ?7)`,
			s.number, r.Trial, now, r.Round, r.Seeds, string(r.Reference), r.Resplit)
	})
}

// TestDelivered records that a result of a reading has come, which counts from now on, and
// returns when that is durable.
func (s *Study) TestDelivered(_ context.Context, r followup.Reading) error {
	return s.writer.PutAndWait(func(tx *writer.Transaction) error {
		return tx.Exec(`UPDATE test_reads SET delivered = 1 WHERE study = ? AND trial = ? AND round = ? AND seeds >= ? AND reference = ? AND resplit = ?`,
			s.number, r.Trial, r.Round, r.Seeds, string(r.Reference), r.Resplit)
	})
}

// DescribeSplit records the parts that were drawn again for one fresh seed: the row
// of datasets that its runs belong to, which has their labels.
func (s *Study) DescribeSplit(_ context.Context, info objective.Info) error {
	split, err := json.Marshal(info.Split)
	if err != nil {
		return fmt.Errorf("split: %w", err)
	}
	var labels, format any
	if info.ValLabels != nil {
		format, labels = column.Classes(info.ValLabels)
	}
	return s.writer.Put(func(tx *writer.Transaction) error {
		return tx.Exec(`INSERT INTO datasets (data, split, title, classes, train_counts, labels, labels_format)
			SELECT d.data, ?2, d.title, d.classes, ?3, ?4, ?5 FROM studies s JOIN datasets d ON d.data = s.data AND d.split = s.split
			WHERE s.number = ?1 ON CONFLICT DO UPDATE SET labels = excluded.labels, labels_format = excluded.labels_format
			WHERE labels IS NULL`, s.number, string(split), column.Ints(info.TrainCounts), labels, format)
	})
}

// TestOpened reports whether a confirmation of an arm of the named study, on its own
// split, has begun: the reference was measured on the test part, whether or not
// anything was confirmed then.
func (db *DB) TestOpened(ctx context.Context, study string, trial, round int) (opened bool, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM test_reads r JOIN matrices m ON m.run = r.reference AND m.part = 'test'
			WHERE r.study = ? AND r.trial = ? AND r.round = ? AND r.resplit = 0)`,
			number, trial, round).Scan(&opened)
	})
	return opened, err
}

// Confirmed reports whether a confirmation on exactly so many seeds is recorded that a
// reading would only repeat: of the same arm, vector and offsets, with the same run of the
// reference on the first seed, so on the same data and with the same code; where that seed is
// left out, with that of the last reading before it was recorded. One that is
// not the last of its arm is no mere repetition: repeated, it is the last. Nor is one of an
// earlier version, which did not measure every option.
func (db *DB) Confirmed(ctx context.Context, study string, r followup.Reading, arm followup.Arm) (same bool, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT
			EXISTS (SELECT 1 FROM confirmed_arms WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit = ?4 AND seeds = ?5
				AND number > (SELECT coalesce(max(number), 0) FROM confirmed_arms WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit <> ?4))
			AND (EXISTS (SELECT 1 FROM confirm_runs WHERE study = ?1 AND what = ?6 AND replicate = 0 AND resplit = ?4 AND run = ?7)
				OR ?7 = (SELECT reference FROM test_reads WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit = ?4 AND delivered
					AND at <= (SELECT max(confirmed) FROM confirmed_arms WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit = ?4)
					ORDER BY number DESC LIMIT 1))
			AND EXISTS (SELECT 1 FROM confirmed_options WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit = ?4 AND option = ?8 AND weights = ?9)
			AND EXISTS (SELECT 1 FROM confirmed_options WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit = ?4 AND option = ?10
				AND (offsets IS ?11 OR reason NOT IN ('', ?12)))
			AND (?14 IS NULL OR EXISTS (SELECT 1 FROM confirmed_options WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit = ?4 AND option = ?13
				AND (offsets = ?14 OR reason NOT IN ('', ?12, ?15))))`,
			number, r.Trial, r.Round, r.Resplit, r.Seeds, string(objective.OptionNothing), string(r.Reference),
			string(objective.OptionWeightsFixed), column.Floats(arm.Vector),
			string(objective.OptionOffsetsFixed), column.Floats(arm.Offsets), string(followup.ReasonNoOffsets),
			string(objective.OptionLongerThenOffsets), column.Floats(arm.LongerOffsets), string(followup.ReasonTime)).Scan(&same)
	})
	return same, err
}

// Confirm records a confirmation in place of any earlier one of the arm that was
// made in the same way, and returns when it is durable; see [Keeps].
func (s *Study) Confirm(_ context.Context, c *followup.Confirmation) error {
	rows, options := s.findingRows(c), s.optionRows(c)
	return s.writer.PutAndWait(func(tx *writer.Transaction) error {
		var had int
		if err := tx.ScanRow(`SELECT coalesce(max(seeds), 0) FROM confirmed_arms WHERE study = ? AND trial = ? AND round = ? AND resplit = ?`,
			[]any{s.number, c.Trial, c.Round, c.Resplit}, &had); err != nil {
			return err
		}
		leftOut, err := s.leftOut(tx, c)
		if err != nil {
			return err
		}
		if Keeps(had, leftOut, c) {
			return s.recordFailures(tx, c, true)
		}
		for _, table := range []string{
			`DELETE FROM confirmed_arms WHERE study = ? AND trial = ? AND round = ? AND resplit = ?`,
			`DELETE FROM confirmed_options WHERE study = ? AND trial = ? AND round = ? AND resplit = ?`,
			`DELETE FROM confirm_runs WHERE study = ? AND trial = ? AND round = ? AND resplit = ?`,
		} {
			if err := tx.Exec(table, s.number, c.Trial, c.Round, c.Resplit); err != nil {
				return err
			}
		}
		var last int
		if err := tx.ScanRow(`SELECT coalesce(max(number), 0) FROM confirmed_arms WHERE study = ?`, []any{s.number}, &last); err != nil {
			return err
		}
		for i, row := range rows {
			row["number"] = last + 1 + i
			if err := tx.Insert("confirmed_arms", row); err != nil {
				return err
			}
		}
		for _, row := range options {
			if err := tx.Insert("confirmed_options", row); err != nil {
				return err
			}
		}
		for _, r := range c.Runs {
			if err := tx.Exec(`INSERT INTO confirm_runs (study, what, trial, round, replicate, resplit, seed, run, weights) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET seed = excluded.seed, run = excluded.run`,
				s.number, string(r.What), r.Trial, r.Round, r.Replicate, c.Resplit, r.Seed, string(r.Run), column.Floats(r.Weights)); err != nil {
				return err
			}
		}
		return s.recordFailures(tx, c, false)
	})
}

// findingRows are the rows of confirmed_arms, without their numbers.
func (s *Study) findingRows(c *followup.Confirmation) (rows []writer.Row) {
	now := timestamp(s.db.options.Now())
	for _, f := range c.Comparisons {
		rows = append(rows, writer.Row{
			"study":                          s.number,
			"trial":                          c.Trial,
			"round":                          c.Round,
			"what":                           string(f.What),
			"against":                        string(f.Against),
			"seeds":                          c.Seeds,
			"test_spread":                    f.Spread.A,
			"test_balanced_accuracy":         f.BalancedAccuracy.A,
			"against_test_spread":            f.Spread.B,
			"against_test_balanced_accuracy": f.BalancedAccuracy.B,
			"difference":                     f.Spread.Estimate,
			"difference_low":                 f.Spread.Low,
			"difference_high":                f.Spread.High,
			"difference_se":                  f.Spread.SE,
			"freedom":                        f.Spread.Freedom,
			"p_value":                        f.Spread.PValue,
			"confirmed":                      now,
			"seed_p_value":                   f.Spread.SignFlip(),
			"measurable":                     f.Spread.Measurable,
			"plain_spread":                   f.Plain.A,
			"against_plain_spread":           f.Plain.B,
			"plain_difference_low":           f.Plain.Low,
			"plain_difference_high":          f.Plain.High,
			"accuracy_drop":                  f.Drop.Drop,
			"accuracy_drop_low":              f.Drop.Low,
			"accuracy_drop_high":             f.Drop.High,
			"accuracy_low":                   f.BalancedAccuracy.Low,
			"accuracy_high":                  f.BalancedAccuracy.High,
			"accuracy_se":                    f.BalancedAccuracy.SE,
			"accuracy_freedom":               f.BalancedAccuracy.Freedom,
			"tolerance":                      string(f.Drop.Holding),
			"over_tolerance":                 f.Over,
			"score_difference":               f.Score.Estimate,
			"score_low":                      f.Score.Low,
			"score_high":                     f.Score.High,
			"score_se":                       f.Score.SE,
			"score_freedom":                  f.Score.Freedom,
			"score_p_value":                  f.Score.Below(),
			"gained":                         encodeChanges(f.Gained()),
			"lost":                           encodeChanges(f.Lost()),
			"images":                         column.Ints(c.Images),
			"resplit":                        c.Resplit,
		})
	}
	return rows
}

// optionRows are the rows of confirmed_options.
func (s *Study) optionRows(c *followup.Confirmation) (rows []writer.Row) {
	for i, m := range c.Options {
		row := writer.Row{
			"study":   s.number,
			"trial":   c.Trial,
			"round":   c.Round,
			"resplit": c.Resplit,
			"number":  i + 1,
			"option":  string(m.Option),
			"reason":  string(m.Reason),
		}
		if m.Reason == "" {
			row["test_spread"], row["plain_spread"], row["test_balanced_accuracy"] = m.Spread, m.PlainSpread, m.BalancedAccuracy
			row["recalls"] = encodeRecalls(m.Recalls)
			row["weights"], row["offsets"] = column.Floats(m.Weights), column.Floats(m.Offsets)
		}
		rows = append(rows, row)
	}
	return rows
}

// encodeRecalls writes recalls as a JSON list of [recall, low, high].
func encodeRecalls(recalls []confirm.Recall) string {
	list := make([]string, len(recalls))
	for c, r := range recalls {
		list[c] = fmt.Sprint(column.Floats([]float64{r.Mean, r.Low, r.High}))
	}
	return "[" + strings.Join(list, ",") + "]"
}

// decodeRecalls reads what encodeRecalls wrote.
func decodeRecalls(text string) ([]confirm.Recall, error) {
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	recalls := make([]confirm.Recall, len(list))
	for c, one := range list {
		v, err := column.ParseFloats(string(one))
		if err == nil && len(v) != 3 {
			err = fmt.Errorf("recall %s; want three numbers", one)
		}
		if err != nil {
			return nil, err
		}
		recalls[c] = confirm.Recall{Mean: v[0], Low: v[1], High: v[2]}
	}
	return recalls, nil
}

// encodeChanges writes classes as a JSON list of [class, before, after].
func encodeChanges(classes []confirm.Class) string {
	list := make([][3]float64, len(classes))
	for i, c := range classes {
		list[i] = [3]float64{float64(c.Class), c.B, c.A}
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // recalls are finite
	}
	return string(b)
}
