package studyfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective/data"
	"evenkeel/search"
)

// Paths start from the folder of the study file, which is /studies here.
func TestDataSource(t *testing.T) {
	for text, want := range map[string]data.Source{
		"source: embedded":                           {Kind: "embedded"},
		"source: idx:mnist":                          {Kind: "idx", Path: "/studies/mnist"},
		"source: cifar10:/data/cifar":                {Kind: "cifar10", Path: "/data/cifar"},
		"source: csv:../a b.csv":                     {Kind: "csv", Path: "/a b.csv", Label: "label"},
		"{source: 'csv:a:b.csv', label: species}":    {Kind: "csv", Path: "/studies/a:b.csv", Label: "species"},
		"{source: csv:a.csv, test_file: b.csv}":      {Kind: "csv", Path: "/studies/a.csv", Label: "label", TestFile: "/studies/b.csv"},
		"{source: csv:a.csv, test_file: none}":       {Kind: "csv", Path: "/studies/a.csv", Label: "label", TestFile: data.NoTestFile},
		"{source: csv:a.csv, test_file: ''}":         {Kind: "csv", Path: "/studies/a.csv", Label: "label"},
		"{source: csv:a.csv, one_hot: true}":         {Kind: "csv", Path: "/studies/a.csv", Label: "label", OneHot: data.OneHot{All: true}},
		"{source: csv:a.csv, one_hot: false}":        {Kind: "csv", Path: "/studies/a.csv", Label: "label"},
		"{source: csv:a.csv, one_hot: []}":           {Kind: "csv", Path: "/studies/a.csv", Label: "label"},
		"{source: csv:a.csv, one_hot: [size, 7, c]}": {Kind: "csv", Path: "/studies/a.csv", Label: "label", OneHot: data.OneHot{Columns: []string{"7", "c", "size"}}},
	} {
		if !strings.HasPrefix(text, "{") {
			text = "{" + text + "}"
		}
		def := mustParse(t, "data: "+text+"\n"+scheme)
		if diff := cmp.Diff(want, def.Data.Source); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
		checkRoundTrip(t, def)
	}
}

// The canonical form has the path as it was written, so that a study that moves
// with its data stays the same; and table keys with tables only, as it had them
// before there were tables.
func TestCanonicalData(t *testing.T) {
	def := mustParse(t, "data: {source: csv:a.csv, one_hot: [c, b]}\n"+scheme)
	if want := `"data":{"label":"label","limit":0,"one_hot":["b","c"],"seed":1,"source":"csv:a.csv","test":0.2,"test_file":"","validation":0.2}`; !strings.Contains(string(def.Canonical), want) {
		t.Errorf("canonical form %s; want it with %s", def.Canonical, want)
	}
	elsewhere, err := Parse("s.yaml", def.Source, "/elsewhere", nil)
	if err != nil || elsewhere.Data.Source.Path != "/elsewhere/a.csv" {
		t.Fatalf("path %v (%v); want it in the new folder", elsewhere.Data.Source, err)
	}
	if changes := search.Diff(def, elsewhere); len(changes) != 0 {
		t.Errorf("in another folder the study differs in %v", changes)
	}
}

func TestDataFaults(t *testing.T) {
	checkFaults(t, []faultCase{
		{"unknown kind", scheme + "data: {source: idxx:a}\n", []string{
			"s.yaml:2:16: data.source: \"idxx:a\" is not known, the nearest is idx; known: {sources}",
		}},
		{"no path", scheme + "data: {source: csv}\n", []string{
			"s.yaml:2:16: data.source: \"csv\" has no path; want csv:FILE, such as csv:letter_train.csv",
		}},
		{"a path too much", scheme + "data: {source: embedded:a}\n", []string{
			"s.yaml:2:16: data.source: \"embedded:a\" has a path, and embedded takes none; want just embedded",
		}},
		{"a choice of sources", scheme + "data: {source: [csv:a.csv, csv:b.csv]}\n", []string{
			"s.yaml:2:16: data.source is a list; only model and weighting can be searched, want text",
		}},
		{"table keys without a table", scheme + "data: {source: idx:a, label: y, test_file: b.csv, one_hot: true}\n", []string{
			"s.yaml:2:23: data.label is used with source csv:FILE only; remove it",
			"s.yaml:2:33: data.test_file is used with source csv:FILE only; remove it",
			"s.yaml:2:51: data.one_hot is used with source csv:FILE only; remove it",
		}},
		{"no label", scheme + "data: {source: csv:a.csv, label: ''}\n", []string{
			"s.yaml:2:34: data.label is empty; want the name of the column with the classes",
		}},
		{"yes", scheme + "data: {source: csv:a.csv, one_hot: yes}\n", []string{
			"s.yaml:2:36: data.one_hot: yes is not a boolean in YAML 1.2; write true",
		}},
		{"a column that is no list", scheme + "data: {source: csv:a.csv, one_hot: color}\n", []string{
			"s.yaml:2:36: data.one_hot: color is not a boolean; want true for every column with text, false, or a list of columns such as [color, shape]",
		}},
		{"a column twice", scheme + "data: {source: csv:a.csv, one_hot: [a, b, a]}\n", []string{
			"s.yaml:2:36: data.one_hot has column \"a\" twice; want true for every column with text, false, or a list of columns such as [color, shape]",
		}},
		{"a list of lists", scheme + "data: {source: csv:a.csv, one_hot: [[a]]}\n", []string{
			"s.yaml:2:36: data.one_hot: column 1 is a list; want true for every column with text, false, or a list of columns such as [color, shape]",
		}},
		{"a range", scheme + "data: {source: csv:a.csv, one_hot: {low: 1, high: 2}}\n", []string{
			"s.yaml:2:36: data.one_hot is a mapping; only model and weighting can be searched, want true for every column with text, false, or a list of columns such as [color, shape]",
		}},
		{"a label that is a list", scheme + "data: {source: csv:a.csv, label: [a]}\n", []string{
			"s.yaml:2:34: data.label is a list; only model and weighting can be searched, want text",
		}},
	})
}
