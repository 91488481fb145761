package runs_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMakeOldDatabase makes the database of testdata/make.sh where that script
// asks for it, and otherwise the same in a place that goes away.
func TestMakeOldDatabase(t *testing.T) {
	path := os.Getenv("EVENKEEL_TEST_MAKE")
	if path == "" {
		path = filepath.Join(t.TempDir(), "v.db")
	}
	complete(t, path, 2, "search.trials=3", screened)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
}
