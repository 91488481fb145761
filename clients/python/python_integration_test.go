//go:build integration

// Package python_test runs the Python client's own tests: with Debian's python3,
// python3-numpy, python3-torch, mypy, python3-pip and python3-setuptools, and it
// fails where one of them is missing.
package python_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// python is Debian's, which has Debian's packages, even if another is on the PATH.
const python = "/usr/bin/python3"

// TestClient runs the tests that need Python alone.
func TestClient(t *testing.T) {
	output := run(t, python, "-m", "unittest")
	if !regexp.MustCompile(`Ran [1-9]\d+ tests in .*\s+OK\s*$`).MatchString(output) {
		t.Errorf("the tests did not all run:\n%s", output)
	}
}

// TestClientWithFrameworks gives it NumPy's arrays and PyTorch's tensors.
func TestClientWithFrameworks(t *testing.T) {
	output := run(t, python, "-m", "unittest", "tests.frameworks")
	if !regexp.MustCompile(`Ran [1-9]\d* tests in .*\s+OK\s*$`).MatchString(output) {
		t.Errorf("the tests did not all run:\n%s", output)
	}
}

// TestOffsets has fit_offsets call the real program.
func TestOffsets(t *testing.T) {
	program := filepath.Join(t.TempDir(), "evenkeel")
	run(t, "go", "build", "-o", program, "../../cmd/evenkeel")
	t.Setenv("EVENKEEL", program)
	output := run(t, python, "-m", "unittest", "tests.offsets")
	if !regexp.MustCompile(`Ran [1-9]\d* tests in .*\s+OK\s*$`).MatchString(output) {
		t.Errorf("the tests did not all run:\n%s", output)
	}
}

// TestTypes checks the types, also for the oldest Python that is promised.
func TestTypes(t *testing.T) {
	run(t, "mypy", "--strict", "--cache-dir="+os.DevNull, "evenkeel.py", "tests")
	run(t, "mypy", "--strict", "--cache-dir="+os.DevNull, "--python-version=3.9", "evenkeel.py")
}

// TestInstalls installs the client as a user would, from a copy, since that leaves
// files behind, and without a download of the build tool.
func TestInstalls(t *testing.T) {
	source, target := t.TempDir(), t.TempDir()
	for _, name := range []string{"evenkeel.py", "pyproject.toml", "README.md"} {
		content, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(source, name), content, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	run(t, python, "-m", "pip", "install", "--no-build-isolation", "--no-index", "--target", target, source)
	if _, err := os.Stat(filepath.Join(target, "evenkeel.py")); err != nil {
		t.Error(err)
	}
}

// run runs a command in this folder and returns its output; it must succeed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, output)
	}
	return string(output)
}
