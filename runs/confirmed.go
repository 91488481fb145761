package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// ConfirmedArm is what the last confirmation said of an arm; an arm that was
// confirmed both with and without parts drawn again is there twice.
type ConfirmedArm struct {
	Study               string
	Trial, Round, Seeds int
	// Resplit says that training and validation part were drawn again for every seed.
	Resplit bool
	// Images is the number of test examples of each class, TestReads how often that
	// test part was read.
	Images    []int64
	TestReads int
	// Invalid says that the trial was declared invalid.
	Invalid bool
	// Point is the trial's point.
	Point search.Point
	// Options are what was measured, the cheapest option first and the control
	// [followup.EqualCost] last; empty where an earlier version confirmed, which did not
	// measure them all.
	Options []followup.Measured
	Rows    []ConfirmedRow
}

// Option returns what was measured of an option, nil if that is not recorded.
func (a ConfirmedArm) Option(option objective.Option) *followup.Measured {
	for i := range a.Options {
		if a.Options[i].Option == option {
			return &a.Options[i]
		}
	}
	return nil
}

// Row returns the comparison of what with against, nil if there is none. One that is
// stored the other way round is turned.
func (a ConfirmedArm) Row(what, against objective.Option) *ConfirmedRow {
	for i := range a.Rows {
		switch r := &a.Rows[i]; {
		case r.What == what && r.Against == against:
			return r
		case r.What == against && r.Against == what:
			turned := r.Turned()
			return &turned
		}
	}
	return nil
}

// ConfirmedRow is one comparison on the test part, with the columns of the view
// confirmations first. Spreads are corrected for the noise of the test images, but for the
// plain ones. Figures that an earlier version did not store are NaN.
type ConfirmedRow struct {
	What, Against                             objective.Option
	Spread, BalancedAccuracy                  float64
	AgainstSpread, AgainstBalancedAccuracy    float64
	Difference, DifferenceLow, DifferenceHigh float64
	// DifferenceSE is the standard error of Difference, Freedom its degrees of freedom.
	DifferenceSE, Freedom                   float64
	PValue, SeedPValue, Measurable          float64
	PlainSpread, AgainstPlainSpread         float64
	PlainDifferenceLow, PlainDifferenceHigh float64
	AccuracyDrop                            float64
	AccuracyDropLow, AccuracyDropHigh       float64 // one-sided 95 % bounds
	AccuracyLow, AccuracyHigh               float64 // 95 % interval of the change of balanced accuracy, -AccuracyDrop
	AccuracySE, AccuracyFreedom             float64
	Tolerance                               confirm.Holding
	// OverTolerance is the probability that more is lost than the study's tolerance.
	OverTolerance float64
	// ScoreDifference is that of the scores, with its 95 % interval, standard error and
	// degrees of freedom, and ScorePValue the one-sided p-value of the test that it is not
	// below 0. See [confirm.CompareScores].
	ScoreDifference, ScoreLow, ScoreHigh float64
	ScoreSE, ScoreFreedom, ScorePValue   float64
	// Gained and Lost are the classes whose recall changed beyond noise.
	Gained, Lost []ClassChange
}

// PlainDifference is that of the spreads as measured.
func (r ConfirmedRow) PlainDifference() float64 { return r.PlainSpread - r.AgainstPlainSpread }

// AccuracyChange is the balanced accuracy that was gained, negative where it was lost.
func (r ConfirmedRow) AccuracyChange() float64 { return -r.AccuracyDrop }

// Turned returns the comparison the other way round. What it says of the tolerance is about
// a loss against the other option and cannot be turned: it is left out.
func (r ConfirmedRow) Turned() ConfirmedRow {
	t := r
	t.What, t.Against = r.Against, r.What
	t.Spread, t.AgainstSpread = r.AgainstSpread, r.Spread
	t.BalancedAccuracy, t.AgainstBalancedAccuracy = r.AgainstBalancedAccuracy, r.BalancedAccuracy
	t.PlainSpread, t.AgainstPlainSpread = r.AgainstPlainSpread, r.PlainSpread
	t.Difference, t.DifferenceLow, t.DifferenceHigh = -r.Difference, -r.DifferenceHigh, -r.DifferenceLow
	t.PlainDifferenceLow, t.PlainDifferenceHigh = -r.PlainDifferenceHigh, -r.PlainDifferenceLow
	t.AccuracyDrop, t.AccuracyDropLow, t.AccuracyDropHigh = -r.AccuracyDrop, -r.AccuracyDropHigh, -r.AccuracyDropLow
	t.AccuracyLow, t.AccuracyHigh = -r.AccuracyHigh, -r.AccuracyLow
	t.Tolerance, t.OverTolerance = "", math.NaN()
	t.ScoreDifference, t.ScoreLow, t.ScoreHigh = -r.ScoreDifference, -r.ScoreHigh, -r.ScoreLow
	t.ScorePValue = 1 - r.ScorePValue
	t.Gained, t.Lost = turned(r.Lost), turned(r.Gained)
	return t
}

// turned exchanges before and after.
func turned(changes []ClassChange) []ClassChange {
	var out []ClassChange
	for _, c := range changes {
		out = append(out, ClassChange{Class: c.Class, Before: c.After, After: c.Before})
	}
	return out
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
	err = db.view(ctx, func(q disk.Querier) error {
		head, err := readHead(ctx, q, study)
		if err == nil {
			arms, err = readConfirmations(ctx, q, head)
		}
		return err
	})
	return arms, err
}

func readConfirmations(ctx context.Context, q disk.Querier, h *StudyHead) (arms []ConfirmedArm, err error) {
	var reads int
	err = q.QueryRowContext(ctx, `SELECT test_reads FROM readings WHERE study = ?`, h.Number).Scan(&reads)
	if err != nil {
		return nil, err
	}
	err = disk.Each(ctx, q, `SELECT `+columnsOf(new(storedFinding).fields())+`
		FROM confirmed_arms c WHERE study = ? ORDER BY trial, round, resplit, number`, []any{h.Number}, func(scan disk.Scanner) error {
		f := storedFinding{arm: ConfirmedArm{Study: h.Name, TestReads: reads}}
		if err := scanFields(scan, f.fields()); err != nil {
			return err
		}
		var err1, err2 error
		f.row.Gained, err1 = h.decodeChanges(f.gained)
		f.row.Lost, err2 = h.decodeChanges(f.lost)
		a := f.arm
		if err := errors.Join(err1, err2, json.Unmarshal([]byte(f.images), &a.Images), json.Unmarshal([]byte(f.point), &a.Point)); err != nil {
			return fmt.Errorf("confirmation of trial %d: %w", a.Trial, err)
		}
		if n := len(arms); n == 0 || arms[n-1].Trial != a.Trial || arms[n-1].Round != a.Round || arms[n-1].Resplit != a.Resplit {
			arms = append(arms, a)
		}
		last := &arms[len(arms)-1]
		last.Rows = append(last.Rows, f.row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return arms, readConfirmedOptions(ctx, q, h.Number, arms)
}

// readConfirmedOptions reads what was measured of the options of confirmed arms.
func readConfirmedOptions(ctx context.Context, q disk.Querier, study int, arms []ConfirmedArm) error {
	return disk.Each(ctx, q, `SELECT trial, round, resplit, option, reason, test_spread, plain_spread, test_balanced_accuracy,
		coalesce(recalls, '[]'), weights, offsets FROM confirmed_options WHERE study = ? ORDER BY trial, round, resplit, number`, []any{study}, func(scan disk.Scanner) error {
		var m followup.Measured
		var a ConfirmedArm
		var recalls string
		var weights, offsets sql.NullString
		err := scan(&a.Trial, &a.Round, &a.Resplit, &m.Option, &m.Reason, orNull{&m.Spread}, orNull{&m.PlainSpread}, orNull{&m.BalancedAccuracy},
			&recalls, &weights, &offsets)
		if err != nil {
			return err
		}
		var err1, err2, err3 error
		m.Recalls, err1 = decodeRecalls(recalls)
		m.Weights, err2 = floatsOrNil(weights)
		m.Offsets, err3 = floatsOrNil(offsets)
		if err := errors.Join(err1, err2, err3); err != nil {
			return fmt.Errorf("confirmation of trial %d, %s: %w", a.Trial, m.Option, err)
		}
		i := slices.IndexFunc(arms, func(x ConfirmedArm) bool { return x.Trial == a.Trial && x.Round == a.Round && x.Resplit == a.Resplit })
		if i >= 0 {
			arms[i].Options = append(arms[i].Options, m)
		}
		return nil
	})
}

// floatsOrNil reads a list that may be NULL.
func floatsOrNil(text sql.NullString) ([]float64, error) {
	if !text.Valid {
		return nil, nil
	}
	return column.ParseFloats(text.String)
}

// storedFinding is a row of confirmed_arms: a comparison, and the arm that it is about.
type storedFinding struct {
	arm                  ConfirmedArm
	row                  ConfirmedRow
	gained, lost, images string
	point                string
}

// fields are the columns of confirmed_arms c.
func (f *storedFinding) fields() []field {
	return []field{
		{"trial", &f.arm.Trial},
		{"round", &f.arm.Round},
		{"seeds", &f.arm.Seeds},
		{"resplit", &f.arm.Resplit},
		{"images", &f.images},
		{"EXISTS (SELECT 1 FROM trials t WHERE t.study = c.study AND t.number = c.trial AND t.invalid IS NOT NULL)", &f.arm.Invalid},
		{"(SELECT point FROM trials t WHERE t.study = c.study AND t.number = c.trial)", &f.point},
		{"what", &f.row.What},
		{"against", &f.row.Against},
		{"test_spread", &f.row.Spread},
		{"test_balanced_accuracy", &f.row.BalancedAccuracy},
		{"against_test_spread", &f.row.AgainstSpread},
		{"against_test_balanced_accuracy", &f.row.AgainstBalancedAccuracy},
		{"difference", &f.row.Difference},
		{"difference_low", orNull{&f.row.DifferenceLow}},
		{"difference_high", orNull{&f.row.DifferenceHigh}},
		{"difference_se", orNull{&f.row.DifferenceSE}},
		{"freedom", orNull{&f.row.Freedom}},
		{"p_value", orNull{&f.row.PValue}},
		{"seed_p_value", orNull{&f.row.SeedPValue}},
		{"measurable", orNull{&f.row.Measurable}},
		{"plain_spread", &f.row.PlainSpread},
		{"against_plain_spread", &f.row.AgainstPlainSpread},
		{"plain_difference_low", orNull{&f.row.PlainDifferenceLow}},
		{"plain_difference_high", orNull{&f.row.PlainDifferenceHigh}},
		{"accuracy_drop", &f.row.AccuracyDrop},
		{"accuracy_drop_low", orNull{&f.row.AccuracyDropLow}},
		{"accuracy_drop_high", orNull{&f.row.AccuracyDropHigh}},
		{"accuracy_low", orNull{&f.row.AccuracyLow}},
		{"accuracy_high", orNull{&f.row.AccuracyHigh}},
		{"accuracy_se", orNull{&f.row.AccuracySE}},
		{"accuracy_freedom", orNull{&f.row.AccuracyFreedom}},
		{"tolerance", &f.row.Tolerance},
		{"over_tolerance", orNull{&f.row.OverTolerance}},
		{"score_difference", orNull{&f.row.ScoreDifference}},
		{"score_low", orNull{&f.row.ScoreLow}},
		{"score_high", orNull{&f.row.ScoreHigh}},
		{"score_se", orNull{&f.row.ScoreSE}},
		{"score_freedom", orNull{&f.row.ScoreFreedom}},
		{"score_p_value", orNull{&f.row.ScorePValue}},
		{"gained", &f.gained},
		{"lost", &f.lost},
	}
}

// decodeChanges reads what encodeChanges wrote.
func (h *StudyHead) decodeChanges(text string) ([]ClassChange, error) {
	var list [][3]float64
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	var out []ClassChange
	for _, c := range list {
		out = append(out, ClassChange{Class: h.Class(int(c[0])), Before: c[1], After: c[2]})
	}
	return out, nil
}
