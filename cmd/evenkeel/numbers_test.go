package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFuzzTargetsInDocs: docs/reliability.md names every fuzz target of the module with its package.
func TestFuzzTargetsInDocs(t *testing.T) {
	page, found := documents(t)["reliability.md"], 0
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		for _, target := range regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`).FindAllStringSubmatch(string(text), -1) {
			found++
			row := regexp.MustCompile("(?m)^\\|.*`" + target[1] + "`.*`" + regexp.QuoteMeta(filepath.ToSlash(folder)) + "`")
			if !row.MatchString(page) {
				t.Errorf("docs/reliability.md has no row with %s of %s", target[1], folder)
			}
		}
		return err
	})
	if err != nil || found < 20 {
		t.Errorf("%d fuzz targets found, error %v; want at least 20", found, err)
	}
}

// TestNumbersOfFlags: what flags and arguments hold as numbers is refused, or is what was written. It
// tries random texts; a fuzz target would have all of the program compiled once more.
func TestNumbersOfFlags(t *testing.T) {
	words := []string{"", "1", "5/2", "0", "-1", "/", "9223372036854775808", ".5", ",", "1e999", "NaN", "+", "٣", "0x1p-2", " ", "_", "\x00"}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		text := ""
		for range rng.IntN(5) {
			text += words[rng.IntN(len(words))]
		}
		if a, err := parseArm(text); err == nil && (a.Trial < 1 || fmt.Sprint(a.Trial) != strings.TrimLeft(strings.Split(text, "/")[0], "+0")) {
			t.Errorf("%q is trial %d", text, a.Trial)
		}
		if n, err := trialNumber(text); err == nil && n < 1 {
			t.Errorf("%q is trial %d", text, n)
		}
		if recalls, err := parseRecalls(text); err == nil {
			for _, v := range recalls {
				if !(v >= 0 && v <= 1) {
					t.Errorf("%q is %v", text, recalls)
				}
			}
		}
		if support, err := parseSupport(text); err == nil && text != "" && len(support) != 1+strings.Count(text, ",") {
			t.Errorf("%q is %v", text, support)
		}
	}
}
