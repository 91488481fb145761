package session

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// earlier returns a history of schema version 5 with a complete study of a program that is not
// there, made of the fixture, and the study's definition.
func earlier(t *testing.T) (path string, def *search.Definition) {
	t.Helper()
	content, err := os.ReadFile("../testdata/v5.db")
	path = filepath.Join(t.TempDir(), "old.db")
	if err = errors.Join(err, os.WriteFile(path, content, 0o600)); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	var canonical string
	if err := db.QueryRow("SELECT canonical FROM definitions WHERE study = 1 ORDER BY revision DESC").Scan(&canonical); err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal([]byte(canonical), &keys); err != nil {
		t.Fatal(err)
	}
	delete(keys, "data")
	keys["model"] = map[string]any{"kind": "command", "command": []string{"./nothing"}}
	text, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	if def, err = studyfile.Parse("old.yaml", text, t.TempDir(), nil); err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("UPDATE definitions SET canonical = ?", string(def.Canonical))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path, def
}

// TestCompleteStudyIsBroughtUpToDate: the arms of a complete study of a program have a charge
// after whoever continues it, and the program is not started: it does not even exist.
func TestCompleteStudyIsBroughtUpToDate(t *testing.T) {
	path, def := earlier(t)
	c, notices := heard(t)
	c.DB = path
	no := false
	if got, err := Search(t.Context(), nil, c, SearchRequest{Definition: def, Confirm: &no}); err != nil || !got.Leaderboard {
		t.Fatalf("%+v, %v; want a leaderboard", got, err)
	}
	if got := notices(); got != "ProgramNotNeeded" {
		t.Errorf("notices %s; want that the program is not needed", got)
	}
	if n := charged(t, c); n == 0 {
		t.Error("no arm has a charge")
	}
}

// TestOtherStudiesAreBroughtUpToDate: whoever works on another study of the file brings all of
// them up to date.
func TestOtherStudiesAreBroughtUpToDate(t *testing.T) {
	c, _ := heard(t)
	c.DB, _ = earlier(t)
	no := false
	if _, err := Search(t.Context(), nil, c, SearchRequest{Definition: define(t, small), Confirm: &no}); err != nil {
		t.Fatal(err)
	}
	if n := charged(t, c); n == 0 {
		t.Error("no arm has a charge")
	}
}

// charged counts the arms of the first study that have a charge; one that has none is an error.
func charged(t *testing.T, c Config) int64 {
	t.Helper()
	db, err := c.openReading(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	table, err := runstest.Ask(t.Context(), db, "SELECT count(charge), count(*) - count(loss_probability) FROM arms WHERE study = 1")
	if err != nil {
		t.Fatal(err)
	}
	if table.Rows[0][1] != int64(0) {
		t.Errorf("%v arms without a loss probability", table.Rows[0][1])
	}
	return table.Rows[0][0].(int64)
}

// TestStoredEpochsAreKept: a study that an earlier version stored with the default of 15
// epochs goes on from its file, which names none, though the data are small. A study that measured nothing is as its file says.
func TestStoredEpochsAreKept(t *testing.T) {
	c, _ := heard(t)
	no := false
	open := strings.Replace(small, ", epochs: 40", "", 1)
	run := func(text string, changes ...string) *search.Definition {
		def := define(t, text, append(changes, "search.screen=off")...)
		if _, err := Search(t.Context(), nil, c, SearchRequest{Definition: def, Confirm: &no}); err != nil {
			t.Fatal(err)
		}
		return def
	}
	run(small, "model.epochs=15", "search.trials=1")
	if got := run(open, "search.trials=2").ReferenceModel()["epochs"]; got != int64(15) {
		t.Errorf("stored with 15 epochs, goes on with %v", got)
	}
	db, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := db.OpenStudy(t.Context(), define(t, small, "study=idle", "model.epochs=15", "search.screen=off"), runs.Invocation{})
	if err == nil {
		err = s.Close(runs.StateFailed)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if got := run(open, "study=idle", "search.trials=1").ReferenceModel()["epochs"]; got == int64(15) {
		t.Errorf("a study that measured nothing has %v epochs; want as many as its data need", got)
	}
}
