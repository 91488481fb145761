package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenkeel/runs/runstest"
)

// TestInterruptedConfirmationContinues interrupts a confirmation with Ctrl-C and
// with a kill, continues it, and compares the history with one never interrupted.
func TestInterruptedConfirmationContinues(t *testing.T) {
	folder := studyFile(t, "40")
	if status, log := start(t, folder, "search", "study.yaml").wait(); status != exitDone {
		t.Fatalf("search: status %d\n%s", status, log)
	}
	before, err := os.ReadFile(filepath.Join(folder, "evenkeel.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"confirm", "1/1", "--seeds", "6"}, {"confirm", "1/1", "--seeds", "6", "--resplit"}} {
		kind := args[len(args)-1]
		uninterrupted := "whole" + kind + ".db"
		if err := os.WriteFile(filepath.Join(folder, uninterrupted), before, 0o600); err != nil {
			t.Fatal(err)
		}
		if status, log := start(t, folder, append(args, "--db", uninterrupted)...).wait(); status != exitDone {
			t.Fatalf("%s, uninterrupted: status %d\n%s", kind, status, log)
		}
		want := runstest.Tables(t, filepath.Join(folder, uninterrupted))
		for _, name := range []string{"Ctrl-C", "kill"} {
			db := name + kind + ".db"
			if err := os.WriteFile(filepath.Join(folder, db), before, 0o600); err != nil {
				t.Fatal(err)
			}
			p := start(t, folder, append(args, "--db", db)...)
			p.await("confirming trial 1 round 1")
			if name == "kill" {
				p.signal(os.Kill)
				p.wait()
			} else {
				p.signal(os.Interrupt)
				if status, log := p.wait(); status != exitInterrupted || !strings.Contains(log, "nothing is claimed") {
					t.Errorf("%s: status %d, log\n%s\nwant %d and that nothing is claimed", db, status, log, exitInterrupted)
				}
			}
			again := start(t, folder, append(args, "--db", db)...)
			if status, log := again.wait(); status != exitDone || !strings.Contains(again.stdout.String(), "test part read once") {
				t.Fatalf("%s, then again: status %d\n%s%s", db, status, log, again.stdout.String())
			}
			if got := runstest.Tables(t, filepath.Join(folder, db)); got != want {
				t.Errorf("%s: the continued history differs from the one never interrupted", db)
			}
		}
	}
}
