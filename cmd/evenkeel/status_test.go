package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search/studyfile"
)

// command runs the program inside the test and returns its status and output.
func command(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	status = run(t.Context(), args, &out, &log)
	return status, out.String(), log.String()
}

// searched returns a database with a study of two trials, which are done, and its path.
func searched(t *testing.T) (path string, db *runs.DB) {
	t.Helper()
	folder := studyFile(t, "2")
	path = filepath.Join(folder, "evenkeel.db")
	if status, _, log := command(t, "search", filepath.Join(folder, "study.yaml"), "--db", path, "--trials", "2"); status != exitDone {
		t.Fatalf("search: status %d\n%s", status, log)
	}
	db, err := runs.Open(t.Context(), path, runs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return path, db
}

// TestWhileAStudyIsSearched: status has its line; what would change the study is
// refused or leaves it alone.
func TestWhileAStudyIsSearched(t *testing.T) {
	path, db := searched(t)
	def, err := results.Definition(t.Context(), db, "", []studyfile.Override{{Key: "search.trials", Value: "6"}})
	if err != nil {
		t.Fatal(err)
	}
	study, _, err := db.OpenStudy(t.Context(), def, runs.Invocation{Host: "", User: "eve", GitCommit: someCommit})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(study.Begin(t.Context(), runs.Searching), study.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := command(t, "status", "--db", path)
	line := regexp.MustCompile(`(?m)^interrupted +2 +6 +[0-9]+ +(?:[-+]?\.[0-9]{3} +)?20[0-9-]+ [0-9:]+ +\S+ +eve +[0-9]+ +searching$`)
	if status != exitDone || !line.MatchString(stdout) || strings.Count(stdout, "\n") != 2 {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	if status, _, stderr := command(t, "invalidate", "1", "--reason", "x", "--db", path); status != exitFailed || !strings.Contains(stderr, "is being worked on by process") {
		t.Errorf("invalidate: status %d\n%s", status, stderr)
	}
	if status, _, stderr := command(t, "gc", "--study", "interrupted", "--db", path); status != exitFailed || !strings.Contains(stderr, "is being worked on by process") {
		t.Errorf("gc of the study: status %d\n%s", status, stderr)
	}
	if status, stdout, stderr := command(t, "gc", "--all", "--db", path); status != exitDone || !strings.Contains(stdout, "freed the logits of 0 runs") ||
		!strings.Contains(stdout, "not changed, since a search is running: interrupted") {
		t.Errorf("gc: status %d\n%s%s", status, stdout, stderr)
	}
	if err := study.Close("done"); err != nil {
		t.Fatal(err)
	}
	if _, stdout, _ := command(t, "status", "--db", path); !strings.HasPrefix(stdout, "No study in ") {
		t.Errorf("after its end:\n%s", stdout)
	}
}

// TestStatusSaysThePhase: what the invocation said it is at, and a time left of
// searches only.
func TestStatusSaysThePhase(t *testing.T) {
	path, db := searched(t)
	def, err := results.Definition(t.Context(), db, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	study, _, err := db.OpenStudy(t.Context(), def, runs.Invocation{User: "eve", GitCommit: someCommit})
	if err != nil {
		t.Fatal(err)
	}
	for _, phase := range []string{"", runs.Searching, runs.Confirming, runs.Measuring} {
		if phase != "" {
			if err := errors.Join(study.Begin(t.Context(), phase), study.Flush(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		if _, stdout, _ := command(t, "status", "--db", path, "--format", "csv"); !strings.HasSuffix(stdout, ",,"+phase+"\n") {
			t.Errorf("after the last trial, %q:\n%s", phase, stdout)
		}
	}
	if err := study.Close("interrupted"); err != nil {
		t.Fatal(err)
	}
}
