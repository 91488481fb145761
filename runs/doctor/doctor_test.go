package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evenkeel/runs/runstest"
)

// history copies a history of the tests, and changes it.
func historyOf(t *testing.T, version string, statements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", version+".db"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "history.db")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if len(statements) > 0 {
		runstest.Change(t, path, statements...)
	}
	return path
}

// here is a machine on which nothing is wrong.
var here = Machine{Program: "test", Go: "go", Platform: "any", Kernels: "avx2", Numerics: "nets/2/fma", Supported: []string{"portable", "avx2"}}

// examine returns the lines by their names.
func examine(t *testing.T, r Request) map[string]Line {
	t.Helper()
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	r.Machine = here
	lines := make(map[string]Line)
	for _, l := range Examine(t.Context(), r) {
		if lines[l.Name].Name != "" {
			t.Errorf("two lines are called %s", l.Name)
		}
		lines[l.Name] = l
	}
	return lines
}

// holds compares a line with its state and with words that it must have, what to do and what was
// found.
func holds(t *testing.T, l Line, state State, words ...string) {
	t.Helper()
	if l.State != state {
		t.Errorf("%s is %s (%s: %s); want %s", l.Name, l.State, l.Advice, l.Text, state)
	}
	if state != OK && l.Advice == "" {
		t.Errorf("%s is %s and says nothing of what to do", l.Name, l.State)
	}
	for _, w := range words {
		if !strings.Contains(l.Advice+": "+l.Text, w) {
			t.Errorf("%s: %q: %q; want %q in it", l.Name, l.Advice, l.Text, w)
		}
	}
}

// TestSound: a sound history is called sound, and looking at it changes nothing.
func TestSound(t *testing.T) {
	path := historyOf(t, "v6")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := examine(t, Request{DB: path, Fix: true})
	for _, name := range []string{"history", "integrity", "schema", "studies", "files beside it", "clock", "kernels", "version"} {
		holds(t, lines[name], OK)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed (%v)", err)
	}
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(files) != 1 {
		t.Errorf("looking left %q", files)
	}
}

// TestFindings: each thing that is wrong is found, with what to do.
func TestFindings(t *testing.T) {
	host, err := json.Marshal(hostname())
	if err != nil {
		t.Fatal(err)
	}
	quoted := "'" + strings.Trim(string(host), `"`) + "'"
	for _, c := range []struct {
		name, version string
		statements    []string
		line          string
		state         State
		words         []string
	}{
		{"a reference that leads nowhere", "v6", []string{"DELETE FROM runs"}, "integrity", Problem, []string{"refers to a row of runs", "restore a backup", "and "}},
		{"an older version", "v5", nil, "schema", Warning, []string{"evenkeel resume"}},
		{"a newer version", "v6", []string{"PRAGMA user_version = 99"}, "schema", Problem, []string{"99", "use the program that wrote the file"}},
		{"killed", "v6", []string{"UPDATE invocations SET ended = NULL, pid = 999999999, host = " + quoted}, "studies", Warning, []string{"was killed", "evenkeel resume"}},
		{"killed, and another process has its number", "v6", []string{fmt.Sprintf("UPDATE invocations SET ended = NULL, pid = %d, host = %s", os.Getpid(), quoted)},
			"studies", Warning, []string{"was killed", "evenkeel resume"}},
		{"elsewhere", "v6", []string{"UPDATE invocations SET ended = NULL, host = 'other.example'"}, "studies", Warning, []string{"on other.example", "unless another machine"}},
		{"not enough room", "v6", []string{"UPDATE invocations SET ended = 'interrupted'", "UPDATE definitions SET canonical = json_set(canonical, '$.search.trials', 1000000000000)"},
			"room for history", Problem, []string{"make room", "evenkeel gc", "needs about"}},
		{"times to come", "v6", []string{"UPDATE runs SET finished = '2999-01-01T00:00:00.000Z'"}, "clock", Warning, []string{"set the clock", "newest entry"}},
		{"other numerics", "v6", []string{"UPDATE studies SET numerics = 'nets/2/portable'", "UPDATE invocations SET ended = 'interrupted'"},
			"kernels", Warning, []string{"nets/2/portable", "another", "bits"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			words := c.words
			if c.name == "other numerics" {
				words = []string{"nets/2/portable", "its own numerics id"}
			}
			holds(t, examine(t, Request{DB: historyOf(t, c.version, c.statements...)})[c.line], c.state, words...)
		})
	}
}

// TestDamaged: pages of tables that were written over are found.
func TestDamaged(t *testing.T) {
	for _, table := range []string{"runs", "trials", "outputs"} {
		path := historyOf(t, "v6")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		h := openHistory(t.Context(), Request{DB: path})
		var page, size int
		err = h.file.Read.QueryRowContext(t.Context(), "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size() WHERE name = ?", table).Scan(&page, &size)
		h.close()
		if err != nil {
			t.Fatal(err)
		}
		copy(text[(page-1)*size:page*size], bytes.Repeat([]byte("damage"), size))
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		holds(t, examine(t, Request{DB: path})["integrity"], Problem, "restore a backup", "damaged")
	}
}

// TestNoHistory: what is no history is said, and the machine is examined all the same.
func TestNoHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	lines := examine(t, Request{DB: path})
	holds(t, lines["history"], Warning, "there is no "+path, "--db")
	holds(t, lines["kernels"], OK)
	if err := os.WriteFile(path, []byte("a letter, not a database"), 0o644); err != nil {
		t.Fatal(err)
	}
	lines = examine(t, Request{DB: path, Fix: true})
	holds(t, lines["history"], Problem, "it is not a SQLite database")
	holds(t, lines["version"], OK)
	if text, err := os.ReadFile(path); err != nil || string(text) != "a letter, not a database" {
		t.Errorf("the file was changed: %q, %v", text, err)
	}
}

// TestClock: a clock that is behind the files is found.
func TestClock(t *testing.T) {
	path := historyOf(t, "v6")
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	holds(t, examine(t, Request{DB: path})["clock"], Warning, "set the clock", "history.db was changed")
}

// TestFilesBeside: files that nobody needs are named, removed if asked for, and others stay.
func TestFilesBeside(t *testing.T) {
	path := historyOf(t, "v6")
	write := func(end string, age time.Duration) string {
		name := path + end
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
		return name
	}
	unneeded := []string{write(".123.partial", 2*time.Hour), write(".1.lock", 0)}
	needed := []string{write(".456.partial", 0), write(".study.log", 100*time.Hour), path}
	holds(t, examine(t, Request{DB: path})["files beside it"], Warning, append(unneeded, fixWith)...)
	l := examine(t, Request{DB: path, Fix: true})["files beside it"]
	holds(t, l, OK)
	if len(l.Done) != len(unneeded) {
		t.Errorf("it says that it did %q", l.Done)
	}
	for _, name := range unneeded {
		if _, err := os.Lstat(name); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range needed {
		if _, err := os.Lstat(name); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
	holds(t, examine(t, Request{DB: path})["files beside it"], OK)
	saved := strings.TrimSuffix(path, ".db") + "-rescued-20260101-000000.db"
	if err := os.WriteFile(saved, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	holds(t, examine(t, Request{DB: path, Fix: true})["files beside it"], Warning, saved)
}

// TestRoom: what is needed is compared with what is free.
func TestRoom(t *testing.T) {
	folder := t.TempDir()
	holds(t, roomLine("room for history", folder, 1e18), Problem, "make room", "1000000000.0 GB")
	t.Setenv("TMPDIR", filepath.Join(folder, "none"))
	holds(t, examine(t, Request{DB: historyOf(t, "v6")})["room for files"], Problem, "set TMPDIR", "does not exist")
}
