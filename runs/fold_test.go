package runs_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
)

// TestFileAloneLacksAMinuteAtMost: a copy of the file without its log has what was recorded a
// while ago.
func TestFileAloneLacksAMinuteAtMost(t *testing.T) {
	var clock atomic.Int64
	now := func() time.Time { return time.Unix(clock.Load(), 0) }
	folder := t.TempDir()
	db := open(t, filepath.Join(folder, "test.db"), runs.Options{Now: now})
	s := openStudy(t, db, define(t))
	defer closeStudy(t, s)
	if err := s.Event("noted", "before"); err != nil {
		t.Fatal(err)
	}
	// The first record after a minute is durable before the log is copied, the second after.
	clock.Add(60)
	for range 2 {
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	alone := filepath.Join(folder, "alone.db")
	copyFile(t, db.Path(), alone)
	table, err := runstest.Ask(t.Context(), open(t, alone, runs.Options{ReadOnly: true}), `SELECT count(*) FROM events WHERE kind = 'noted'`)
	if err != nil || table.Rows[0][0] != int64(1) {
		t.Errorf("the file alone has %v, %v; want the event", table, err)
	}
}
