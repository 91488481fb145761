package samplers_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"evenkeel/search"
	"evenkeel/search/samplers"
	"evenkeel/search/samplertest"
)

// TestNames: every sampler can be made by the name that it gives itself, and no two
// have the same.
func TestNames(t *testing.T) {
	names := samplers.Names()
	for i, name := range names {
		s, err := samplers.New(name)
		if err != nil || s.Name() != name {
			t.Errorf("New(%q) is %v, error %v", name, s, err)
		}
		if name == "" || slices.Index(names, name) < i {
			t.Errorf("names %q; want each once, and none empty", names)
		}
	}
	if !slices.Contains(names, samplers.Default()) {
		t.Errorf("the default %s is none of %v", samplers.Default(), names)
	}
	if _, err := samplers.New("gp"); err == nil || !strings.Contains(err.Error(), "want one of random, ") {
		t.Errorf("New(gp): %v; want an error that lists the samplers", err)
	}
}

// TestSuite runs the suite of samplers on every one in the list.
func TestSuite(t *testing.T) {
	for _, name := range samplers.Names() {
		t.Run(name, func(t *testing.T) {
			samplertest.Run(t, func() search.Sampler {
				s, err := samplers.New(name)
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}

// others are the folders of search that hold no sampler.
var others = []string{"followup", "samplers", "samplertest", "storetest", "studyfile", "testdata", "testfunc"}

// TestEverySamplerIsListed: every other folder of search is a sampler in the list, under
// its name, and every sampler has its folder.
func TestEverySamplerIsListed(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(others, e.Name()) {
			folders = append(folders, e.Name())
		}
	}
	names := samplers.Names()
	slices.Sort(names)
	if !slices.Equal(folders, names) {
		t.Errorf("the folders of samplers are %v and samplers.go lists %v", folders, names)
	}
}

// TestDocumented: every sampler is in the documents that say which there are.
func TestDocumented(t *testing.T) {
	for _, page := range []string{"samplers.md", "study-file.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range samplers.Names() {
			if !regexp.MustCompile(`\b` + name + `\b`).Match(text) {
				t.Errorf("docs/%s does not mention the sampler %s", page, name)
			}
		}
	}
}
