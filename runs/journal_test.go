package runs_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
)

// TestDeathInARollbackJournal: what a program wrote that died in a transaction without a
// write-ahead log, as while it makes the file, is undone for everybody who reads.
func TestDeathInARollbackJournal(t *testing.T) {
	folder := t.TempDir()
	whole, dying := filepath.Join(folder, "whole.db"), filepath.Join(folder, "dying.db")
	complete(t, whole, 1)
	want := runstest.Tables(t, whole)
	copyFile(t, whole, dying)
	db, err := sql.Open("sqlite3", "file:"+dying)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // the statements are one transaction
	for _, s := range []string{
		"PRAGMA journal_mode = DELETE", "PRAGMA cache_size = 1", "PRAGMA foreign_keys = 0", "BEGIN", "UPDATE trials SET state = 'failed'",
		"CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT randomblob(1000) FROM n",
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	dead := func(name string) (path string) {
		path = filepath.Join(folder, name)
		for _, end := range []string{"", "-journal"} {
			copyFile(t, dying+end, path+end)
		}
		return path
	}
	torn := dead("torn.db")
	read := dead("read.db")
	written := dead("written.db")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	if err := runstest.Sound(torn); err != nil {
		t.Error(err)
	}
	if got := runstest.Tables(t, torn); got != want {
		t.Error("what the dead program wrote is in the tables")
	}
	for path, readOnly := range map[string]bool{read: true, written: false} {
		history := open(t, path, runs.Options{ReadOnly: readOnly})
		failed, err := runstest.Ask(t.Context(), history, "SELECT count(*) FROM trials WHERE state = 'failed'")
		if err != nil {
			t.Fatalf("ReadOnly %v: %v", readOnly, err)
		}
		if got := failed.Rows[0][0]; got != int64(0) {
			t.Errorf("ReadOnly %v: %v trials have failed; want 0", readOnly, got)
		}
	}
}
