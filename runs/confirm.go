package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/search/followup"
)

var _ followup.Store = (*Study)(nil)

// OpenTest records a reading of the test part, unless one of the same arm on at least
// as many seeds is recorded, and returns when it is durable.
func (s *Study) OpenTest(_ context.Context, r followup.Reading) error {
	now := timestamp(s.db.options.Now())
	return s.writer.putAndWait(func(tx *transaction) error {
		return tx.exec(`INSERT INTO test_reads (data, split, number, study, trial, at, round, seeds, reference, resplit)
			SELECT s.data, s.split, (SELECT coalesce(max(number), 0) + 1 FROM test_reads r WHERE r.data = s.data AND r.split = s.split),
				s.number, ?2, ?3, ?4, ?5, ?6, ?7
			FROM studies s WHERE s.number = ?1 AND NOT EXISTS (SELECT 1 FROM test_reads r WHERE r.data = s.data AND r.split = s.split
				AND r.study = s.number AND r.trial = ?2 AND r.round = ?4 AND r.seeds >= ?5 AND r.reference = ?6 AND r.resplit = ?7)`,
			s.number, r.Trial, now, r.Round, r.Seeds, string(r.Reference), r.Resplit)
	})
}

// DescribeSplit records the parts that were drawn anew for one fresh seed: the row
// of datasets that its runs belong to, which has their labels.
func (s *Study) DescribeSplit(_ context.Context, info objective.Info) error {
	split, err := json.Marshal(info.Split)
	if err != nil {
		return fmt.Errorf("split: %w", err)
	}
	var labels, format any
	if info.ValLabels != nil {
		format, labels = encodeClasses(info.ValLabels)
	}
	return s.writer.put(func(tx *transaction) error {
		return tx.exec(`INSERT INTO datasets (data, split, title, classes, train_counts, labels, labels_format)
			SELECT d.data, ?2, d.title, d.classes, ?3, ?4, ?5 FROM studies s JOIN datasets d ON d.data = s.data AND d.split = s.split
			WHERE s.number = ?1 ON CONFLICT DO UPDATE SET labels = excluded.labels, labels_format = excluded.labels_format
			WHERE labels IS NULL`, s.number, string(split), encodeInts(info.TrainCounts), labels, format)
	})
}

// TestOpened reports whether a confirmation of an arm of the named study, on its own
// split, has begun: the reference was measured on the test part, whether or not
// anything was confirmed then.
func (db *DB) TestOpened(ctx context.Context, study string, trial, round int) (opened bool, err error) {
	err = db.view(ctx, func(q querier) error {
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
// reading would only repeat: of the same arm and vector, with the same run of the
// reference on the first seed, so on the same data and with the same code. One that is
// not the last of its arm is no mere repetition: repeated, it is the last.
func (db *DB) Confirmed(ctx context.Context, study string, r followup.Reading, vector []float64) (same bool, err error) {
	err = db.view(ctx, func(q querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT
			EXISTS (SELECT 1 FROM confirmed_arms WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit = ?4 AND seeds = ?5
				AND number > (SELECT coalesce(max(number), 0) FROM confirmed_arms WHERE study = ?1 AND trial = ?2 AND round = ?3 AND resplit <> ?4))
			AND EXISTS (SELECT 1 FROM confirm_runs WHERE study = ?1 AND what = ?6 AND replicate = 0 AND resplit = ?4 AND run = ?7)
			AND EXISTS (SELECT 1 FROM confirm_runs WHERE study = ?1 AND what = ?8 AND trial = ?2 AND round = ?3 AND replicate = 0 AND resplit = ?4 AND weights = ?9)`,
			number, r.Trial, r.Round, r.Resplit, r.Seeds, followup.WhatReference, string(r.Reference), followup.WhatVector, encodeFloats(vector)).Scan(&same)
	})
	return same, err
}

// Confirm records a confirmation in place of any earlier one of the arm that was
// made in the same way, and returns when it is durable. One on more seeds stays: else
// the number of seeds could be chosen by the outcome.
func (s *Study) Confirm(_ context.Context, c *followup.Confirmation) error {
	var rows [][]any
	now := timestamp(s.db.options.Now())
	for _, f := range c.Comparisons {
		d := f.Spread
		rows = append(rows, []any{s.number, c.Trial, c.Round, f.What, f.Against, c.Seeds,
			d.A, f.BalancedAccuracy.A, d.B, f.BalancedAccuracy.B, d.Estimate, d.Low, d.High, d.PValue, now,
			d.SignFlip(), d.Measurable, f.PlainA, f.PlainB, f.Drop.Drop, f.Drop.Low, f.Drop.High, string(f.Drop.Holding),
			encodeChanges(f.Gained()), encodeChanges(f.Lost()), encodeInts(c.Images), c.Resplit})
	}
	return s.writer.putAndWait(func(tx *transaction) error {
		var had int
		if err := tx.scanRow(`SELECT coalesce(max(seeds), 0) FROM confirmed_arms WHERE study = ? AND trial = ? AND round = ? AND resplit = ?`,
			[]any{s.number, c.Trial, c.Round, c.Resplit}, &had); err != nil {
			return err
		}
		if had > c.Seeds {
			return nil
		}
		for _, table := range []string{
			`DELETE FROM confirmed_arms WHERE study = ? AND trial = ? AND round = ? AND resplit = ?`,
			`DELETE FROM confirm_runs WHERE study = ? AND trial = ? AND round = ? AND resplit = ?`,
		} {
			if err := tx.exec(table, s.number, c.Trial, c.Round, c.Resplit); err != nil {
				return err
			}
		}
		for _, row := range rows {
			if err := tx.exec(`INSERT INTO confirmed_arms (number, study, trial, round, what, against, seeds,
				test_spread, test_balanced_accuracy, against_test_spread, against_test_balanced_accuracy,
				difference, difference_low, difference_high, p_value, confirmed, seed_p_value, measurable, plain_spread, against_plain_spread,
				accuracy_drop, accuracy_drop_low, accuracy_drop_high, tolerance, gained, lost, images, resplit)
				VALUES ((SELECT coalesce(max(number), 0) + 1 FROM confirmed_arms WHERE study = ?1),
				?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)`, row...); err != nil {
				return err
			}
		}
		for _, r := range c.Runs {
			if err := tx.exec(`INSERT INTO confirm_runs (study, what, trial, round, replicate, resplit, seed, run, weights) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET seed = excluded.seed, run = excluded.run`,
				s.number, r.What, r.Trial, r.Round, r.Replicate, c.Resplit, r.Seed, string(r.Run), encodeFloats(r.Weights)); err != nil {
				return err
			}
		}
		return nil
	})
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

// ConfirmedArm is what the last confirmation said of an arm; an arm that was
// confirmed both with and without parts drawn anew is there twice.
type ConfirmedArm struct {
	Study               string
	Trial, Round, Seeds int
	// Resplit says that training and validation part were drawn anew for every seed.
	Resplit bool
	// Images is the number of test examples of each class, TestReads how often that
	// test part was read.
	Images    []int64
	TestReads int
	// Invalid says that the trial was declared invalid.
	Invalid bool
	Rows    []ConfirmedRow
}

// ConfirmedRow is one comparison on the test part, with the columns of the view
// confirmations first. Spreads are corrected for the noise of the test images.
type ConfirmedRow struct {
	What, Against                                   string
	Spread, BalancedAccuracy                        float64
	AgainstSpread, AgainstBalancedAccuracy          float64
	Difference, DifferenceLow, DifferenceHigh       float64
	PValue, SeedPValue, Measurable                  float64
	PlainSpread, AgainstPlainSpread                 float64
	AccuracyDrop, AccuracyDropLow, AccuracyDropHigh float64
	Tolerance                                       confirm.Holding
	// Gained and Lost are the classes whose recall changed beyond noise.
	Gained, Lost []ClassChange
}

// ClassChange is a class with its recalls.
type ClassChange struct {
	Class         string
	Before, After float64
}

// Difference of spreads, as far as its verdict needs it.
func (r ConfirmedRow) difference() confirm.Difference {
	return confirm.Difference{A: r.Spread, B: r.AgainstSpread, Estimate: r.Difference}
}

// Verdict puts a row's difference into words, given the p-value after correction
// for several confirmed arms.
func (r ConfirmedRow) Verdict(p float64) confirm.Verdict { return r.difference().Verdict(p) }

// Confirmations returns the confirmed arms of the named study, "" for the newest,
// in the order of trials and rounds, those on the study's own split first.
func (db *DB) Confirmations(ctx context.Context, study string) (arms []ConfirmedArm, err error) {
	err = db.view(ctx, func(q querier) error {
		head, err := readHead(ctx, q, study)
		if err == nil {
			arms, err = readConfirmations(ctx, q, head)
		}
		return err
	})
	return arms, err
}

func readConfirmations(ctx context.Context, q querier, h *StudyHead) (arms []ConfirmedArm, err error) {
	var reads int
	err = q.QueryRowContext(ctx, `SELECT test_reads FROM readings WHERE study = ?`, h.Number).Scan(&reads)
	if err != nil {
		return nil, err
	}
	err = each(ctx, q, `SELECT trial, round, what, against, seeds, test_spread, test_balanced_accuracy,
		against_test_spread, against_test_balanced_accuracy, difference, difference_low, difference_high, p_value, seed_p_value, measurable,
		plain_spread, against_plain_spread, accuracy_drop, accuracy_drop_low, accuracy_drop_high, tolerance, gained, lost, images, resplit,
		EXISTS (SELECT 1 FROM trials t WHERE t.study = c.study AND t.number = c.trial AND t.invalid IS NOT NULL)
		FROM confirmed_arms c WHERE study = ? ORDER BY trial, round, resplit, number`, []any{h.Number}, func(scan scanner) error {
		a := ConfirmedArm{Study: h.Name, TestReads: reads}
		var r ConfirmedRow
		var images, gained, lost string
		var low, high, p, flips, measurable, dropLow, dropHigh sql.NullFloat64
		if err := scan(&a.Trial, &a.Round, &r.What, &r.Against, &a.Seeds, &r.Spread, &r.BalancedAccuracy,
			&r.AgainstSpread, &r.AgainstBalancedAccuracy, &r.Difference, &low, &high, &p, &flips, &measurable,
			&r.PlainSpread, &r.AgainstPlainSpread, &r.AccuracyDrop, &dropLow, &dropHigh, &r.Tolerance, &gained, &lost, &images, &a.Resplit, &a.Invalid); err != nil {
			return err
		}
		r.DifferenceLow, r.DifferenceHigh, r.PValue = orNaN(low), orNaN(high), orNaN(p)
		r.SeedPValue, r.Measurable, r.AccuracyDropLow, r.AccuracyDropHigh = orNaN(flips), orNaN(measurable), orNaN(dropLow), orNaN(dropHigh)
		var err1, err2 error
		r.Gained, err1 = h.decodeChanges(gained)
		r.Lost, err2 = h.decodeChanges(lost)
		if err := errors.Join(err1, err2, json.Unmarshal([]byte(images), &a.Images)); err != nil {
			return fmt.Errorf("confirmation of trial %d: %w", a.Trial, err)
		}
		if n := len(arms); n == 0 || arms[n-1].Trial != a.Trial || arms[n-1].Round != a.Round || arms[n-1].Resplit != a.Resplit {
			arms = append(arms, a)
		}
		last := &arms[len(arms)-1]
		last.Rows = append(last.Rows, r)
		return nil
	})
	return arms, err
}

// decodeChanges reads what encodeChanges wrote.
func (h *StudyHead) decodeChanges(text string) ([]ClassChange, error) {
	var list [][3]float64
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	var out []ClassChange
	for _, c := range list {
		out = append(out, ClassChange{Class: h.class(int(c[0])), Before: c[1], After: c[2]})
	}
	return out, nil
}
