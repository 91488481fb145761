package runs_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search/followup"
)

// onSplit is the synthetic trainer on a split, which has a part in its noise.
type onSplit struct {
	*trainertest.Synthetic
	split objective.Split
}

func (o onSplit) Info() objective.Info {
	info := o.Synthetic.Info()
	info.Split = o.split
	return info
}

func (o onSplit) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	job.Spec.Seed += 7919 * o.split.Resplit
	return o.Synthetic.Train(ctx, job)
}

// confirmResplit confirms round 1 of trial 2 with parts drawn again, and the given
// vector beside it.
func confirmResplit(ctx context.Context, t *testing.T, db *runs.DB, parallel int, synthetic *trainertest.Synthetic) (*followup.Confirmation, error) {
	t.Helper()
	def := define(t)
	s := openStudy(t, db, def)
	defer closeStudy(t, s)
	if err := s.Describe(ctx, "synthetic", synthetic.Info()); err != nil {
		t.Fatal(err)
	}
	stored, err := db.Trial(ctx, "test", 2)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := def.Plan(stored.Point)
	if err != nil {
		t.Fatal(err)
	}
	c := followup.Confirmer{
		Definition: def, Store: s, Trainer: synthetic, Parallel: parallel, Clock: time.Now,
		Redraw: func(seed int64) (objective.Trainer, error) {
			return onSplit{synthetic, objective.Split{Resplit: seed}}, nil
		},
	}
	return c.Run(ctx, nil, followup.Arm{Trial: 2, Round: 1, Plan: plan, Seeds: 6, LongerOffsets: fixedOffsets, Resplit: true})
}

// TestBothKindsAreKept: a confirmation with parts drawn again stands beside one
// without, whichever is made or repeated later; each counts as a reading, and their
// runs can be distinguished.
func TestBothKindsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	db := open(t, path, runs.Options{})
	steps := []struct {
		resplit     bool
		arms, reads int
	}{{false, 1, 1}, {true, 2, 2}, {false, 2, 2}, {true, 2, 2}}
	made := make(map[bool]*followup.Confirmation)
	for i, c := range steps {
		var err error
		if c.resplit {
			made[true], err = confirmResplit(t.Context(), t, db, 2, trainer())
		} else {
			made[false], err = confirmTrial(t.Context(), t, db, 2, 6, 2, trainer())
		}
		if err != nil {
			t.Fatal(err)
		}
		arms, err := db.Confirmations(t.Context(), "test")
		if err != nil || len(arms) != c.arms {
			t.Fatalf("step %d: %d arms, error %v; want %d", i+1, len(arms), err, c.arms)
		}
		for _, a := range arms {
			f := made[a.Resplit].Comparisons
			if a.TestReads != c.reads || len(a.Rows) != len(f) || a.Rows[0].Difference != f[0].Spread.Estimate {
				t.Errorf("step %d: an arm with resplit %v, %d readings and the difference %v; want %d and %v",
					i+1, a.Resplit, a.TestReads, a.Rows[0].Difference, c.reads, f[0].Spread.Estimate)
			}
		}
	}
	if made[true].Comparisons[0].Spread.Estimate == made[false].Comparisons[0].Spread.Estimate {
		t.Error("drawn again, the parts gave the very same difference")
	}
	for sql, want := range map[string][][]any{
		`SELECT resplit, count(*), count(DISTINCT spec ->> '$.split.resplit') FROM confirm_runs JOIN runs ON hash = run GROUP BY resplit ORDER BY resplit`: {
			{int64(0), int64(30), int64(0)}, {int64(1), int64(30), int64(6)}},
		`SELECT resplit, count(*), min(test_reads) FROM confirmations GROUP BY resplit ORDER BY resplit`: {
			{int64(0), int64(30), int64(2)}, {int64(1), int64(23), int64(2)}},
		`SELECT phase, count(*), count(test_recall) FROM class_recalls WHERE phase LIKE '%weights-remeasured' GROUP BY phase ORDER BY phase`: {
			{"resplit weights-remeasured", int64(24), int64(24)}, {"weights-remeasured", int64(24), int64(24)}},
		`SELECT number, resplit FROM test_reads ORDER BY number`: {{int64(1), int64(0)}, {int64(2), int64(1)}},
		// Each split drawn again is described, with its labels and the same test labels.
		`SELECT count(*), count(labels), count(DISTINCT test_labels), count(DISTINCT classes) FROM datasets`: {
			{int64(7), int64(7), int64(1), int64(1)}},
	} {
		if diff := cmp.Diff(want, query(t, db, sql).Rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}

// TestResplitConfirmationGoesOn: cut short and continued, the history is that of one
// that was not, and a repetition trains nothing.
func TestResplitConfirmationGoesOn(t *testing.T) {
	folder := t.TempDir()
	whole, cut := filepath.Join(folder, "whole.db"), filepath.Join(folder, "cut.db")
	for _, path := range []string{whole, cut} {
		complete(t, path, 2)
	}
	if _, err := confirmResplit(t.Context(), t, open(t, whole, runs.Options{}), 1, trainer()); err != nil {
		t.Fatal(err)
	}
	db := open(t, cut, runs.Options{})
	for _, at := range []int{3, 9} {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		broken := trainer()
		broken.Before = func(context.Context, objective.Job) error {
			if n++; n == at {
				cancel()
			}
			return nil
		}
		if _, err := confirmResplit(ctx, t, db, 1, broken); !objective.IsInterruption(err) {
			t.Fatalf("cut at training %d: error %v; want an interruption", at, err)
		}
		cancel()
	}
	for i := range 2 {
		counting, n := trainer(), 0
		counting.Before = func(context.Context, objective.Job) error { n++; return nil }
		if _, err := confirmResplit(t.Context(), t, db, 1, counting); err != nil {
			t.Fatal(err)
		}
		if i == 1 && n > 0 {
			t.Errorf("repeated, it trained %d times; want nothing", n)
		}
		if diff := cmp.Diff(runstest.Tables(t, whole), runstest.Tables(t, cut)); diff != "" {
			t.Errorf("the continued confirmation differs (-whole +cut):\n%s", diff)
		}
	}
}

// TestSplitWithoutResplitKeepsItsRow: the text of a split that is not drawn again,
// which is a key of datasets and test_reads, does not name what only the others have.
func TestSplitWithoutResplitKeepsItsRow(t *testing.T) {
	text, err := json.Marshal(objective.Split{Validation: 0.2, Test: 0.1, Limit: 5, Seed: 3})
	if want := `{"validation":0.2,"test":0.1,"limit":5,"seed":3}`; err != nil || string(text) != want {
		t.Errorf("split %s, %v; want %s", text, err, want)
	}
}
