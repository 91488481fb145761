//go:build integration

package examples_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// program is the program under test, built as a user builds it.
type program struct {
	path string
	// dir is where it is started, and env its environment. Its children inherit
	// mark, by which they can be found.
	dir, db string
	env     []string
	mark    string
}

// build builds the program once for all tests of t.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "evenkeel")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/evenkeel")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// example returns the program in an example's folder, started as its README
// says, with Debian's python3 before any other and a database of its own.
func example(t *testing.T, path, name string) *program {
	t.Helper()
	db := filepath.Join(t.TempDir(), "evenkeel.db")
	mark := "EVENKEEL_EXAMPLE=" + db
	return &program{path: path, dir: name, db: db, mark: mark, env: append(os.Environ(),
		"PATH=/usr/bin:/bin:"+os.Getenv("PATH"), "PYTHONPATH=../../clients/python", "PYTHONDONTWRITEBYTECODE=1", mark)}
}

func (p *program) command(t *testing.T, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd = exec.CommandContext(t.Context(), p.path, append(args, "--db", p.db)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.dir, p.env, stdout, stderr
	return cmd, stdout, stderr
}

// run runs a command of the program, which must succeed.
func (p *program) run(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	started := time.Now()
	cmd, out, log := p.command(t, args...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("evenkeel %s: %v\n%s%s", strings.Join(args, " "), err, out, log)
	}
	t.Logf("evenkeel %s: %.1f s\n%s%s", strings.Join(args, " "), time.Since(started).Seconds(), log, out)
	return out.String(), log.String()
}

// left waits until no process of the program is left, and reports those that
// outlast a generous limit.
func (p *program) left(t *testing.T) {
	t.Helper()
	var found []string
	for range 100 {
		if found = marked(t, p.mark); len(found) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("processes left behind:\n%s", strings.Join(found, "\n"))
}

// marked returns the command lines of the processes with a mark in their environment.
func marked(t *testing.T, mark string) []string {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d processes in /proc, error %v; want some", len(paths), err)
	}
	var found []string
	for _, path := range paths {
		environ, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(environ, []byte(mark)) {
			continue // ended meanwhile, or somebody else's
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		found = append(found, filepath.Base(filepath.Dir(path))+" "+string(bytes.ReplaceAll(line, []byte{0}, []byte(" "))))
	}
	return found
}

// TestExamplesAsAUserStartsThem checks every example, searches with a few
// trials, asks for the same again, and looks for what is left.
func TestExamplesAsAUserStartsThem(t *testing.T) {
	path := build(t)
	for _, c := range []struct {
		name    string
		few     []string // what bounds the search
		classes []string
	}{
		{"pytorch", []string{"--trials", "3", "--set", "search.racing=false"}, []string{"Bag", "Boot", "Coat", "Dress", "Pullover", "Sandal", "Shirt", "Sneaker", "T-shirt", "Trouser"}},
		{"sklearn", []string{"--trials", "5"}, []string{"apple", "cherry", "grape", "lemon", "melon", "peach"}},
		{"shell", []string{"--trials", "5"}, []string{"large", "medium", "small"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := example(t, path, c.name)
			p.run(t, "check", "study.yaml")
			p.left(t)

			search := append([]string{"search", "study.yaml"}, c.few...)
			board, log := p.run(t, search...)
			p.left(t)
			if !regexp.MustCompile(`complete: .* [1-9]\d* trainings`).MatchString(log) {
				t.Errorf("the search does not say that it trained and is complete")
			}
			if want := c.name + " | "; !strings.HasPrefix(board, want) || !strings.Contains(board, "unweighted") {
				t.Errorf("the search does not end with the leaderboard of %s", c.name)
			}
			if got := p.classes(t); !slices.Equal(got, c.classes) {
				t.Errorf("classes %q; want %q", got, c.classes)
			}

			_, log = p.run(t, append(search, "--set", "study=again")...)
			p.left(t)
			if !strings.Contains(log, ", 0 trainings;") {
				t.Errorf("a study of the same trials does not share all of them")
			}
		})
	}
}

// classes asks the history for the names of the classes, and checks that
// something was measured for each.
func (p *program) classes(t *testing.T) []string {
	t.Helper()
	out, _ := p.run(t, "query", "--format", "json",
		`SELECT class, count(*) AS n, max(val_recall) AS best FROM class_recalls GROUP BY class ORDER BY class`)
	var rows []struct {
		Class string
		N     int
		Best  float64
	}
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range rows {
		if r.N == 0 || !(r.Best > 0.3) {
			t.Errorf("class %s: %d recalls, the best %v", r.Class, r.N, r.Best)
		}
		names = append(names, r.Class)
	}
	return names
}

// TestKilledSearchLeavesNothing kills a search by -9 in the middle of training.
func TestKilledSearchLeavesNothing(t *testing.T) {
	p := example(t, build(t), "shell")
	cmd, _, log := p.command(t, "search", "study.yaml", "--set", "model.epochs=1000000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	training := func() bool {
		return slices.ContainsFunc(marked(t, p.mark), func(line string) bool { return strings.Contains(line, "awk -F,") })
	}
	for range 600 {
		if training() {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	began := training()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the killed search ended well")
	}
	if !began {
		t.Fatalf("no training began:\n%s", log)
	}
	p.left(t)
}
