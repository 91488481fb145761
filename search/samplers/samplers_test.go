package samplers_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evenkeel/search/samplers"
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

// TestEverySamplerIsListed: a folder of search whose tests run the suite of samplers
// has a sampler, and is in the list.
func TestEverySamplerIsListed(t *testing.T) {
	tests, err := filepath.Glob("../*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range tests {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		folder := path.Base(path.Dir(filepath.ToSlash(file)))
		if folder == "samplertest" || folder == "samplers" || !strings.Contains(string(text), "samplertest.Run(") {
			continue
		}
		found[folder] = true
		list, err := os.ReadFile("samplers.go")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(list), folder+".New()") {
			t.Errorf("search/%s runs the suite of samplers and is not in the list of samplers.go", folder)
		}
	}
	if len(found) < len(samplers.Names()) {
		t.Errorf("%d folders run the suite for %d samplers; want one each", len(found), len(samplers.Names()))
	}
}
