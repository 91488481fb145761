package main

import (
	"os"
	"path/filepath"
	"testing"

	"evenkeel/runs"
)

// TestKnowsSeedsOnly: the arms of schema versions 1 and 2 have no image variance, those
// of 3 have; where the matrices have none either, no version was at fault.
func TestKnowsSeedsOnly(t *testing.T) {
	for _, c := range []struct {
		file   string
		counts []int64 // of the validation part, in place of the true ones
		want   bool
	}{{"v1.db", nil, true}, {"v2.db", nil, true}, {"v3.db", nil, false}, {"v2.db", []int64{1, 1, 1}, false}} {
		content, err := os.ReadFile(filepath.Join("..", "..", "runs", "testdata", c.file))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), c.file)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := runs.Open(t.Context(), path, runs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		board, err := db.Leaderboard(t.Context(), "", 0)
		if err != nil {
			t.Fatal(err)
		}
		def, err := readDefinition(t.Context(), db, board.Study.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.counts != nil {
			board.Study.ValCounts = c.counts
		}
		if got, err := knowsSeedsOnly(t.Context(), db, board, def); err != nil || got != c.want {
			t.Errorf("%s with validation counts %v: seeds only %v, error %v; want %v", c.file, board.Study.ValCounts, got, err, c.want)
		}
	}
}
