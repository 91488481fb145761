package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"evenkeel/objective/trainers/all"
	"evenkeel/objective/trainers/process"
)

// asProgram is the environment variable that makes the test binary the program.
const asProgram = "EVENKEEL_TEST_PROGRAM"

// TestMain lets the test binary be the program itself, so that tests run the
// real thing as a process of its own.
func TestMain(m *testing.M) {
	process.Guard()
	all.Child()
	if os.Getenv(asProgram) != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){
		"evenkeel": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs every script in testdata/script: input, commands and what
// they must print stand together in one file.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"lines":     lines,
			"untouched": untouched,
			"refused":   refused,
			"segments":  writeSegments,
		},
		RequireExplicitExec: true,
	})
}

// exits runs a command and holds its exit status: exits 2 evenkeel search x.yaml.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s exits with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// lines holds the number of lines of stdout, stderr or a file: lines stderr 1.
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines FILE COUNT")
	}
	text := ts.ReadFile(args[0])
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := strings.Count(text, "\n"); got != want {
		ts.Fatalf("%s has %d lines, want %d:\n%s", args[0], got, want, text)
	}
}

// untouched holds that a command left nothing behind: no database, none of its
// side files, no lock.
func untouched(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: untouched")
	}
	entries, err := os.ReadDir(ts.MkAbs("."))
	ts.Check(err)
	for _, e := range entries {
		if strings.Contains(e.Name(), ".db") || strings.HasSuffix(e.Name(), ".lock") {
			ts.Fatalf("%s was left behind", e.Name())
		}
	}
}

// refused holds that search refuses a study file as the contract says: status
// 2, one line that names the place and matches, and nothing left behind.
func refused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: refused FILE REGEXP")
	}
	exits(ts, false, []string{"2", "evenkeel", "search", args[0]})
	lines(ts, false, []string{"stderr", "1"})
	want, err := regexp.Compile("^evenkeel: " + args[1])
	ts.Check(err)
	if text := ts.ReadFile("stderr"); !want.MatchString(text) {
		ts.Fatalf("%s is refused with\n%swant a match of %s", args[0], text, want)
	}
	untouched(ts, false, nil)
}
