//go:build integration

package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCases runs the scripts that need Python and NumPy: Debian's /usr/bin/python3 and
// python3-numpy.
func TestCases(t *testing.T) {
	client, err := filepath.Abs("../../clients/python")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/integration",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("PYTHONPATH", client)
			e.Setenv("PYTHONDONTWRITEBYTECODE", "1")
			return nil
		},
		RequireExplicitExec: true,
	})
}
