package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
)

// endlessStudy is studyFile with more trials than any test waits for.
func endlessStudy(t *testing.T) string {
	t.Helper()
	folder := studyFile(t, "60")
	path := filepath.Join(folder, "study.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "trials: 6", "trials: 100000, racing: false", 1)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// trialEnds matches the log line of a trial that ended.
var trialEnds = regexp.MustCompile(`(?m)^\S+ trial +\d+ of `)

// askFor returns the only value of a query to a database, which is then known to be sound.
func askFor(t *testing.T, path, query string) int {
	t.Helper()
	db, err := runs.Open(t.Context(), path, runs.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	check, err := runstest.Ask(t.Context(), db, "PRAGMA integrity_check")
	if err != nil || len(check.Rows) != 1 || check.Rows[0][0] != "ok" {
		t.Fatalf("integrity of %s: %v, %v", path, check, err)
	}
	table, err := runstest.Ask(t.Context(), db, query)
	if err != nil {
		t.Fatal(err)
	}
	n, ok := table.Rows[0][0].(int64)
	if !ok {
		t.Fatalf("%s: %v", query, table.Rows)
	}
	return int(n)
}

// ended counts the trials that a log says ended.
func ended(log []string) int { return len(trialEnds.FindAllString(strings.Join(log, "\n"), -1)) }

// rename and remove change the names in a folder.
func rename(t *testing.T, folder, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(folder, from), filepath.Join(folder, to)); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// displacements are what somebody may do to a history in use.
var displacements = []struct {
	name, says string
	do         func(t *testing.T, folder string)
}{
	{"moved", "it was moved or removed", func(t *testing.T, folder string) { rename(t, folder, "x.db", "y.db") }},
	{"moved with its log", "it was moved or removed", func(t *testing.T, folder string) {
		for _, end := range []string{"", "-wal", "-shm"} {
			rename(t, folder, "x.db"+end, "y.db"+end)
		}
	}},
	{"removed", "it was moved or removed", func(t *testing.T, folder string) { remove(t, folder, "x.db", "x.db-wal", "x.db-shm") }},
	{"replaced", "another file was put in its place", func(t *testing.T, folder string) { rename(t, folder, "other.db", "x.db") }},
	{"log removed", "its file x.db-wal was moved or removed", func(t *testing.T, folder string) { remove(t, folder, "x.db-wal") }},
}

// TestDisplacedHistory: a search and a confirmation whose history is moved, removed or replaced
// stop with a status that is not 0, leave what took its place as it is, and save everything
// in a file that works.
func TestDisplacedHistory(t *testing.T) {
	whole := endlessStudy(t)
	small := []string{"search", "study.yaml", "--trials", "1", "--confirm=false", "--db"}
	for _, db := range []string{"other.db", "begun.db"} {
		if status, log := start(t, whole, append(small, db)...).wait(); status != exitDone {
			t.Fatalf("status %d\n%s", status, log)
		}
	}
	trained := askFor(t, filepath.Join(whole, "begun.db"), `SELECT count(*) FROM runs`)
	for _, c := range displacements {
		t.Run("search/"+c.name, func(t *testing.T) {
			folder := displaceable(t, whole, "other.db")
			p := start(t, folder, "search", "study.yaml", "--db", "x.db")
			p.await(" trial 2")
			want := ended(p.seen)
			c.do(t, folder)
			refusedDisplaced(t, p, c.says)
			if got := askFor(t, rescued(t, folder), `SELECT count(*) FROM trials WHERE state = 'complete'`); got < want {
				t.Errorf("%d trials are saved, the log has %d", got, want)
			}
			intact(t, whole, folder, c.name)
			if status, log := start(t, folder, "resume", "--trials", "1", "--db", filepath.Base(rescued(t, folder))).wait(); status != exitDone {
				t.Errorf("what was saved cannot be continued: status %d\n%s", status, log)
			}
		})
		t.Run("confirm/"+c.name, func(t *testing.T) {
			folder := displaceable(t, whole, "other.db", "begun.db")
			rename(t, folder, "begun.db", "x.db")
			p := start(t, folder, "confirm", "1", "--seeds", "1000", "--db", "x.db")
			p.await("2 of 1000 fresh seeds")
			c.do(t, folder)
			refusedDisplaced(t, p, c.says)
			if n := askFor(t, rescued(t, folder), `SELECT count(*) FROM runs`); n < trained+2 {
				t.Errorf("%d runs are saved, want the %d of the search and those of two fresh seeds at least", n, trained)
			}
			intact(t, whole, folder, c.name)
		})
	}
}

// displaceable returns a folder of its own with copies of the study and some files.
func displaceable(t *testing.T, from string, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range append(names, "study.yaml") {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// refusedDisplaced waits for a program whose history is no longer there.
func refusedDisplaced(t *testing.T, p *underTest, says string) {
	t.Helper()
	status, log := p.wait()
	if status != exitFailed || !strings.Contains(log, says) || !strings.Contains(log, "repeat the command with --db ") {
		t.Fatalf("status %d, want %d, and %q and what to do in\n%s", status, exitFailed, says, log)
	}
}

// rescued returns the only file that was saved.
func rescued(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "x-rescued-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("saved are %q, %v; want one file", files, err)
	}
	return files[0]
}

// intact holds that the history that was put in the place of another one is as it was.
func intact(t *testing.T, whole, folder, displacement string) {
	t.Helper()
	if displacement != "replaced" {
		return
	}
	was, err := os.ReadFile(filepath.Join(whole, "other.db"))
	if err != nil {
		t.Fatal(err)
	}
	if n := askFor(t, filepath.Join(folder, "x.db"), `SELECT count(*) FROM trials`); n != 1 {
		t.Errorf("the other history has %d trials, want its own", n)
	}
	if is, err := os.ReadFile(filepath.Join(folder, "x.db")); err != nil || string(is) != string(was) {
		t.Errorf("the other history was changed (%v)", err)
	}
}

// TestTwoNames: a second writer is refused under every name of the file, and a file with two
// names is refused.
func TestTwoNames(t *testing.T) {
	folder := studyFile(t, "1000000")
	if err := os.Symlink("real.db", filepath.Join(folder, "link.db")); err != nil {
		t.Fatal(err)
	}
	first := start(t, folder, "search", "study.yaml", "--db", "link.db") // to what does not exist
	first.await("study interrupted: 6 trials")
	for _, name := range []string{"link.db", "real.db"} {
		second := start(t, folder, "search", "study.yaml", "--db", name)
		second.await("is being worked on by process")
		if status, _ := second.wait(); status != exitFailed {
			t.Errorf("second writer by %s: status %d, want %d", name, status, exitFailed)
		}
	}
	if err := os.Link(filepath.Join(folder, "real.db"), filepath.Join(folder, "hard.db")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"search", "study.yaml"}, {"studies"}} {
		second := start(t, folder, append(args, "--db", "hard.db")...)
		if status, log := second.wait(); status != exitFailed || !strings.Contains(log, "the file has 2 names (hard links)") {
			t.Errorf("%s by a hard link: status %d\n%s", args[0], status, log)
		}
	}
	first.signal(os.Kill)
	first.wait()
}

// TestBackupDuringSearch: a copy made while a search writes is sound and has every trial that
// had finished; it overwrites nothing.
func TestBackupDuringSearch(t *testing.T) {
	folder := endlessStudy(t)
	p := start(t, folder, "search", "study.yaml")
	p.await(" trial 3")
	want := ended(p.seen)
	p.await(" trial 12 of ") // later runs waited for the disk, and what came before them is there too
	if status, log := start(t, folder, "backup", "copy.db").wait(); status != exitDone {
		t.Fatalf("status %d\n%s", status, log)
	}
	if n := askFor(t, filepath.Join(folder, "copy.db"), `SELECT count(*) FROM trials WHERE state = 'complete'`); n < want {
		t.Errorf("the copy has %d complete trials, the log had %d", n, want)
	}
	was, err := os.ReadFile(filepath.Join(folder, "copy.db"))
	if err != nil {
		t.Fatal(err)
	}
	if status, log := start(t, folder, "backup", "copy.db").wait(); status != exitUsage || !strings.Contains(log, "exists already") {
		t.Errorf("over a file: status %d\n%s", status, log)
	}
	if is, err := os.ReadFile(filepath.Join(folder, "copy.db")); err != nil || string(is) != string(was) {
		t.Errorf("the copy was changed (%v)", err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "copy.db?*"))
	if err != nil || len(files) > 0 {
		t.Errorf("beside the copy are %q, %v", files, err)
	}
	p.signal(os.Kill)
	p.wait()
}
