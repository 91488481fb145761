//go:build integration

package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"evenkeel/objective/trainers/nets/kernels"
)

var update = flag.Bool("update", false, "rewrite the terminal captures in the documents")

// capture is a block of a document that shows what a command prints:
//
//	<!-- capture: evenkeel show 24 -->
//	```
//	...
//	```
var capture = regexp.MustCompile("(?s)(<!-- capture: evenkeel ([^>]*?) -->\n```\n)(.*?)(```\n)")

// TestCaptures runs the built-in study and every command whose output the
// documents show, and holds the documents to it. Where the kernels are those
// the captures were made with, everything but durations must be the same;
// elsewhere the figures may differ, and the lines without figures must not.
// With -update the captures are written anew: make docs.
func TestCaptures(t *testing.T) {
	level, err := kernels.Active()
	if err != nil {
		t.Fatal(err)
	}
	same := level.NumericsID() == "nets/2/fma"
	paths := documentPaths(t)
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "/usr/bin"+string(os.PathListSeparator)+os.Getenv("PATH")) // Debian's Python first
	t.Setenv("PYTHONPATH", filepath.Join(root, "clients", "python"))
	t.Chdir(t.TempDir())
	if err := os.Symlink(filepath.Join(root, "examples"), "examples"); err != nil {
		t.Fatal(err)
	}
	if status := run(t.Context(), []string{"search"}, &bytes.Buffer{}, os.Stderr); status != exitDone {
		t.Fatalf("search ends with status %d", status)
	}
	found := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		now := capture.ReplaceAllStringFunc(string(text), func(block string) string {
			found++
			parts := capture.FindStringSubmatch(block)
			var out bytes.Buffer
			if status := run(t.Context(), strings.Fields(parts[2]), &out, os.Stderr); status != exitDone {
				t.Fatalf("%s: evenkeel %s ends with status %d", path, parts[2], status)
			}
			figures := same
			if strings.HasPrefix(parts[2], "check ") {
				figures = false // they are PyTorch's, which has other kernels on every machine
			}
			if got, want := shape(out.String(), figures), shape(parts[3], figures); got != want && !*update {
				t.Errorf("%s: evenkeel %s now prints something else; run make docs\n got %s\nwant %s", filepath.Base(path), parts[2], got, want)
			}
			return parts[1] + out.String() + parts[4]
		})
		if *update {
			if err := os.WriteFile(path, []byte(now), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found < 2 {
		t.Errorf("%d captures found in the documents, want at least 2", found)
	}
}

// shape is what must not drift in a capture.
func shape(text string, same bool) string {
	text = regexp.MustCompile(`\b[0-9.]+ (s|min|h)\b( [0-9.]+ (s|min)\b)?`).ReplaceAllString(text, "TIME")
	if same {
		return text
	}
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		if finding := regexp.MustCompile(`^(ok|WARNING|FAULT) .{17}`).FindString(line); finding != "" {
			kept = append(kept, finding)
			continue
		}
		if !strings.ContainsAny(line, "0123456789") {
			kept = append(kept, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(kept, "\n")
}
