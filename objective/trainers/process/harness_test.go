//go:build unix

package process

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evenkeel/objective"
)

// markVariable is in the environment of everything that a test's trainer starts.
const markVariable = "EVENKEEL_TEST_MARK"

// short are short waits, for programs that are expected to fail.
var short = waits{
	stop: 200 * time.Millisecond, bye: 200 * time.Millisecond, busy: 100 * time.Millisecond, term: 200 * time.Millisecond,
	guard: time.Minute, kill: time.Minute, drain: 10 * time.Second, quick: time.Minute, retry: [...]time.Duration{time.Millisecond, time.Millisecond},
	lack: [...]time.Duration{time.Millisecond, time.Millisecond, time.Millisecond},
}

// options are those of the well-behaved program, with a mark of its own.
func options(t testing.TB) Options {
	t.Helper()
	return Options{
		Command: command(t, "trainer"), Dir: t.TempDir(), Scratch: t.TempDir(),
		Slots: []map[string]string{{
			markVariable: fmt.Sprintf("%s/%d", t.Name(), opened.Add(1)),
			"GORACE":     "atexit_sleep_ms=0", // the program of the tests has the race detector too
		}},
	}
}

// opened makes marks different.
var opened atomic.Int64

// open starts a trainer that is closed with the test, after which no process and
// no file of a run may be left.
func open(t testing.TB, o Options, w waits) *Trainer {
	t.Helper()
	tr, err := start(t.Context(), o, w)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Cleanup(func() {
		if err := tr.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if left := marked(o.Slots[0][markVariable]); len(left) > 0 {
			t.Errorf("after Close these processes are left: %v", left)
		}
		if o.Scratch == "" {
			return
		}
		if left, _ := filepath.Glob(filepath.Join(o.Scratch, "*")); len(left) > 0 && !strings.Contains(t.Name(), "replaced") {
			t.Errorf("after Close these folders are left: %v", left)
		}
	})
	return tr
}

// job is a run on a seed, with parameters for the program.
func job(tr *Trainer, seed int64, params map[string]any) objective.Job {
	info := tr.Info()
	spec := objective.Spec{
		Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics,
		Data: info.Data, Seed: seed, Model: map[string]any{"kind": "command", "epochs": int64(3)},
	}
	for name, value := range params {
		spec.Model[paramPrefix+name] = value
	}
	return objective.Job{Spec: spec}
}

// fault is a run in which the program goes wrong in the given way.
func fault(tr *Trainer, name string, more map[string]any) objective.Job {
	params := map[string]any{"fault": name}
	maps.Copy(params, more)
	j := job(tr, 1, params)
	if name == "endless" {
		j.Spec.Model["epochs"] = int64(1_000_000)
	}
	return j
}

// mustTrain performs a run that has to succeed.
func mustTrain(t testing.TB, tr *Trainer, j objective.Job) *objective.Result {
	t.Helper()
	r, err := tr.Train(t.Context(), j)
	if err != nil {
		t.Fatalf("Train: %v", err)
	}
	if err := r.Check(len(tr.info.Classes)); err != nil {
		t.Fatal(err)
	}
	return r
}

// mustFail performs a run that has to fail with every one of the given words.
func mustFail(t testing.TB, tr *Trainer, j objective.Job, words ...string) {
	t.Helper()
	_ = failure(t, tr, j, words...)
}

// failure is mustFail that returns the error.
func failure(t testing.TB, tr *Trainer, j objective.Job, words ...string) error {
	t.Helper()
	r, err := tr.Train(t.Context(), j)
	if err == nil {
		t.Fatalf("Train succeeded and measured %v; want an error with %q", r.Val.Rows(), words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("Train: %v\nwant an error with %q", err, w)
		}
	}
	var logged *objective.LoggedError
	if !errors.As(err, &logged) {
		t.Errorf("Train: %v is a %T; want an objective.LoggedError in it", err, err)
	}
	return err
}

// pidOf is the process of the first slot, 0 if there is none.
func pidOf(tr *Trainer) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, s := range tr.free {
		if s.number == 0 && s.child != nil {
			return s.child.leader
		}
	}
	return 0
}

// eventually waits, generously, for something to become true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still not so after two minutes: %s", what)
		}
	}
}

// contents returns a file's text.
func contents(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
