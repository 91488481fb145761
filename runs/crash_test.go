//go:build unix

package runs_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search"
	"evenkeel/search/random"
)

// The test binary is also the program that is killed: with this variable set to
// PATH|PHASE|N it works on the test study in the database at PATH and kills
// itself, as kill -9 would, the Nth time the writer is in PHASE.
const crashVariable = "EVENKEEL_TEST_CRASH"

func TestMain(m *testing.M) {
	if task := os.Getenv(crashVariable); task != "" {
		if err := crash(task); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if path := os.Getenv(unwritableVariable); path != "" {
		if err := openUnwritable(path, os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// The phases outside the writer in which the program is killed.
const (
	phaseSuggesting = "suggesting" // a step is about to be decided
	phaseTraining   = "training"   // a training run has begun
)

// acknowledging prints the address of every run that was saved.
type acknowledging struct{ *runs.Study }

func (a acknowledging) Save(ctx context.Context, id objective.RunID, spec objective.Spec, r *objective.Result) error {
	err := a.Study.Save(ctx, id, spec, r)
	if err == nil {
		fmt.Println(id)
	}
	return err
}

// crash is the program that is killed.
func crash(task string) error {
	ctx := context.Background()
	parts := strings.Split(task, "|")
	n, err := strconv.Atoi(parts[2])
	if err != nil {
		return err
	}
	var mu sync.Mutex // trainings begin side by side
	die := func(phase string) {
		mu.Lock()
		defer mu.Unlock()
		if phase != parts[1] {
			return
		}
		if n--; n == 0 {
			fmt.Println("killed in", phase)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it arrives
		}
	}
	db, err := runs.Open(ctx, parts[0], runs.Options{Trace: die})
	if err != nil {
		return err
	}
	def, err := definition([]string{screened})
	if err != nil {
		return err
	}
	s, _, err := db.OpenStudy(ctx, def, runs.Invocation{})
	if err != nil {
		return err
	}
	t := trainer()
	t.Before = func(context.Context, objective.Job) error { die(phaseTraining); return nil }
	if err := s.Describe(ctx, "synthetic", t.Info()); err != nil {
		return err
	}
	d := search.Driver{Definition: def, Store: acknowledging{s}, Trainer: t, Sampler: random.New(), Parallel: 2, Clock: time.Now}
	d.Observe = func(e search.Event) {
		if e.Kind == search.EventSuggesting {
			die(phaseSuggesting)
		}
	}
	_, err = d.Run(ctx, nil)
	return errors.Join(err, s.EvictLogits(ctx), s.Close("done"), db.Close())
}

// TestKilledStudyEndsTheSame kills a study while it decides, while it trains and
// in every phase of a transaction, early and late. Every run that was acknowledged is there, the file is sound, the lock
// is free, and the study, continued, ends with the tables of one never killed.
func TestKilledStudyEndsTheSame(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.db")
	complete(t, whole, 2, screened)
	want := runstest.Tables(t, whole)
	phases := []string{phaseSuggesting, phaseTraining, runs.PhaseBegin, runs.PhaseWrite, runs.PhaseCommit, runs.PhaseCommitted}
	hit := make(map[string]int)
	for _, phase := range phases {
		t.Run(phase, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "killed.db")
			for _, n := range []int{1, 7, 15} {
				if n > 1 && phase == runs.PhaseWrite {
					n *= 3 // several records a transaction
				}
				acknowledged, in := killed(t, path, phase, n)
				hit[in]++
				sound(t, path, acknowledged)
			}
			complete(t, path, 2, screened)
			if diff := cmp.Diff(want, runstest.Tables(t, path)); diff != "" {
				t.Errorf("killed in %s and continued (-never killed +killed):\n%s", phase, diff)
			}
		})
	}
	for _, phase := range phases {
		if hit[phase] != 3 {
			t.Errorf("killed %d times in phase %s; want 3", hit[phase], phase)
		}
	}
	t.Logf("kills by phase: %v", hit)
}

// killed runs the program until it is killed and returns the runs it
// acknowledged and the phase it says it was in.
func killed(t *testing.T, path, phase string, n int) (acknowledged []objective.RunID, in string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%s|%d", crashVariable, path, phase, n))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%s %d: the program was not killed: %v\n%s", phase, n, err, stderr.String())
	}
	for lines := bufio.NewScanner(&stdout); lines.Scan(); {
		if phase, ok := strings.CutPrefix(lines.Text(), "killed in "); ok {
			in = phase
			continue
		}
		acknowledged = append(acknowledged, objective.RunID(lines.Text()))
	}
	return acknowledged, in
}

// sound checks a file that a killed program left.
func sound(t *testing.T, path string, acknowledged []objective.RunID) {
	t.Helper()
	db, err := runs.Open(t.Context(), path, runs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, check := range []struct{ query, want string }{
		{"PRAGMA integrity_check", "[[ok]]"}, {"PRAGMA foreign_key_check", "[]"},
	} {
		table, err := runstest.Ask(t.Context(), db, check.query)
		if err != nil || fmt.Sprint(table.Rows) != check.want {
			t.Errorf("%s: %v, %v", check.query, table, err)
		}
	}
	for _, id := range acknowledged {
		if _, found, err := db.Run(t.Context(), id); !found || err != nil {
			t.Errorf("run %s was acknowledged and is lost: %v", id, err)
		}
	}
}
