//go:build !race

// The race detector reserves more address space than these tests leave.

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"evenkeel/runs/runstest"
)

// limited is the program with at most so many KB of address space. Few processors keep what its
// threads reserve the same on every machine.
func limited(t *testing.T, folder string, kb int, args ...string) *underTest {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &underTest{t: t, cmd: exec.CommandContext(t.Context(), "sh", append([]string{"-c", fmt.Sprintf(`ulimit -v %d && exec "$0" "$@"`, kb), self}, args...)...)}
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	p.launch(folder)
	return p
}

// TestTrainingThatDoesNotFit: a trial that needs more memory than there is ends the search with
// the figures, every time, and is stored as neither failed nor trained. Declared invalid it is
// left out, and the search comes to its end.
func TestTrainingThatDoesNotFit(t *testing.T) {
	folder := inFolder(t, `
study: big
data: {source: embedded, limit: 20}
model: {kind: mlp, epochs: 1, batch: 64, hidden: [[8], [30000, 30000]]}
weighting: {scheme: [{name: mean-ratio, exponent: {low: 0.5, high: 2}}]}
search: {trials: 6, racing: false, screen: off, seed: 1}
`)
	const kb = 3_000_000
	refused := regexp.MustCompile(`trial ([0-9]+): .*a training needs about 14\.[0-9] GB of memory, and here is .* \(limit of address space, ulimit -v\); ` +
		`it was not started.*evenkeel invalidate [0-9]+ --study big`)
	db := filepath.Join(folder, "evenkeel.db")
	left := 0
	for ; ; left++ {
		status, log := limited(t, folder, kb, "search", "study.yaml", "--confirm=false").wait()
		if status == exitDone {
			break
		}
		m := refused.FindStringSubmatch(log)
		if status != exitFailed || m == nil || left == 6 {
			t.Fatalf("status %d after %d trials were left out\n%s", status, left, log)
		}
		if stored := runstest.Rows(t, db, `SELECT 1 FROM failed_runs UNION ALL SELECT 1 FROM steps WHERE state = 'failed' AND trial = ?`, m[1]); len(stored) > 0 {
			t.Fatalf("trial %s is stored as failed\n%s", m[1], log)
		}
		if status, log := limited(t, folder, kb, "search", "study.yaml", "--confirm=false").wait(); status != exitFailed || !refused.MatchString(log) {
			t.Fatalf("tried again, status %d\n%s", status, log)
		}
		if status, log := start(t, folder, "invalidate", m[1], "--reason", "too large").wait(); status != exitDone {
			t.Fatal(log)
		}
	}
	states := runstest.Rows(t, db, `SELECT state || ' ' || coalesce(error, '') FROM trials WHERE invalid IS NOT NULL`)
	for _, state := range states {
		if state != "failed declared invalid before it was trained: too large" {
			t.Errorf("a trial that was left out is %q", state)
		}
	}
	complete := runstest.Rows(t, db, `SELECT 1 FROM trials WHERE state = 'complete'`)
	if left == 0 || len(states) != left || len(complete) != 6-left {
		t.Errorf("%d trials were left out, %d are stored so, %d are complete; want some of both, 6 in all", left, len(states), len(complete))
	}
}

// TestTrainingsThatDoNotFitSideBySide: each fits alone; with little memory they wait for each
// other, and the study is the same.
func TestTrainingsThatDoNotFitSideBySide(t *testing.T) {
	folder := inFolder(t, `
study: two
data: {source: embedded, limit: 20}
model: {kind: mlp, epochs: 1, batch: 64, hidden: [[3000, 3000]]}
weighting: {scheme: [{name: mean-ratio, exponent: {low: 0.5, high: 2}}]}
search: {trials: 3, racing: false, screen: off, seed: 1, parallel: 3}
`)
	search := []string{"search", "study.yaml", "--confirm=false", "--db"}
	if status, log := start(t, folder, append(search, "whole.db")...).wait(); status != exitDone {
		t.Fatalf("with all memory: status %d\n%s", status, log)
	}
	if status, log := limited(t, folder, 2_500_000, append(search, "little.db")...).wait(); status != exitDone {
		t.Fatalf("with little memory: status %d\n%s", status, log)
	}
	want := runstest.Tables(t, filepath.Join(folder, "whole.db"))
	if got := runstest.Tables(t, filepath.Join(folder, "little.db")); got != want || !strings.Contains(want, "mean-ratio") {
		t.Error("with little memory the study is another one")
	}
}
