package data

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// csvFiles are a training part with a test twin.
func csvFiles() map[string]string {
	return map[string]string{
		"flower_train.csv": "x,label,c\n1,b,red\n2,a,blue\n3,b,blue\n4,a,red\n",
		"flower_test.csv":  "label,c,x\na,red,5\nb,blue,6\n",
	}
}

func csvSource(dir, file string) Source {
	return Source{Kind: "csv", Path: filepath.Join(dir, file), OneHot: OneHot{All: true}}
}

func TestOpenCSV(t *testing.T) {
	dir := folderOf(t, csvFiles())
	ds := mustOpen(t, csvSource(dir, "flower_train.csv"))
	if ds.Title != "flower" || !slices.Equal(ds.Classes, []string{"a", "b"}) || !slices.Equal(ds.Shape, []int{3}) ||
		!slices.Equal(ds.Columns, []string{"x", "c=blue", "c=red"}) || ds.TestFile != filepath.Join(dir, "flower_test.csv") {
		t.Errorf("title %s, classes %v, shape %v, columns %v, test file %s", ds.Title, ds.Classes, ds.Shape, ds.Columns, ds.TestFile)
	}
	train, test := wholeOf(ds.Train), wholeOf(ds.Test)
	if !slices.Equal(train.X, []float32{1, 0, 1, 2, 1, 0, 3, 1, 0, 4, 0, 1}) || !slices.Equal(train.Y, []uint16{1, 0, 1, 0}) {
		t.Errorf("training part %v", train)
	}
	if !slices.Equal(test.X, []float32{5, 0, 1, 6, 1, 0}) || !slices.Equal(test.Y, []uint16{0, 1}) {
		t.Errorf("test part %v", test)
	}
	// The text 'evenkeel data: csv, preparation 1\n{"label":"label","one_hot":["c"]}',
	// then for each file its bytes and '\nN bytes\n', through sha256sum.
	if want := "b56b1309488b7c4f60527ae0b4db44db31a07aeb57c4f50494756e1074de57d4"; ds.Fingerprint != want {
		t.Errorf("fingerprint %s; want %s", ds.Fingerprint, want)
	}
}

// What changes the numbers changes the fingerprint, and nothing else does.
func TestCSVFingerprint(t *testing.T) {
	files := with(csvFiles(), "flower.csv", csvFiles()["flower_train.csv"], "other.csv", csvFiles()["flower_test.csv"])
	dir := folderOf(t, files)
	of := func(change func(*Source)) string {
		src := csvSource(dir, "flower_train.csv")
		change(&src)
		return mustOpen(t, src).Fingerprint
	}
	want := of(func(*Source) {})
	for name, change := range map[string]func(*Source){
		"the default spelled out": func(s *Source) { s.Label = "label" },
		"the columns spelled out": func(s *Source) { s.OneHot = OneHot{Columns: []string{"c"}} },
		"the twin spelled out":    func(s *Source) { s.TestFile = filepath.Join(dir, "flower_test.csv") },
		"another path":            func(s *Source) { s.Path = filepath.Join(dir, "flower.csv") },
		"another test path":       func(s *Source) { s.TestFile = filepath.Join(dir, "other.csv") },
	} {
		if got := of(change); got != want {
			t.Errorf("%s: fingerprint %s; want %s", name, got, want)
		}
	}
	seen := map[string]string{want: "the file as it is"}
	for name, change := range map[string]func(*Source){
		"no test part":  func(s *Source) { s.TestFile = NoTestFile },
		"label x":       func(s *Source) { s.Label = "x"; s.TestFile = NoTestFile },
		"x encoded too": func(s *Source) { s.OneHot = OneHot{Columns: []string{"x", "c"}}; s.TestFile = NoTestFile },
	} {
		got := of(change)
		if other, twice := seen[got]; twice {
			t.Errorf("%s and %s have the same fingerprint", name, other)
		}
		seen[got] = name
	}
	for name, change := range map[string][]string{
		"a training number": {"flower_train.csv", strings.Replace(files["flower_train.csv"], "1,b", "7,b", 1)},
		"a test number":     {"flower_test.csv", strings.Replace(files["flower_test.csv"], "5", "7", 1)},
	} {
		src := csvSource(folderOf(t, with(files, change...)), "flower_train.csv")
		if other, twice := seen[mustOpen(t, src).Fingerprint]; twice {
			t.Errorf("%s changed and %s have the same fingerprint", name, other)
		}
	}
}

func TestTestTwins(t *testing.T) {
	for path, want := range map[string]string{
		"a/letter_train.csv": "a/letter_test.csv",
		"letter.csv":         "letter_test.csv",
		"letter.data":        "letter_test.data",
		"letter":             "letter_test",
		"train.csv":          "train_test.csv",
		"a.b/c_train_x.csv":  "a.b/c_train_x_test.csv",
	} {
		if got := twinOf(path); got != want {
			t.Errorf("the twin of %s is %s; want %s", path, got, want)
		}
	}
	dir := folderOf(t, with(csvFiles(), "alone.csv", csvFiles()["flower_train.csv"]))
	if ds := mustOpen(t, csvSource(dir, "alone.csv")); ds.Test.Len() != 0 || ds.TestFile != "" {
		t.Error("a test part without a twin")
	}
}

// Classes are in numeric order if all are numbers, else in that of their bytes.
func TestCSVClassOrder(t *testing.T) {
	for labels, want := range map[string]string{"10 9 1": "1 9 10", "b 10 9 B": "10 9 B b", "-1 +1 0": "-1 0 +1"} {
		text := "x,label\n"
		for _, label := range strings.Fields(labels) {
			text += "1," + label + "\n"
		}
		ds := mustOpen(t, csvSource(folderOf(t, map[string]string{"a.csv": text}), "a.csv"))
		if got := strings.Join(ds.Classes, " "); got != want {
			t.Errorf("classes %s; want %s", got, want)
		}
	}
}

func TestOpenCSVRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		changes []string
		change  func(*Source)
		want    string
	}{
		"missing":       {[]string{"flower_train.csv", "-"}, nil, "DIR/flower_train.csv: no such file or directory"},
		"text":          {nil, func(s *Source) { s.OneHot = OneHot{} }, `DIR/flower_train.csv:2:5: column "c": "red" is text; want a number, or encode the column with data.one_hot`},
		"NaN":           {[]string{"flower_train.csv", "x,label,c\n1,b,red\nnan,b,red\n"}, nil, `DIR/flower_train.csv:3:1: column "x": "nan" is a missing value; want a number: fill it in or drop the row`},
		"unknown label": {[]string{"flower_test.csv", "x,label,c\n1,z,red\n"}, nil, `test part: DIR/flower_test.csv:2:3: label "z" is not in the training part, whose classes are "a", "b"`},
		"one class":     {[]string{"flower_train.csv", "x,label,c\n1,b,red\n"}, nil, `DIR/flower_train.csv: every row has the label "b"; want at least 2 classes`},
		"no label":      {nil, func(s *Source) { s.Label = "lable" }, `DIR/flower_train.csv:1: no column "lable"; the nearest is "label"; name the column with the classes in data.label`},
		"no test file":  {nil, func(s *Source) { s.TestFile = s.Path + "x" }, "test file DIR/flower_train.csvx: no such file or directory"},
		"itself":        {nil, func(s *Source) { s.TestFile = s.Path }, "the test file is the training file; want another, or none"},
		"a folder":      {nil, func(s *Source) { s.Path = filepath.Dir(s.Path) }, "DIR is a folder; want a file"},
		"truncated":     {[]string{"flower_train.csv", "x,label,c\n1,b,red\n2,a"}, nil, "DIR/flower_train.csv:3: 2 fields; want 3, as in the header"},
		"empty":         {[]string{"flower_train.csv", ""}, nil, "DIR/flower_train.csv: the file is empty; want a header line and rows"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folderOf(t, with(csvFiles(), c.changes...))
			src := csvSource(dir, "flower_train.csv")
			if c.change != nil {
				c.change(&src)
			}
			wantError(t, src, dir, c.want)
		})
	}
	wantError(t, Source{Kind: "csv", Path: "/dev/zero"}, "", "/dev/zero is not a regular file")
}
