package runs_test

import (
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
)

// TestReadersSeeAPrefix: while a study is written, every reader sees steps 1..n
// whole: each with its trial, and each complete one with all its runs and arms.
func TestReadersSeeAPrefix(t *testing.T) {
	db, s := newStudy(t, runs.Options{NoSync: true})
	var writing atomic.Bool
	writing.Store(true)
	var wg sync.WaitGroup
	var seen atomic.Int64
	for range 4 {
		wg.Go(func() {
			last := int64(-1)
			for writing.Load() {
				n, ok := prefix(t, db)
				if !ok || n < last {
					t.Errorf("a reader saw %d steps after %d, sound: %v", n, last, ok)
					return
				}
				if n > last {
					seen.Add(1)
				}
				last = n
			}
		})
	}
	err := drive(t.Context(), define(t), s, trainer(), 4)
	writing.Store(false)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if seen.Load() < 4 {
		t.Errorf("the readers saw %d states; the test proves little", seen.Load())
	}
}

// prefix counts the steps and looks for holes, in one statement: one state.
func prefix(t *testing.T, db *runs.DB) (n int64, ok bool) {
	table, err := runstest.Ask(t.Context(), db, `SELECT count(*), coalesce(max(number), 0),
		(SELECT count(*) FROM steps s WHERE NOT EXISTS (SELECT 1 FROM trials t WHERE t.study = s.study AND t.number = s.trial)),
		(SELECT count(*) FROM trials t WHERE state = 'complete' AND rounds != (SELECT count(*) FROM arms a WHERE a.study = t.study AND a.trial = t.number)),
		(SELECT count(*) FROM trial_runs r WHERE NOT EXISTS (SELECT 1 FROM matrices m WHERE m.run = r.run AND m.part = 'val'))
		FROM steps`)
	if err != nil {
		t.Error(err)
		return 0, false
	}
	row := table.Rows[0]
	return row[0].(int64), row[0] == row[1] && row[2] == int64(0) && row[3] == int64(0) && row[4] == int64(0)
}

// TestReadersDuringCreation: whoever reads a history that is just being made waits for it, and
// never sees half of it.
func TestReadersDuringCreation(t *testing.T) {
	for range 10 {
		path := filepath.Join(t.TempDir(), "new.db")
		made := make(chan struct{})
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for done := false; !done; {
					select {
					case <-made:
						done = true // once more
					default:
					}
					db, err := runs.Open(t.Context(), path, runs.Options{ReadOnly: true})
					if errors.As(err, new(*runs.MissingError)) && !done {
						continue
					}
					if err != nil {
						t.Errorf("a reader during creation: %v", err)
						return
					}
					if _, err := db.Studies(t.Context()); err != nil {
						t.Errorf("a reader during creation: %v", err)
					}
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				}
			})
		}
		db, err := runs.Open(t.Context(), path, runs.Options{})
		close(made)
		if err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
