package runs_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMakeFixture makes the database of testdata/make.sh where that script
// asks for it, and otherwise the same in a place that goes away.
func TestMakeFixture(t *testing.T) {
	path := os.Getenv("EVENKEEL_TEST_MAKE")
	if path == "" {
		path = filepath.Join(t.TempDir(), "v.db")
	}
	complete(t, path, 2, "search.trials=3", screened)
	other(t, path, `UPDATE invocations SET host = 'tower', user = 'eve', pid = 4711`) // whoever makes it
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
}
