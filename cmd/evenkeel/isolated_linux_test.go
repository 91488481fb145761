package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/runs/runstest"
)

// heavy is a study whose trainings take long enough to be killed in one.
const heavy = `
study: heavy
data: {source: embedded, limit: 100}
model: {kind: mlp, epochs: 150, hidden: [[64]]}
weighting:
  scheme: [{name: mean-ratio, exponent: {low: 0.25, high: 4, log: true}}]
  rounds: 2
search: {trials: 5, racing: false, screen: off, parallel: 1}
`

// inFolder writes a study file into a folder of its own.
func inFolder(t *testing.T, text string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "study.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// eventually waits for something that happens in other processes.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for range time.Tick(5 * time.Millisecond) {
		if happened() {
			return
		}
		if deadline, ok := t.Deadline(); ok && time.Until(deadline) < time.Minute {
			t.Fatalf("it does not happen that %s", what)
		}
	}
}

// diedTwice returns a folder with the history of a search that was killed twice in a step.
func diedTwice(t *testing.T) (folder, db string) {
	t.Helper()
	folder = inFolder(t, heavy)
	db = filepath.Join(folder, "evenkeel.db")
	for death := range 2 {
		p := start(t, folder, "search", "study.yaml", "--confirm=false")
		p.await("study heavy: ")
		eventually(t, "steps are performed", func() bool {
			at := runstest.Rows(t, db, `SELECT count(*) FROM invocations WHERE phase = 'searching'
				AND EXISTS (SELECT 1 FROM steps WHERE state = 'open')`)
			return at[0] == fmt.Sprint(death+1)
		})
		p.signal(syscall.SIGKILL)
		p.wait()
	}
	return folder, db
}

// child returns the process that a program trains in; it waits until there is one.
func (p *underTest) child() (pid int) {
	p.t.Helper()
	name := fmt.Sprintf("/proc/%d/task", p.cmd.Process.Pid)
	eventually(p.t, "a training has a process of its own", func() bool {
		threads, _ := os.ReadDir(name)
		for _, thread := range threads {
			text, _ := os.ReadFile(filepath.Join(name, thread.Name(), "children"))
			for _, child := range strings.Fields(string(text)) {
				title, _ := os.ReadFile(filepath.Join("/proc", child, "cmdline"))
				if strings.HasPrefix(string(title), "training-child") {
					_, err := fmt.Sscan(child, &pid)
					return err == nil
				}
			}
		}
		return false
	})
	return pid
}

// TestStudyAfterTwoDeaths: the third time the step's trainings have a process of their own, and
// the study is that of a search that was never killed.
func TestStudyAfterTwoDeaths(t *testing.T) {
	folder, db := diedTwice(t)
	if status, log := start(t, folder, "search", "study.yaml", "--confirm=false", "--db", "whole.db").wait(); status != exitDone {
		t.Fatalf("status %d\n%s", status, log)
	}
	p := start(t, folder, "search", "study.yaml", "--confirm=false")
	p.await("the program died 2 times in step ")
	p.child()
	if status, log := p.wait(); status != exitDone {
		t.Fatalf("status %d\n%s", status, log)
	}
	if diff := cmp.Diff(runstest.Tables(t, filepath.Join(folder, "whole.db")), runstest.Tables(t, db)); diff != "" {
		t.Errorf("the study is another (+) than without the deaths (-):\n%s", diff)
	}
}

// TestDeathOfAChild: the end of the process under a living program fails one trial, with the
// reason, and the search goes on to its end.
func TestDeathOfAChild(t *testing.T) {
	folder, db := diedTwice(t)
	p := start(t, folder, "search", "study.yaml", "--confirm=false")
	if err := syscall.Kill(p.child(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	status, log := p.wait()
	if status != exitDone {
		t.Fatalf("status %d\n%s", status, log)
	}
	failed := runstest.Rows(t, db, `SELECT error FROM trials WHERE state = 'failed'`)
	const want = "the process that this training had for itself was killed by signal 9 (killed); it had "
	if len(failed) != 1 || !strings.Contains(failed[0], want) {
		t.Errorf("failed trials %q; want one with %q\n%s", failed, want, log)
	}
	if complete := runstest.Rows(t, db, `SELECT 1 FROM trials WHERE state = 'complete'`); len(complete) != 4 {
		t.Errorf("%d trials are complete; want the 4 others", len(complete))
	}
}

// TestProgramAndChildKilled: nothing becomes of it, whichever of the two is killed first, and the
// search ends as one that was never killed.
func TestProgramAndChildKilled(t *testing.T) {
	folder, db := diedTwice(t)
	for _, childFirst := range []bool{true, false} {
		p := start(t, folder, "search", "study.yaml", "--confirm=false")
		child := p.child()
		if childFirst {
			if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		p.signal(syscall.SIGKILL)
		p.wait()
		eventually(t, "the process is gone", func() bool {
			title, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child))
			return err != nil || len(title) == 0
		})
		if stored := runstest.Rows(t, db, `SELECT error FROM steps WHERE state = 'failed' UNION ALL SELECT error FROM failed_runs`); len(stored) > 0 {
			t.Fatalf("child first %v: stored as failed: %q", childFirst, stored)
		}
	}
	if status, log := start(t, folder, "search", "study.yaml", "--confirm=false").wait(); status != exitDone {
		t.Fatalf("status %d\n%s", status, log)
	}
	if failed := runstest.Rows(t, db, `SELECT error FROM trials WHERE state <> 'complete'`); len(failed) > 0 {
		t.Errorf("failed trials %q", failed)
	}
}
