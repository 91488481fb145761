package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"evenkeel/search/studyfile"
)

// documentPaths returns the absolute paths of the README and of every page in docs.
func documentPaths(t *testing.T) []string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	return append(paths, filepath.Join(root, "README.md"))
}

// documents returns their text by name.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := make(map[string]string)
	for _, path := range documentPaths(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Base(path)] = string(text)
	}
	return pages
}

// TestStudyFilesInDocs parses every study file that the documents show.
func TestStudyFilesInDocs(t *testing.T) {
	found := 0
	for name, text := range documents(t) {
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1) {
			found++
			if _, err := studyfile.Parse(name, []byte(block[1]), t.TempDir(), nil); err != nil {
				t.Errorf("%s shows a study file that is refused:\n%v", name, err)
			}
		}
	}
	if found < 2 {
		t.Errorf("%d study files found in the documents, want at least 2", found)
	}
}

// TestExamples parses every study file in examples, whose study has the name of
// the file.
func TestExamples(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "examples", "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d study files in examples, error %v; want at least 1", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		def, err := studyfile.Parse(path, text, t.TempDir(), nil)
		if err != nil {
			t.Errorf("%s is refused:\n%v", path, err)
			continue
		}
		if want := strings.TrimSuffix(filepath.Base(path), ".yaml"); def.Name != want {
			t.Errorf("%s is the study %s; want %s", path, def.Name, want)
		}
	}
}

// TestCommandsInDocs holds every command and flag that the documents name
// against the program.
func TestCommandsInDocs(t *testing.T) {
	root := newRoot()
	found := 0
	for name, text := range documents(t) {
		// A command stands at the beginning of a line of a block, or in backticks.
		for _, line := range regexp.MustCompile("(?m)(?:^|`)(?:\\$ )?evenkeel ([a-z]+)([^`\n|;#]*)").FindAllStringSubmatch(text, -1) {
			cmd, _, err := root.Find([]string{line[1]})
			if err != nil || cmd == root {
				if line[1] != "completion" { // which cobra adds when the program runs
					t.Errorf("%s: there is no command evenkeel %s", name, line[1])
				}
				continue
			}
			found++
			for _, flag := range regexp.MustCompile("--([a-z-]+)").FindAllStringSubmatch(line[2], -1) {
				if !hasFlag(cmd, flag[1]) {
					t.Errorf("%s: evenkeel %s has no flag --%s", name, line[1], flag[1])
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("%d commands found in the documents, want at least 10", found)
	}
}

func hasFlag(cmd *cobra.Command, name string) bool {
	return name == "help" || cmd.Flags().Lookup(name) != nil || cmd.InheritedFlags().Lookup(name) != nil
}

// TestEveryCommand: a file cmd_NAME.go is a command of the program, with a row in the
// README's table and a script that runs it.
func TestEveryCommand(t *testing.T) {
	readme := documents(t)["README.md"]
	var scripts strings.Builder
	paths, err := filepath.Glob(filepath.Join("testdata", "script", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		scripts.Write(text)
	}
	names := make(map[string]bool)
	for _, cmd := range newRoot().Commands() {
		names[cmd.Name()] = true
		if !strings.Contains(readme, "\n| `evenkeel "+cmd.Name()) {
			t.Errorf("the table of commands in README.md has no row for evenkeel %s", cmd.Name())
		}
		if !regexp.MustCompile(`evenkeel ` + cmd.Name() + `\b`).MatchString(scripts.String()) {
			t.Errorf("no script in testdata/script runs evenkeel %s", cmd.Name())
		}
	}
	files, err := filepath.Glob("cmd_*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(file, "cmd_"), ".go"), "_")
		if !names[name] {
			t.Errorf("%s is in no command of newRoot", file)
		}
	}
}
