package runs_test

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search"
)

// historyTrials is the size of the history that the benchmarks work on.
const historyTrials = 1000

// sample is a study with a history in the making.
type sample struct {
	db        *runs.DB
	study     *runs.Study
	def       *search.Definition
	reference objective.Round
	trials    int
}

// newSample returns a study with a history of the given number of trials.
func newSample(b *testing.B, o runs.Options, trials int) *sample {
	b.Helper()
	s := &sample{def: define(b)}
	// The history is made without syncs; the file is then opened as asked.
	path := filepath.Join(b.TempDir(), "bench.db")
	fast, err := runs.Open(b.Context(), path, runs.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	s.db = fast
	s.study = openStudy(b, s.db, s.def)
	s.reference = s.save(b, 0)
	for range trials {
		s.trial(b)
	}
	closeStudy(b, s.study)
	if err := fast.Close(); err != nil {
		b.Fatal(err)
	}
	s.db = open(b, path, o)
	s.study = openStudy(b, s.db, s.def)
	b.Cleanup(func() { _ = s.study.Close("done") })
	return s
}

// trial records one trial with one run of its own: all that a finished run costs.
func (s *sample) trial(b *testing.B) {
	b.Helper()
	s.trials++
	n := s.trials
	step := search.Step{Number: n, Kind: search.NewTrial, Trial: n, Replicates: []int{0}, Point: s.def.Space.Middle(), Conditioned: max(0, n-4)}
	if err := s.study.Append(b.Context(), step); err != nil {
		b.Fatal(err)
	}
	arm := s.save(b, n)
	arm.Round, arm.Weights = 1, []float64{1. / 3, 2. / 3, 3, 4, 5, 6, 7, 8, 9, 10}
	arm.Raw, arm.Shown = arm.Weights, arm.Weights
	outcome := search.Outcome{Step: n, Seconds: 1, Replicates: []objective.Replicate{{
		Seed: 7, Reference: s.reference, Rounds: []objective.Round{s.reference, arm},
	}}}
	arms := []objective.Arm{{Round: 1, Seeds: 1 + n%2, SpreadSE: math.NaN(), Difference: math.Sin(float64(n)), WeightRatio: 2}}
	if err := s.study.Finish(b.Context(), outcome, arms); err != nil {
		b.Fatal(err)
	}
}

// save saves a run of the size of the embedded sample's: 10 classes of 120
// validation examples, 15 epochs, predictions and logits.
func (s *sample) save(b *testing.B, n int) objective.Round {
	b.Helper()
	spec, r := savable(int64(n))
	r.Val, r.Train = objective.NewConfusion(10), objective.NewConfusion(10)
	for c := range 100 {
		r.Val.Add(c/10, c%10, 12)
		r.Train.Add(c/10, c%10, 48)
	}
	r.ValPredictions, r.ValLogits = make([]uint16, 1200), make([]float32, 12000)
	r.Epochs = nil
	for e := range 15 {
		r.Epochs = append(r.Epochs, objective.Epoch{Epoch: e + 1, Loss: 1 / float64(e+1), ValLoss: 0.3})
	}
	id, err := spec.ID()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.study.Save(b.Context(), id, spec, r); err != nil {
		b.Fatal(err)
	}
	return objective.Round{Run: id, Val: r.Val, Train: r.Train, Spread: 0.1, BalancedAccuracy: 0.8, Accuracy: 0.8}
}

// BenchmarkStore is the cost of a finished run with everything that belongs to
// it (its trial, step, arms, logits), on a history of a thousand trials, against
// the disk: a write of as many bytes as the transaction writes, and a sync.
func BenchmarkStore(b *testing.B) {
	b.Run("nosync", func(b *testing.B) {
		s := newSample(b, runs.Options{NoSync: true}, historyTrials)
		for b.Loop() {
			s.trial(b)
		}
		reportMemory(b)
	})
	var store, disk float64 // seconds a run
	var size int64
	b.Run("sync", func(b *testing.B) {
		s := newSample(b, runs.Options{}, historyTrials)
		size = transactionSize(b, s)
		for b.Loop() {
			s.trial(b)
		}
		store = b.Elapsed().Seconds() / float64(b.N)
		b.ReportMetric(float64(size), "bytes/run")
	})
	b.Run("disk", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
		if err != nil {
			b.Fatal(err)
		}
		buffer := make([]byte, size)
		for b.Loop() {
			if _, err := f.Write(buffer); err != nil {
				b.Fatal(err)
			}
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
		disk = b.Elapsed().Seconds() / float64(b.N)
		b.ReportMetric(store/disk, "store/disk")
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	})
}

// transactionSize returns how many bytes a trial adds to the write-ahead log.
func transactionSize(b *testing.B, s *sample) int64 {
	b.Helper()
	var sizes []int64
	for range 9 {
		s.trial(b)
		info, err := os.Stat(s.db.Path() + "-wal")
		if err != nil {
			b.Fatal(err)
		}
		sizes = append(sizes, info.Size())
	}
	return (sizes[8] - sizes[0]) / 8
}

func reportMemory(b *testing.B) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "MB")
}

// BenchmarkLeaderboard is the leaderboard of a thousand trials, and a screen of its view.
func BenchmarkLeaderboard(b *testing.B) {
	s := newSample(b, runs.Options{NoSync: true}, historyTrials)
	if err := s.study.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			board, err := s.db.Leaderboard(b.Context(), "")
			if err != nil || len(board.Rows) < 20 {
				b.Fatal(len(board.Rows), err)
			}
		}
	})
	b.Run("view", func(b *testing.B) {
		for b.Loop() {
			if _, err := runstest.Ask(b.Context(), s.db, `SELECT * FROM leaderboard LIMIT 20`); err != nil {
				b.Fatal(err)
			}
		}
	})
}
