package nets

import (
	"math"
	"runtime"
	"sync/atomic"
	"testing"

	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets/kernels"
)

// counted counts how often each part was done.
type counted []atomic.Int64

func (c counted) parts(from, to int, _ *kernels.Workspace) {
	for i := from; i < to; i++ {
		c[i].Add(1)
	}
}

// Every turn does every part once, for any number of threads and parts, whether
// the helpers are looking for work, asleep, or about to fall asleep.
func TestPoolDoesEveryPartOnce(t *testing.T) {
	for threads := 1; threads <= 4; threads++ {
		var p pool
		p.start(threads)
		if p.threads() != threads {
			t.Errorf("%d threads; want %d", p.threads(), threads)
		}
		work := make(counted, 40)
		want := make([]int64, len(work))
		for turn := range 600 {
			parts := turn % (len(work) + 1)
			p.do(work, parts, 0)
			for i := range parts {
				want[i]++
			}
			for i := range work {
				if got := work[i].Load(); got != want[i] {
					t.Fatalf("%d threads, turn %d: part %d done %d times; want %d", threads, turn, i, got, want[i])
				}
			}
			if turn%100 == 50 {
				for _, h := range p.helpers {
					for !h.asleep.Load() { // it ends: a helper that finds nothing to do falls asleep
						runtime.Gosched()
					}
				}
			}
		}
		p.close()
	}
}

// The parts of a slice cover it once, in whole units but for the last.
func TestSlice(t *testing.T) {
	for n := 1; n < 70; n++ {
		for _, unit := range []int{1, 4, 32} {
			for parts := 1; parts < 9; parts++ {
				at := 0
				for i := range parts {
					from, to := slice(i, parts, n, unit)
					if from != at || to < from || (to%unit != 0 && to != n) {
						t.Fatalf("part %d of %d of %d in units of %d is %d to %d; want it to begin at %d", i, parts, n, unit, from, to, at)
					}
					at = to
				}
				if at != n {
					t.Fatalf("%d parts of %d in units of %d end at %d", parts, n, unit, at)
				}
			}
		}
	}
}

// processors lets the process have n threads at once during a test, so that a run gets
// them on any machine.
func processors(t *testing.T, n int) {
	t.Helper()
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// A run has as many threads as asked for, but no more than processors, nor than groups
// of images where these are the parts of its work.
func TestThreadsOfARun(t *testing.T) {
	processors(t, 40)
	for _, c := range []struct {
		kind                    string
		asked, processors, want int
	}{
		{"mlp", 0, 40, 1}, {"mlp", 3, 40, 3}, {"mlp", 30, 40, 30}, {"mlp", 30, 4, 4}, {"softmax", 30, 4, 4},
		{"cnn", 3, 40, 3}, {"cnn", 30, 40, imageParts}, {"resnet8", 30, 40, imageParts}, {"resnet8", 30, 2, 2},
	} {
		runtime.GOMAXPROCS(c.processors)
		splits := tinySplits()
		if models.OnImages(c.kind) {
			splits = imageSplits()
		}
		tr, err := New(splits, Options{Threads: c.asked})
		if err != nil {
			t.Fatal(err)
		}
		r := startRun(t, tr, tinyModel(c.kind))
		if got := r.compute.threads(); got != c.want {
			t.Errorf("%s on %d processors has %d threads where %d were asked for; want %d", c.kind, c.processors, got, c.asked, c.want)
		}
		r.close()
	}
}

// Threads change no bit of a run, for any model.
func TestThreadsChangeNothing(t *testing.T) {
	processors(t, 3)
	for name, c := range map[string]struct {
		model  map[string]any
		images bool
	}{
		"softmax": {tinyModel("softmax"), false},
		"mlp":     {tinyModel("mlp", "hidden", []int64{200, 70}, "batch", int64(96), "dropout", 0.2), false},
		"sgd":     {tinyModel("mlp", "optimizer", "sgd", "momentum", 0.9, "hidden", []int64{300, 300}), false},
		"cnn":     {tinyModel("cnn", "dropout", 0.1), true},
		"resnet8": {tinyModel("resnet8"), true},
	} {
		splits := tinySplits()
		if c.images {
			splits = imageSplits()
		}
		var first string
		for _, threads := range []int{1, 2, 3} {
			tr, err := New(splits, Options{Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			r := tinyTrain(t, tr, c.model, 1)
			if threads == 1 {
				first = r.Parameters
			}
			if r.Parameters != first {
				t.Errorf("%s: parameters %s on %d threads, %s on one", name, r.Parameters, threads, first)
			}
		}
	}
}

// A step in the steady state allocates nothing, on one thread and on two, with
// anything switched on; the steps include the incomplete last batch.
func TestStepsAllocateNothing(t *testing.T) {
	processors(t, 2)
	for name, c := range map[string]struct {
		model  map[string]any
		images bool
	}{
		"softmax":          {tinyModel("softmax"), false},
		"mlp":              {tinyModel("mlp", "hidden", []int64{300, 70}, "batch", int64(96)), false},
		"mlp with dropout": {tinyModel("mlp", "dropout", 0.2, "hidden", []int64{9, 8}), false},
		"mlp with sgd":     {tinyModel("mlp", "optimizer", "sgd", "momentum", 0.9, "weight_decay", 0.01), false},
		"cnn":              {tinyModel("cnn", "dropout", 0.1, "augment", models.AugmentFlipCrop), true},
		"resnet8":          {tinyModel("resnet8", "augment", models.AugmentFlipCrop), true},
	} {
		for _, threads := range []int{1, 2} {
			for _, weights := range [][]float32{nil, {1, 2, 3}} {
				if got := stepAllocations(t, c.model, c.images, threads, weights); got > 0 {
					t.Errorf("%s on %d threads, weights %v: %v allocations in 50 steps; want none", name, threads, weights, got)
				}
			}
		}
	}
}

// stepAllocations returns how often memory is allocated in 50 steps: the least of a few
// measurements, since one counts what the rest of the process allocates too.
func stepAllocations(t *testing.T, model map[string]any, images bool, threads int, weights []float32) float64 {
	t.Helper()
	splits := tinySplits()
	if images {
		splits = imageSplits()
	}
	tr, err := New(splits, Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	r := startRun(t, tr, model)
	defer r.close()
	if got := r.compute.threads(); got != threads {
		t.Fatalf("%d threads; want %d", got, threads)
	}
	fewest := math.Inf(1)
	for attempt := 0; attempt < 5 && fewest > 0; attempt++ {
		fewest = min(fewest, testing.AllocsPerRun(1, func() {
			for k := range 50 {
				if err := r.step(k%r.loader.count(), weights); err != nil {
					t.Error(err)
				}
			}
		}))
	}
	return fewest
}
