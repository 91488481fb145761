package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers are those of the program from the bottom up; imports point down.
var layers = []string{"schemes", "objective", "search", "runs", "cmd"}

// only says which folder alone may import a module, and why.
var only = []struct{ module, folder, why string }{
	{"gorgonia.org/", "objective/trainers/nets", "graphs and tensors stay behind the Trainer interface"},
	{"github.com/mattn/go-sqlite3", "runs", "the database stays behind the Store interface"},
	{"github.com/expr-lang/expr", "schemes/formula", "formulas are a small part of the language, and nothing else is"},
	{"go.yaml.in/yaml", "search/studyfile", "the text form of a study stays out of the search"},
	{"github.com/spf13/cobra", "cmd", "commands are wiring"},
	{"gopkg.in/natefinch/lumberjack", "objective/trainers/process", "what trainers log stays with their processes"},
	{"github.com/olekukonko/tablewriter", "runs/report", "pages are laid out in one place"},
	{"github.com/vbauerster/mpb", "runs/report", "pages are laid out in one place"},
}

// users lists the folders that may import what trains, beside the folders of
// objective/trainers themselves, tests, and programs beside the layers. What trains brings
// cgo and processes; everybody else knows the Trainer interface.
var users = []struct{ trainer, folder string }{
	{"objective/trainers/all", "runs/session"},
	{"objective/trainers/all", "cmd/evenkeel"},          // Child, the program as a process that trains
	{"objective/trainers/process", "cmd/evenkeel"},      // Guard, the program that ends children with their parent
	{"objective/trainers/nets/kernels", "cmd/evenkeel"}, // its version
}

// inRuns are the folders of runs from the bottom up: one may import those before it.
var inRuns = []string{
	"runs/column", "runs/disk", "runs/schema", "runs/writer", "runs",
	"runs/doctor", "runs/results", "runs/notice", "runs/report", "runs/session",
}

// TestImportsPointDown walks every Go file of the module and compares its imports with
// the layers.
func TestImportsPointDown(t *testing.T) {
	files := 0
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files++
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if fault := importFault(filepath.ToSlash(rel), name); fault != "" {
				t.Errorf("%s imports %s: %s", rel, name, fault)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d Go files were looked at; the walk misses most of the module", files)
	}
}

// importFault says what is wrong with an import in a file, or "".
func importFault(file, name string) string {
	test := strings.HasSuffix(file, "_test.go")
	if name == "math/rand" {
		return "use math/rand/v2 with a derived seed; there is no global generator here"
	}
	folder := filepath.ToSlash(filepath.Dir(file))
	if name == "C" && folder != "objective/trainers/nets/kernels" {
		return "cgo stays in the kernels: everything else builds and is tested without a C compiler's help"
	}
	for _, rule := range only {
		if strings.HasPrefix(name, rule.module) && !strings.HasPrefix(file, rule.folder+"/") {
			return "only " + rule.folder + " may: " + rule.why
		}
	}
	inside, ok := strings.CutPrefix(name, "evenkeel/")
	if !ok {
		return ""
	}
	from := slices.Index(layers, strings.SplitN(file, "/", 2)[0])
	to := slices.Index(layers, strings.SplitN(inside, "/", 2)[0])
	switch {
	case from < 0:
		return "" // tools beside the layers, such as bench
	case to > from:
		return "imports point down: " + strings.Join(layers, " <- ")
	case to == from && !test && folder == layers[from] && folder != "runs": // which has no interfaces, and is built on the folders below it
		return "a layer does not import what implements its interfaces"
	case to == from && !test && adapter(folder) && adapter(inside):
		return "adapters do not import each other"
	case !test && trains(inside) && !mayTrain(folder, inside):
		return "what trains is made by runs/session, and everybody else knows the Trainer interface"
	case !test && slices.Index(inRuns, inside) > slices.Index(inRuns, folder) && slices.Contains(inRuns, folder):
		return "the folders of runs import those before them: " + strings.Join(inRuns, " <- ")
	}
	return ""
}

// trains reports whether a package trains, or joins those that do.
func trains(folder string) bool {
	return slices.ContainsFunc([]string{"nets", "process", "all"}, func(name string) bool {
		return strings.HasPrefix(folder+"/", "objective/trainers/"+name+"/")
	})
}

// mayTrain reports whether a folder may import what trains.
func mayTrain(folder, trainer string) bool {
	return strings.HasPrefix(folder, "objective/trainers/") || slices.ContainsFunc(users, func(u struct{ trainer, folder string }) bool {
		return u.trainer == trainer && u.folder == folder
	})
}

// adapter reports whether a folder implements an interface of its layer: every folder of
// objective/trainers but those that join or test the others, and every folder of search
// but those that serve all samplers.
func adapter(folder string) bool {
	parent, name := path.Split(folder)
	switch parent {
	case "objective/trainers/":
		return !slices.Contains([]string{"all", "trainertest"}, name)
	case "search/":
		return !slices.Contains([]string{"followup", "samplers", "samplertest", "storetest", "studyfile", "testfunc"}, name)
	}
	return false
}

// TestImportFaults makes sure that the rules can fail.
func TestImportFaults(t *testing.T) {
	for _, c := range []struct {
		file, name string
		wrong      bool
	}{
		{"schemes/a.go", "evenkeel/objective", true},
		{"search/driver.go", "evenkeel/runs", true},
		{"runs/db.go", "evenkeel/search", false},
		{"runs/db.go", "evenkeel/runs/disk", false},
		{"search/driver.go", "evenkeel/search/tpe", true},
		{"runs/db.go", "github.com/mattn/go-sqlite3", false},
		{"search/a.go", "github.com/mattn/go-sqlite3", true},
		{"objective/a.go", "evenkeel/objective/trainers/nets", true},
		{"objective/trainers/nets/a.go", "evenkeel/objective", false},
		{"objective/trainers/nets/a.go", "evenkeel/objective/trainers/nets/kernels", false},
		{"objective/trainers/nets/a.go", "evenkeel/objective/trainers/process", true},
		{"objective/trainers/all/a.go", "evenkeel/objective/trainers/process", false},
		{"search/tpe/a.go", "evenkeel/search/random", true},
		{"search/samplers/a.go", "evenkeel/search/random", false},
		{"objective/trainers/nets/a.go", "gorgonia.org/gorgonia", false},
		{"objective/a.go", "gorgonia.org/tensor", true},
		{"schemes/formula/a.go", "github.com/expr-lang/expr/parser", false},
		{"schemes/formula/a.go", "evenkeel/schemes", false},
		{"schemes/a.go", "github.com/expr-lang/expr", true},
		{"schemes/a.go", "evenkeel/schemes/formula", true},
		{"objective/a_test.go", "evenkeel/objective/trainers/trainertest", false},
		{"cmd/evenkeel/a.go", "math/rand", true},
		{"bench/honesty/a.go", "evenkeel/runs", false},
		{"bench/honesty/a.go", "evenkeel/objective/trainers/nets", false},
		{"search/followup/a.go", "evenkeel/objective/trainers/all", true},
		{"search/followup/a.go", "evenkeel/objective/trainers", false},
		{"objective/evidence/check/a.go", "evenkeel/objective/trainers/nets", true},
		{"objective/evidence/check/a_test.go", "evenkeel/objective/trainers/nets", false},
		{"objective/data/a.go", "evenkeel/objective/trainers/process", true},
		{"objective/models/a.go", "evenkeel/objective/trainers/nets/kernels", true},
		{"objective/models/a.go", "C", true},
		{"objective/trainers/nets/kernels/a.go", "C", false},
		{"runs/session/a.go", "evenkeel/objective/trainers/all", false},
		{"runs/session/a.go", "evenkeel/objective/trainers/nets", true},
		{"runs/report/a.go", "evenkeel/objective/trainers/all", true},
		{"cmd/evenkeel/a.go", "evenkeel/objective/trainers/process", false},
		{"cmd/evenkeel/a.go", "evenkeel/objective/trainers/nets", true},
		{"runs/disk/a.go", "evenkeel/runs", true},
		{"runs/column/a.go", "evenkeel/runs/disk", true},
		{"runs/schema/a.go", "evenkeel/runs/disk", false},
		{"runs/results/a.go", "evenkeel/runs/report", true},
		{"runs/results/a.go", "evenkeel/runs/session", true},
		{"runs/results/a.go", "evenkeel/runs", false},
		{"runs/report/a.go", "evenkeel/runs/session", true},
		{"runs/report/a.go", "github.com/vbauerster/mpb/v8", false},
		{"cmd/evenkeel/a.go", "github.com/vbauerster/mpb/v8", true},
		{"bench/honesty/a.go", "github.com/mattn/go-sqlite3", true},
	} {
		if got := importFault(c.file, c.name); (got != "") != c.wrong {
			t.Errorf("%s importing %s: fault %q, want one: %v", c.file, c.name, got, c.wrong)
		}
	}
}
