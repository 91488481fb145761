package data

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseSource(t *testing.T) {
	for _, k := range Kinds() {
		src, err := ParseSource(k.Example)
		if err != nil || src.String() != k.Example || src.Kind != k.Name {
			t.Errorf("the example of %s reads as %+v (%v)", k.Name, src, err)
		}
		if !strings.HasPrefix(k.Example, k.Name) || k.Doc == "" || k.open == nil {
			t.Errorf("kind %+v is incomplete", k)
		}
	}
}

// TestEveryFormatIsFuzzed: every folder that parses a format has a fuzz target.
func TestEveryFormatIsFuzzed(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("internal", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("folders below internal: %v, %v", folders, err)
	}
	for _, folder := range folders {
		tests, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		fuzzed := false
		for _, file := range tests {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fuzzed = fuzzed || bytes.Contains(text, []byte("\nfunc Fuzz"))
		}
		if !fuzzed {
			t.Errorf("%s has no fuzz target; want a function FuzzX in a test file of it", folder)
		}
	}
}

func TestParseSourceRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                `"" is not known; known: embedded`,
		"imagenet:/data":  `"imagenet:/data" is not known; known: embedded`,
		"Embedded":        `"Embedded" is not known, the nearest is embedded; known`,
		"embedded:sample": `"embedded:sample" has a path, and embedded takes none; want just embedded`,
		"embedded:":       `"embedded:" has a path`,
		"csv":             `"csv" has no path; want csv:FILE, such as csv:letter_train.csv`,
		"idx:":            `"idx:" has no path; want idx:DIR, such as idx:/usr/share/datasets/fashion-mnist`,
		"csvs:x.csv":      `"csvs:x.csv" is not known, the nearest is csv; known: embedded, idx:DIR`,
		"cifar:x":         `"cifar:x" is not known, the nearest is cifar10; known`,
	} {
		if _, err := ParseSource(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseSource(%q): error %v; want one with %q", text, err, want)
		}
	}
	for _, src := range []Source{{}, {Kind: "embedded", Path: "x"}, {Kind: "imagenet", Path: "x"}, {Kind: "csv"}} {
		if _, err := Open(src); err == nil || !strings.HasPrefix(err.Error(), "source ") {
			t.Errorf("Open(%+v): error %v", src, err)
		}
	}
}
