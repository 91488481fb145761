package runs_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search/followup"
)

// confirmTrial confirms round 1 of a trial of the test study.
func confirmTrial(ctx context.Context, t *testing.T, db *runs.DB, trial, seeds, parallel int, trainer objective.Trainer) (*followup.Confirmation, error) {
	t.Helper()
	def := define(t)
	s := openStudy(t, db, def)
	defer closeStudy(t, s)
	if err := s.Describe(ctx, "synthetic", trainer.Info()); err != nil {
		t.Fatal(err)
	}
	stored, err := db.Trial(ctx, "test", trial)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := def.Plan(stored.Point)
	if err != nil {
		t.Fatal(err)
	}
	c := followup.Confirmer{Definition: def, Store: s, Trainer: trainer, Parallel: parallel, Clock: time.Now}
	return c.Run(ctx, nil, followup.Arm{Trial: trial, Round: 1, Plan: plan, Seeds: seeds, Offsets: fixedOffsets, LongerOffsets: fixedOffsets})
}

// fixedOffsets are the fixed sets of offsets that confirmTrial measures.
var fixedOffsets = []float64{.3, .1, -.1, -.3}

// TestConfirmationIsKept: the stored confirmation has the figures of the one that
// was made, and the views show them.
func TestConfirmationIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	before, err := db.Confirmations(t.Context(), "")
	if err != nil || len(before) != 0 {
		t.Fatalf("confirmations before any: %v, %v", before, err)
	}
	made, err := confirmTrial(t.Context(), t, db, 2, 6, 2, trainer())
	if err != nil {
		t.Fatal(err)
	}
	vector := made.Runs[slices.IndexFunc(made.Runs, func(r followup.Run) bool { return r.What == objective.OptionWeightsFixed })].Weights
	for name, change := range map[string]func(r *followup.Reading, arm *followup.Arm){
		"":                   func(*followup.Reading, *followup.Arm) {},
		"fewer seeds":        func(r *followup.Reading, _ *followup.Arm) { r.Seeds-- },
		"another trial":      func(r *followup.Reading, _ *followup.Arm) { r.Trial++ },
		"other data":         func(r *followup.Reading, _ *followup.Arm) { r.Reference = "other" },
		"parts anew":         func(r *followup.Reading, _ *followup.Arm) { r.Resplit = true },
		"another vector":     func(_ *followup.Reading, a *followup.Arm) { a.Vector[0] *= 2 },
		"other offsets":      func(_ *followup.Reading, a *followup.Arm) { a.Offsets[0]++ },
		"offsets for longer": func(_ *followup.Reading, a *followup.Arm) { a.LongerOffsets = []float64{1, 0, 0, -1} },
	} {
		r, a := made.Reading, followup.Arm{Vector: slices.Clone(vector), Offsets: slices.Clone(fixedOffsets), LongerOffsets: slices.Clone(fixedOffsets)}
		change(&r, &a)
		if same, err := db.Confirmed(t.Context(), "test", r, a); err != nil || same != (name == "") {
			t.Errorf("confirmed already, with %q: %v, %v", name, same, err)
		}
	}
	arms, err := db.Confirmations(t.Context(), "")
	if err != nil || len(arms) != 1 {
		t.Fatalf("%d confirmed arms, error %v; want 1", len(arms), err)
	}
	a := arms[0]
	if a.Study != "test" || a.Trial != 2 || a.Round != 1 || a.Seeds != 6 || a.TestReads != 1 || !cmp.Equal(a.Images, []int64{50, 50, 50, 50}) {
		t.Errorf("confirmed arm %+v", a)
	}
	for i, f := range made.Comparisons {
		row, d := a.Rows[i], f.Spread
		want := runs.ConfirmedRow{
			What: f.What, Against: f.Against, Spread: d.A, BalancedAccuracy: f.BalancedAccuracy.A,
			AgainstSpread: d.B, AgainstBalancedAccuracy: f.BalancedAccuracy.B,
			Difference: d.Estimate, DifferenceLow: d.Low, DifferenceHigh: d.High, DifferenceSE: d.SE, Freedom: d.Freedom,
			PValue: d.PValue, SeedPValue: d.SignFlip(), Measurable: d.Measurable, PlainSpread: f.Plain.A, AgainstPlainSpread: f.Plain.B,
			PlainDifferenceLow: f.Plain.Low, PlainDifferenceHigh: f.Plain.High,
			AccuracyDrop: f.Drop.Drop, AccuracyDropLow: f.Drop.Low, AccuracyDropHigh: f.Drop.High, Tolerance: f.Drop.Holding,
			AccuracyLow: f.BalancedAccuracy.Low, AccuracyHigh: f.BalancedAccuracy.High, AccuracySE: f.BalancedAccuracy.SE, AccuracyFreedom: f.BalancedAccuracy.Freedom,
			OverTolerance: f.Over, ScoreDifference: f.Score.Estimate, ScoreLow: f.Score.Low, ScoreHigh: f.Score.High,
			ScoreSE: f.Score.SE, ScoreFreedom: f.Score.Freedom, ScorePValue: f.Score.Below(),
			Gained: row.Gained, Lost: row.Lost,
		}
		if diff := cmp.Diff(want, row); diff != "" || len(row.Gained) != len(f.Gained()) || len(row.Lost) != len(f.Lost()) {
			t.Errorf("row %d (-want +got):\n%s", i, diff)
		}
	}
	if diff := cmp.Diff(made.Options, a.Options); diff != "" {
		t.Errorf("options (-made +stored):\n%s", diff)
	}
	if n := query(t, db, `SELECT count(*), min(recall_low <= test_recall AND test_recall <= recall_high) FROM option_recalls`).Rows; !cmp.Equal(n, [][]any{{int64(9 * 4), int64(1)}}) {
		t.Errorf("option_recalls has %v; want four classes of nine options within their intervals", n)
	}
	view := query(t, db, `SELECT what, against, difference, p_value, test_reads FROM confirmations`)
	if len(view.Rows) != len(made.Comparisons) || view.Rows[0][4] != int64(1) {
		t.Errorf("the view has %v", view.Rows)
	}
	recalls := query(t, db, `SELECT phase, count(*), count(test_recall) FROM class_recalls WHERE phase <> 'search' GROUP BY phase ORDER BY phase`)
	want := [][]any{
		{"equal-cost", int64(24), int64(24)}, {"longer", int64(24), int64(24)}, {"nothing", int64(24), int64(24)},
		{"weights-fixed", int64(24), int64(24)}, {"weights-remeasured", int64(24), int64(24)},
	}
	if diff := cmp.Diff(want, recalls.Rows); diff != "" {
		t.Errorf("class_recalls (-want +got):\n%s", diff)
	}
	if rows := query(t, db, `SELECT count(test_recall) FROM class_recalls WHERE phase = 'search'`).Rows; rows[0][0] != int64(0) {
		t.Errorf("%v runs of the search have a test recall", rows[0][0])
	}
}

// TestReadingsOfTheTestPart: repeating is no other reading, another arm and more
// seeds are; a later confirmation replaces the earlier one, unless it is on fewer
// seeds: else one could try numbers of seeds and keep the one that pleases.
func TestReadingsOfTheTestPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	most := make(map[int]int)
	for i, c := range []struct{ trial, seeds, reads, arms int }{
		{2, 6, 1, 1}, {2, 6, 1, 1}, {3, 6, 2, 2}, {2, 7, 3, 2}, {2, 6, 3, 2}, {2, 7, 3, 2},
	} {
		if _, err := confirmTrial(t.Context(), t, db, c.trial, c.seeds, 2, trainer()); err != nil {
			t.Fatal(err)
		}
		most[c.trial] = max(most[c.trial], c.seeds)
		arms, err := db.Confirmations(t.Context(), "test")
		if err != nil || len(arms) != c.arms || arms[0].TestReads != c.reads {
			t.Errorf("confirmation %d: %d arms, error %v, readings %+v; want %d arms and %d readings", i+1, len(arms), err, arms, c.arms, c.reads)
		}
		for _, a := range arms {
			if a.Seeds != most[a.Trial] {
				t.Errorf("confirmation %d: trial %d stands with %d seeds; want %d", i+1, a.Trial, a.Seeds, most[a.Trial])
			}
		}
	}
}

// TestShorterContinuation: a confirmation that was cut short and is ended on fewer
// seeds was one reading.
func TestShorterContinuation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	broken := &trainertest.Synthetic{Response: 0.3, Before: func(context.Context, objective.Job) error {
		if n++; n == 9 {
			cancel()
		}
		return nil
	}}
	if _, err := confirmTrial(ctx, t, db, 2, 10, 1, broken); !objective.IsInterruption(err) {
		t.Fatalf("error %v; want an interruption", err)
	}
	if _, err := confirmTrial(t.Context(), t, db, 2, 6, 1, trainer()); err != nil {
		t.Fatal(err)
	}
	if arms, err := db.Confirmations(t.Context(), ""); err != nil || len(arms) != 1 || arms[0].Seeds != 6 || arms[0].TestReads != 1 {
		t.Errorf("confirmed %+v, error %v; want 6 seeds and one reading", arms, err)
	}
}

// TestFailedReadings: a reading that failed before any result came is recorded and does not
// count, whichever training of it failed; one of which a single result came counts, though
// nothing was confirmed.
func TestFailedReadings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	fails := func(from int) *trainertest.Synthetic {
		n := 0
		return &trainertest.Synthetic{Response: 0.3, Before: func(_ context.Context, job objective.Job) error {
			if n++; job.Test && n >= from {
				return errors.New("no test labels")
			}
			return nil
		}}
	}
	for _, c := range []struct {
		name    string
		trial   int
		trainer *trainertest.Synthetic
		fails   bool
		counted int64
	}{
		{"every training fails", 2, fails(0), true, 0},
		{"again", 2, fails(0), true, 0},
		{"the second training fails", 2, fails(2), true, 1},
		{"it succeeds", 2, trainer(), false, 1},
		{"another arm", 1, trainer(), false, 2},
	} {
		if _, err := confirmTrial(t.Context(), t, db, c.trial, 6, 1, c.trainer); (err != nil) != c.fails {
			t.Fatalf("%s: error %v", c.name, err)
		}
		if rows := query(t, db, `SELECT test_reads FROM readings`).Rows; len(rows) != 1 || rows[0][0] != c.counted {
			t.Errorf("%s: %v readings; want %d", c.name, rows, c.counted)
		}
	}
}

// TestReadingsOfOtherSplits: a test part of the source's own is the same one for every
// split; one that is held out is another with another seed, and with another share
// has examples in common.
func TestReadingsOfOtherSplits(t *testing.T) {
	for _, c := range []struct {
		study, reading string
		same           bool
	}{
		{`{"validation":0.2,"test":0,"limit":0,"seed":1}`, `{"validation":0.21,"test":0,"limit":50,"seed":2}`, true},
		{`{"validation":0.2,"test":0.2,"limit":0,"seed":1}`, `{"validation":0.3,"test":0.2,"limit":50,"seed":1}`, true},
		{`{"validation":0.2,"test":0.2,"limit":0,"seed":1}`, `{"validation":0.2,"test":0.2,"limit":0,"seed":2}`, false},
		{`{"validation":0.2,"test":0.2,"limit":0,"seed":1}`, `{"validation":0.2,"test":0.3,"limit":0,"seed":1}`, true},
		{`{"validation":0.2,"test":0.2,"limit":0,"seed":1}`, `{"validation":0.2,"test":0,"limit":0,"seed":1}`, false},
	} {
		path := filepath.Join(t.TempDir(), "x.db")
		complete(t, path, 2)
		db := open(t, path, runs.Options{})
		other(t, path, `PRAGMA foreign_keys = OFF; UPDATE studies SET split = '`+c.study+`';
			INSERT INTO test_reads (data, split, number, study, trial, at, round, seeds, reference, resplit)
			SELECT data, '`+c.reading+`', 1, number, 1, '', 1, 10, '', 0 FROM studies`)
		want := int64(0)
		if c.same {
			want = 1
		}
		if rows := query(t, db, `SELECT test_reads FROM readings`).Rows; len(rows) != 1 || rows[0][0] != want {
			t.Errorf("a reading of %s by a study of %s counts %v; want %d", c.reading, c.study, rows, want)
		}
	}
}

// TestConfirmationGoesOn: cut short and continued, the history is that of one that
// was not, and gc leaves a repetition nothing to train.
func TestConfirmationGoesOn(t *testing.T) {
	folder := t.TempDir()
	whole, cut := filepath.Join(folder, "whole.db"), filepath.Join(folder, "cut.db")
	for _, path := range []string{whole, cut} {
		complete(t, path, 2)
	}
	if _, err := confirmTrial(t.Context(), t, open(t, whole, runs.Options{}), 2, 6, 1, trainer()); err != nil {
		t.Fatal(err)
	}
	db := open(t, cut, runs.Options{})
	for _, at := range []int{3, 9} {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		broken := &trainertest.Synthetic{Response: 0.3, Before: func(context.Context, objective.Job) error {
			if n++; n == at {
				cancel()
			}
			return nil
		}}
		if _, err := confirmTrial(ctx, t, db, 2, 6, 1, broken); !objective.IsInterruption(err) {
			t.Fatalf("cut at training %d: error %v; want an interruption", at, err)
		}
		cancel()
	}
	for _, path := range []string{whole, cut} { // also while it is interrupted
		if _, err := open(t, path, runs.Options{}).FreeLogits(t.Context(), runs.Cleaning{All: true}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := confirmTrial(t.Context(), t, db, 2, 6, 3, trainer()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.FreeLogits(t.Context(), runs.Cleaning{All: true}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(runstest.Tables(t, whole), runstest.Tables(t, cut)); diff != "" {
		t.Errorf("the continued confirmation differs (-whole +cut):\n%s", diff)
	}
	idle := &trainertest.Synthetic{Response: 0.3, Before: func(context.Context, objective.Job) error { return errors.New("a training") }}
	if c, err := confirmTrial(t.Context(), t, db, 2, 6, 1, idle); err != nil || len(c.Comparisons) != 30 {
		t.Errorf("repeated after gc: error %v; want the same thirty findings without a training", err)
	}
}
