package runs_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// TestStudyIsAStore runs the suites of stores and of caches.
func TestStudyIsAStore(t *testing.T) {
	def := storetest.Definition()
	storetest.Run(t, func(t testing.TB) storetest.Opened {
		db := open(t, filepath.Join(t.TempDir(), "test.db"), runs.Options{NoSync: true})
		s := openStudy(t, db, def)
		t.Cleanup(func() { _ = s.Close("done") }) // opened again, it is closed already
		return storetest.Opened{Store: s, Reopen: func() (search.Store, error) {
			if err := s.Close("done"); err != nil {
				return nil, err
			}
			s = openStudy(t, db, def)
			return s, nil
		}}
	})
}

func TestSaveRefusesAnotherHash(t *testing.T) {
	_, s := newStudy(t, runs.Options{NoSync: true})
	spec, r := savable(1)
	if err := s.Save(t.Context(), "beef", spec, r); err == nil || !strings.Contains(err.Error(), "want the same") {
		t.Errorf("Save under another address: %v", err)
	}
}

// TestParallelismChangesNothing: with one worker, four, and four again in another
// order of completion, all tables are the same but for times.
func TestParallelismChangesNothing(t *testing.T) {
	var want string
	for i, parallel := range []int{1, 4, 4} {
		path := filepath.Join(t.TempDir(), "test.db")
		complete(t, path, parallel, screened)
		got := runstest.Tables(t, path)
		if i == 0 {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("parallel %d against 1 (-1 +%d):\n%s", parallel, parallel, diff)
		}
	}
	if n := strings.Count(want, "\n"); n < 300 {
		t.Errorf("only %d lines were compared", n)
	}
}

// TestInterruptedStudyEndsTheSame: a study interrupted after every few runs, and
// continued by another process's worth of state, has the tables of one that was not.
func TestInterruptedStudyEndsTheSame(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.db")
	complete(t, whole, 2)
	path := filepath.Join(t.TempDir(), "pieces.db")
	pieces := 0
	for ; ; pieces++ {
		if interrupted := piece(t, path, 7); !interrupted {
			break
		}
	}
	if pieces < 5 {
		t.Errorf("the study was in %d pieces; want at least 5", pieces)
	}
	if diff := cmp.Diff(runstest.Tables(t, whole), runstest.Tables(t, path)); diff != "" {
		t.Errorf("in pieces (-whole +pieces):\n%s", diff)
	}
}

// piece continues the study until so many runs were trained.
func piece(t *testing.T, path string, trainings int) (interrupted bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	db, err := runs.Open(ctx, path, runs.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	def := define(t)
	s := openStudy(t, db, def)
	synthetic := trainer()
	left := make(chan struct{}, trainings)
	synthetic.Before = func(context.Context, objective.Job) error {
		select {
		case left <- struct{}{}:
		default:
			cancel()
		}
		return nil
	}
	err = drive(ctx, def, s, synthetic, 2)
	if err != nil && !objective.IsInterruption(err) {
		t.Fatal(err)
	}
	interrupted = ctx.Err() != nil
	if !interrupted {
		if err := s.EvictLogits(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Close("interrupted"), db.Close()); err != nil {
		t.Fatal(err)
	}
	return interrupted
}

// TestLoadReturnsWhatWasRecorded: floats to the bit, NaN included.
func TestLoadReturnsWhatWasRecorded(t *testing.T) {
	_, s := newStudy(t, runs.Options{NoSync: true})
	def := define(t)
	var recorded []search.Record
	point := def.Space.Middle()
	solved := math.Nextafter(2, 3)
	for n := 1; n <= 5; n++ {
		step := search.Step{Number: n, Kind: search.NewTrial, Trial: n, Replicates: []int{0, 1}, Point: point, Conditioned: max(0, n-4)}
		if n == 5 {
			step = search.Step{Number: n, Kind: search.MoreSeeds, Trial: 1, Replicates: []int{2}, Conditioned: 1}
		}
		if err := s.Append(t.Context(), step); err != nil {
			t.Fatal(err)
		}
		record := search.Record{Step: step}
		switch n {
		case 3: // stays open
		case 4:
			record.Outcome = &search.Outcome{Step: n, Err: "the loss is NaN", Seconds: 2.5}
		default:
			o := search.Outcome{Step: n, Seconds: 0.1 * float64(n)}
			for _, r := range step.Replicates {
				rep := objective.Replicate{Replicate: r, Seed: int64(100 + r), Reference: savedRound(t, s, r, 0)}
				rep.Reference.BalancedVariance = 0
				for round := range 3 {
					m := savedRound(t, s, r, round)
					if round > 0 {
						m.Raw = []float64{math.Inf(1), math.NaN(), math.Copysign(0, -1), 0.1}
						m.Weights = []float64{1. / 3, 2. / 3, 1, 2}
						m.Shown = []float64{1e-300, 1e300, math.SmallestNonzeroFloat64, 3}
						m.Solved, m.Fallback = &solved, true
					}
					rep.Rounds = append(rep.Rounds, m)
				}
				o.Replicates = append(o.Replicates, rep)
			}
			record.Outcome = &o
		}
		if record.Outcome != nil {
			if err := s.Finish(t.Context(), *record.Outcome, nil); err != nil {
				t.Fatal(err)
			}
		}
		recorded = append(recorded, record)
	}
	got, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recorded, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("Load (-recorded +got):\n%s", diff)
	}
	if !math.Signbit(got[0].Outcome.Replicates[0].Rounds[1].Raw[2]) {
		t.Error("the sign of -0 was lost")
	}
}

// savedRound saves a run and returns a round that refers to it.
func savedRound(t *testing.T, s *runs.Study, replicate, round int) objective.Round {
	t.Helper()
	spec, r := savable(int64(10*replicate + round))
	id, err := spec.ID()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), id, spec, r); err != nil {
		t.Fatal(err)
	}
	return objective.Round{
		Round: round, Run: id, Val: r.Val, Train: r.Train,
		Spread: 0.1 / float64(1+round), BalancedAccuracy: 1. / 3, Accuracy: math.Nextafter(0.5, 1), BalancedVariance: 1e-7,
	}
}

// savable returns a small run that depends on its number.
func savable(n int64) (objective.Spec, *objective.Result) {
	spec := objective.Spec{Schema: objective.SpecVersion, Trainer: "t", Model: map[string]any{"kind": "softmax"}, Seed: n}
	m := objective.NewConfusion(4)
	for c := range 4 {
		m.Add(c, c, 5+n%7)
		m.Add(c, (c+1)%4, 2)
	}
	return spec, &objective.Result{Val: m, Train: m, Epochs: []objective.Epoch{{Epoch: 1, Loss: 1, ValLoss: math.NaN()}}, Seconds: 1}
}

func TestFirstOutcomeIsFinal(t *testing.T) {
	db, s := newStudy(t, runs.Options{NoSync: true})
	step := search.Step{Number: 1, Kind: search.NewTrial, Trial: 1, Replicates: []int{0}, Point: define(t).Space.Middle()}
	for _, err := range []error{
		s.Append(t.Context(), step),
		s.Finish(t.Context(), search.Outcome{Step: 1, Err: "first"}, nil),
		s.Finish(t.Context(), search.Outcome{Step: 1, Err: "second"}, nil),
		s.Flush(t.Context()),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	trial, err := db.Trial(t.Context(), "", 1)
	if err != nil || trial.State != "failed" || trial.Error != "first" {
		t.Errorf("Trial = %+v, %v; want failed with the first reason", trial, err)
	}
}

func TestArmsMustBeNumbers(t *testing.T) {
	_, s := newStudy(t, runs.Options{NoSync: true})
	err := s.Finish(t.Context(), search.Outcome{Step: 1}, []objective.Arm{{Round: 1, Seeds: 1, Difference: math.NaN()}})
	if err == nil || !strings.Contains(err.Error(), "difference is not a number") {
		t.Errorf("Finish with a difference of NaN: %v", err)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Errorf("the writer was poisoned: %v", err)
	}
}

// TestLogitsAreEvicted: those of the reference and of each trial's best round
// stay, predictions all stay.
func TestLogitsAreEvicted(t *testing.T) {
	db, s := newStudy(t, runs.Options{NoSync: true})
	def := define(t)
	if err := drive(t.Context(), def, s, withLogits{trainer()}, 2); err != nil {
		t.Fatal(err)
	}
	count := func(where string) int64 {
		t.Helper()
		table, err := runstest.Ask(t.Context(), db, `SELECT count(DISTINCT o.run) FROM outputs o LEFT JOIN trial_runs r ON r.run = o.run
			LEFT JOIN trials t ON t.study = r.study AND t.number = r.trial WHERE `+where)
		if err != nil {
			t.Fatal(err)
		}
		return table.Rows[0][0].(int64)
	}
	all := count("kind = 'logits'")
	kept := count("kind = 'logits' AND (r.trial = 0 OR r.round = t.best_round)")
	if all <= kept || kept == 0 {
		t.Fatalf("%d runs have logits and %d are to be kept: the test proves nothing", all, kept)
	}
	if err := s.EvictLogits(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := count("kind = 'logits'"); got != kept {
		t.Errorf("%d runs have logits after eviction; want %d", got, kept)
	}
	if got := count("kind = 'predictions'"); got != all {
		t.Errorf("%d runs have predictions after eviction; want all %d", got, all)
	}
}

// withLogits adds outputs to what a trainer answers.
type withLogits struct{ objective.Trainer }

func (w withLogits) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := w.Trainer.Train(ctx, job)
	if err != nil {
		return nil, err
	}
	if r.ValPredictions == nil {
		r.ValPredictions = make([]uint16, r.Val.Total())
	}
	r.ValLogits = make([]float32, int(r.Val.Total())*r.Val.Classes())
	for i := range r.ValLogits {
		r.ValLogits[i] = float32(i)
	}
	return r, nil
}
