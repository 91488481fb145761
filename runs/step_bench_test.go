package runs_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/runs"
)

// BenchmarkStep is the whole overhead of a finished run: the driver decides a
// step, a trainer answers at once, the run is saved and its outcome recorded,
// all on a history of a thousand trials. Blocks of a hundred steps, the last
// flushed to the disk, alternate with a hundred plain writes of as many bytes
// with a sync each: step/disk is the ratio of the medians over blocks.
func BenchmarkStep(b *testing.B) {
	b.Run("sync=off", func(b *testing.B) { benchmarkStep(b, runs.Options{NoSync: true}) })
	b.Run("sync=full", func(b *testing.B) { benchmarkStep(b, runs.Options{}) })
}

// block is the number of steps between two measurements.
const block = 100

func benchmarkStep(b *testing.B, o runs.Options) {
	path := filepath.Join(b.TempDir(), "steps.db")
	extend(b, path, runs.Options{NoSync: true}, historyTrials, nil)
	m := newMeter(b, path, o)
	b.ResetTimer()
	extend(b, path, o, historyTrials+b.N, m.between)
	b.StopTimer()
	m.report()
}

// extend drives the study of the benchmark to the given number of trials; every
// trial is a run of its own. between is called before each training.
func extend(b *testing.B, path string, o runs.Options, trials int, between func(*runs.Study)) {
	b.Helper()
	def := define(b, `weighting.scheme=[{name: mean-ratio, exponent: {low: 0.25, high: 16, log: true}}]`,
		"weighting.rounds=1", "weighting.update=replace", "search.racing=false", "search.trials="+strconv.Itoa(trials))
	db, err := runs.Open(b.Context(), path, o)
	if err != nil {
		b.Fatal(err)
	}
	study := openStudy(b, db, def)
	instant := &trainertest.Synthetic{Response: 0.7}
	if between != nil {
		var once sync.Mutex // trainings may begin at the same time
		instant.Before = func(context.Context, objective.Job) error {
			once.Lock()
			defer once.Unlock()
			between(study)
			return nil
		}
	}
	if err := drive(b.Context(), def, study, instant, runtime.GOMAXPROCS(0)); err != nil {
		b.Fatal(err)
	}
	closeStudy(b, study)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

// meter times blocks of steps, and the disk in turn with them.
type meter struct {
	b            *testing.B
	path         string
	synced       bool
	file         *os.File
	calls        int
	size         int64
	since        time.Time
	steps, disks []float64 // seconds a step, by block
}

func newMeter(b *testing.B, path string, o runs.Options) *meter {
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return &meter{b: b, path: path, synced: !o.NoSync, file: f}
}

// between is called before each training.
func (m *meter) between(study *runs.Study) {
	m.calls++
	if m.calls%block != 1 {
		return
	}
	if err := study.Flush(m.b.Context()); err != nil {
		m.b.Error(err)
	}
	if !m.since.IsZero() {
		m.steps = append(m.steps, time.Since(m.since).Seconds()/block)
	}
	m.b.StopTimer()
	if size := m.written(); m.synced && len(m.steps) > 0 && size > 0 {
		m.disks = append(m.disks, m.write(size))
	}
	m.b.StartTimer()
	m.since = time.Now()
}

// written returns how many bytes the database and its log grew by per step since
// the last call, 0 when the log was begun anew.
func (m *meter) written() int64 {
	info, err := os.Stat(m.path + "-wal")
	if err != nil {
		return 0
	}
	grown := info.Size() - m.size
	m.size = info.Size()
	return max(0, grown/block)
}

// write writes a block's worth of bytes with a sync for each step, and returns
// the seconds for one.
func (m *meter) write(size int64) float64 {
	buffer := make([]byte, size)
	began := time.Now()
	for range block {
		if _, err := m.file.Write(buffer); err != nil {
			m.b.Error(err)
		}
		if err := m.file.Sync(); err != nil {
			m.b.Error(err)
		}
	}
	return time.Since(began).Seconds() / block
}

func (m *meter) report() {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	m.b.ReportMetric(float64(mem.Sys)/1e6, "MB")
	if len(m.steps) == 0 {
		return
	}
	m.b.ReportMetric(median(m.steps)*1e6, "µs/step")
	if len(m.disks) > 0 {
		m.b.ReportMetric(median(m.disks)*1e6, "µs/disk")
		m.b.ReportMetric(median(m.steps)/median(m.disks), "step/disk")
	}
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
