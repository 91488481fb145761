package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"evenkeel/runs/runstest"
)

// spoiled are changes of a history that no version of the program makes.
var spoiled = []string{
	`UPDATE trial_runs SET weights = '[1]' WHERE trial > 0`,
	`UPDATE trial_runs SET weights = '[]'`,
	`UPDATE trial_runs SET weights = '{"a": 1}'`,
	`UPDATE trial_runs SET weights = NULL`,
	`UPDATE trial_runs SET raw = '[1, 2]' WHERE trial > 0`,
	`UPDATE trial_runs SET shown = '[]' WHERE trial > 0`,
	`UPDATE matrices SET counts = x'00'`,
	`UPDATE matrices SET counts = substr(counts, 1, length(counts) - 1)`,
	`DELETE FROM matrices WHERE part = 'val'`,
	`DELETE FROM matrices WHERE part = 'train'`,
	`DELETE FROM trial_runs WHERE trial = 0`,
	`DELETE FROM trial_runs WHERE trial > 0`,
	`DELETE FROM trial_runs WHERE round = 1`,
	`UPDATE trial_runs SET round = round + 5`,
	`UPDATE trial_runs SET replicate = replicate + 5`,
	`UPDATE datasets SET classes = '["a"]'`,
	`UPDATE datasets SET classes = '{}'`,
	`UPDATE datasets SET classes = '[]'`,
	`UPDATE datasets SET train_counts = '[1]'`,
	`UPDATE datasets SET train_counts = '[]'`,
	`UPDATE datasets SET labels = x'01'`,
	`UPDATE datasets SET labels = NULL`,
	`DELETE FROM datasets`,
	`UPDATE steps SET replicates = '[]'`,
	`UPDATE steps SET replicates = '[99, -1]'`,
	`UPDATE steps SET replicates = 'x'`,
	`DELETE FROM steps`,
	`UPDATE trials SET point = '{}'`,
	`UPDATE trials SET point = '{"weighting.scheme": 7}'`,
	`UPDATE trials SET point = 'null'`,
	`UPDATE trials SET predicted_round = 99`,
	`UPDATE arms SET round = round + 7`,
	`UPDATE arms SET trial = trial + 70`,
	`UPDATE arms SET trial = 0 WHERE trial = 1`,
	`UPDATE arms SET trial = 900000000000 WHERE trial = 1`,
	`UPDATE arms SET worst_class = 99`,
	`UPDATE arms SET seeds = 0`,
	`UPDATE arms SET seeds = -3`,
	`DELETE FROM arms`,
	`UPDATE definitions SET canonical = '{}'`,
	`UPDATE definitions SET canonical = 'x'`,
	`DELETE FROM definitions`,
	`UPDATE outputs SET data = x'00'`,
	`UPDATE outputs SET data = substr(data, 1, length(data) - 4)`,
	`UPDATE outputs SET format = 'x'`,
	`DELETE FROM outputs`,
	`UPDATE runs SET epochs = '[1]'`,
	`UPDATE invocations SET ended = 'x', started = 'x'`,
	`DELETE FROM invocations`,
}

// TestSpoiledHistories: rows that cannot be are an error, or are left out, and never end a
// command in a panic.
func TestSpoiledHistories(t *testing.T) {
	folder := t.TempDir()
	file, clean := filepath.Join(folder, "s.yaml"), filepath.Join(folder, "clean.db")
	if err := os.WriteFile(file, []byte(strings.Replace(oneVoice, "epochs: 20", "epochs: 3", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, "search", file, "--db", clean, "--confirm")
	history, err := os.ReadFile(clean)
	if err != nil {
		t.Fatal(err)
	}
	for i, change := range spoiled {
		db := filepath.Join(folder, fmt.Sprintf("%d.db", i))
		if err := os.WriteFile(db, history, 0o600); err != nil {
			t.Fatal(err)
		}
		runstest.Change(t, db, `PRAGMA ignore_check_constraints = 1`, change)
		for _, command := range []string{
			"leaderboard", "leaderboard --all --format json", "recommend", "studies", "status", "show 1", "show 2 --format json", "compare 1 2",
			"explain --all", "explain 1", "weights", "weights --trial 1", "weights --trial 2 --format torch", "offsets --study voice", "confirm 1 --dry-run",
			"confirm 1 --seeds 7", "search " + file, "search " + file + " --trials 4",
		} {
			withoutPanic(t, change, append(strings.Fields(command), "--db", db))
		}
	}
}

// withoutPanic runs a command, which may fail.
func withoutPanic(t *testing.T, change string, args []string) {
	t.Helper()
	defer func() {
		if fault := recover(); fault != nil {
			stack := strings.Split(string(debug.Stack()), "\n")
			t.Errorf("after %s\n%v: %v\n%s", change, args, fault, strings.Join(stack[:min(len(stack), 24)], "\n"))
		}
	}()
	var out, log bytes.Buffer
	run(t.Context(), args, &out, &log)
}
