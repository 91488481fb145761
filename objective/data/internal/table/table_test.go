package table

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func learn(t testing.TB, text string, oneHot ...string) *Table {
	t.Helper()
	got, err := Learn(strings.NewReader(text), "t.csv", Options{Label: "label", OneHot: oneHot})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Wanted tables were written by hand.
func TestLearn(t *testing.T) {
	plain := &Table{
		Schema: &Schema{Label: "label", Classes: []string{"a", "b"}, Columns: []Column{{Name: "x"}, {Name: "y"}}},
		X:      []float32{1, 2, -0.5, 3000, 0, 4}, Y: []uint16{1, 0, 1},
	}
	for name, c := range map[string]struct {
		text   string
		oneHot []string
		want   *Table
	}{
		"plain":              {"x,label,y\n1,b,2\n-.5,a,3e3\n0,b,4\n", nil, plain},
		"no last newline":    {"x,label,y\n1,b,2\n-.5,a,3e3\n0,b,4", nil, plain},
		"Windows":            {"\uFEFFx,label,y\r\n1,b,2\r\n-.5,a,3e3\r\n0,b,4\r\n", nil, plain},
		"quotes and blanks":  {"\"x\", label ,y\n\"1\",b, 2\n\" -.5\",\"a\",+3E3\n0,b ,4.0\n", nil, plain},
		"largest":            {"x,label,y\n1,b,2\n-.5,a,1e30\n-1e30,b,4\n", nil, &Table{Schema: plain.Schema, X: []float32{1, 2, -0.5, 1e30, -1e30, 4}, Y: plain.Y}},
		"blank lines":        {"x,label,y\n\n1,b,2\n-.5,a,3e3\n\n0,b,4\n\n", nil, plain},
		"BOM before a quote": {"\uFEFF\"x\",label,y\n1,b,2\n-.5,a,3e3\n0,b,4\n", nil, plain},
		"encoded": {"x,label,c\n1,b,red\n2,a,blue\n3,b,red\n", []string{"c"}, &Table{
			Schema: &Schema{Label: "label", Classes: []string{"a", "b"}, Columns: []Column{{Name: "x"}, {Name: "c", Categories: []string{"blue", "red"}}}},
			X:      []float32{1, 0, 1, 2, 1, 0, 3, 0, 1}, Y: []uint16{1, 0, 1},
		}},
		"encoded numbers, of one value, and a mark": {"k,label,c,d\n10,b,x,?\n9,a,x,\"a,\"\"b\"\n", []string{"d", "k", "c"}, &Table{
			Schema: &Schema{Label: "label", Classes: []string{"a", "b"}, Columns: []Column{
				{Name: "k", Categories: []string{"9", "10"}}, {Name: "c", Categories: []string{"x"}}, {Name: "d", Categories: []string{"?", `a,"b`}},
			}},
			X: []float32{0, 1, 1, 1, 0, 1, 0, 1, 0, 1}, Y: []uint16{1, 0},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, learn(t, c.text, c.oneHot...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSortLabels(t *testing.T) {
	for _, c := range []struct{ labels, want string }{
		{"10 9 -1 0", "-1 0 9 10"},
		{"1.5 1 01 1.0", "01 1 1.0 1.5"},
		{"b a A 10 9", "10 9 A a b"},
		{"2 nan 1", "1 2 nan"},
		{"10 inf 9", "10 9 inf"},
	} {
		got := strings.Fields(c.labels)
		sortLabels(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s sorts as %v; want %s", c.labels, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	s := learn(t, "x,label,c\n1,b,red\n2,a,blue\n", "c").Schema
	if got, want := s.Names(), []string{"x", "c=blue", "c=red"}; !slices.Equal(got, want) || s.Width() != 3 {
		t.Errorf("names %v, width %d; want %v", got, s.Width(), want)
	}
}

// Every fault is one line with the place, counted by hand.
func TestLearnRefuses(t *testing.T) {
	long := strings.Repeat("x", 100)
	for name, c := range map[string]struct {
		text   string
		oneHot string
		want   string
	}{
		"empty":             {"", "", "t.csv: the file is empty; want a header line and rows"},
		"only a BOM":        {"\uFEFF", "", "t.csv: the file is empty; want a header line and rows"},
		"only blank lines":  {"\n\n", "", "t.csv: the file is empty; want a header line and rows"},
		"header only":       {"x,label\n", "", "t.csv:1: the file has a header and no rows"},
		"UTF-16":            {"\xff\xfex\x00", "", "t.csv:1: the text is UTF-16; save the file as UTF-8"},
		"compressed":        {"\x1f\x8b\x08\x00", "", "t.csv: the file is compressed; unpack it with gunzip"},
		"no label":          {"x,Labels\n1,a\n", "", `t.csv:1: no column "label"; the nearest is "Labels"; name the column with the classes in data.label`},
		"nothing like it":   {"x,species\n1,a\n", "", `t.csv:1: no column "label"; there are "x", "species"; name the column with the classes in data.label`},
		"no header":         {"1.5,2,a\n1,2,b\n", "", `t.csv:1: no column "label", and the header holds numbers; want a first line with the columns' names`},
		"semicolons":        {"x;label\n1;a\n", "", `t.csv:1:1: the header is one column, "x;label"; want commas between columns`},
		"label alone":       {"label\na\n", "", `t.csv:1: column "label" is the only one; want features beside it`},
		"name twice":        {"x,label,x \n1,a,2\n", "", `t.csv:1:9: column "x" occurs twice, first as column 1`},
		"row numbers":       {",x,label\n0,1,a\n", "", "t.csv:1:1: the first column has no name; if it numbers the rows, write the file without it"},
		"no name":           {"x,,label\n0,1,a\n", "", "t.csv:1:3: column 2 has no name"},
		"name not UTF-8":    {"caf\xe9,label\n0,a\n", "", `t.csv:1:1: column 1 is named "caf\xe9"; want printable UTF-8`},
		"too few fields":    {"x,y,label\n1,2,a\n1,a\n", "", "t.csv:3: 2 fields; want 3, as in the header"},
		"too many fields":   {"x,label\n1,a,2\n", "", "t.csv:2: 3 fields; want 2, as in the header"},
		"one field":         {"x,label\n \n", "", "t.csv:2: 1 field; want 2, as in the header"},
		"text":              {"x,label\n1,a\nred,a\n", "", `t.csv:3:1: column "x": "red" is text; want a number, or encode the column with data.one_hot`},
		"a date":            {"x,label\n2024-01-05,a\n", "", `t.csv:2:1: column "x": "2024-01-05" is text; want a number, or encode the column with data.one_hot`},
		"hexadecimal":       {"x,label\n0x1p-2,a\n", "", `t.csv:2:1: column "x": "0x1p-2" is text; want a number, or encode the column with data.one_hot`},
		"underscore":        {"x,label\n1_0,a\n", "", `t.csv:2:1: column "x": "1_0" is text; want a number, or encode the column with data.one_hot`},
		"decimal comma":     {"x,label\n\"1,5\",a\n", "", `t.csv:2:1: column "x": "1,5" is text; want a number, or encode the column with data.one_hot`},
		"long text":         {"x,label\n" + long + ",a\n", "", `t.csv:2:1: column "x": "` + long[:40] + `"... is text; want a number, or encode the column with data.one_hot`},
		"empty feature":     {"x,label\n,a\n", "", `t.csv:2:1: column "x": the field is empty; want a number: fill it in or drop the row`},
		"NaN":               {"y,x,label\n1,nan,a\n", "", `t.csv:2:3: column "x": "nan" is a missing value; want a number: fill it in or drop the row`},
		"NA":                {"y,x,label\n1,NA,a\n", "", `t.csv:2:3: column "x": "NA" is a missing value; want a number: fill it in or drop the row`},
		"question mark":     {"y,x,label\n1, ?,a\n", "", `t.csv:2:3: column "x": "?" is a missing value; want a number: fill it in or drop the row`},
		"infinite":          {"x,label\n-Inf,a\n", "", `t.csv:2:1: column "x": "-Inf" is not finite; want a number`},
		"just too large":    {"x,label\n1.0000002e30,a\n", "", `t.csv:2:1: column "x": "1.0000002e30" is too large; want at most 1e30 in magnitude`},
		"too large":         {"x,label\n1e31,a\n", "", `t.csv:2:1: column "x": "1e31" is too large; want at most 1e30 in magnitude`},
		"far too large":     {"x,label\n-1e999,a\n", "", `t.csv:2:1: column "x": "-1e999" is too large; want at most 1e30 in magnitude`},
		"empty label":       {"x,label\n1,a\n2, \n", "", "t.csv:3:3: the label is empty; want a class"},
		"label not UTF-8":   {"x,label\n1,\xff\n", "", `t.csv:2:3: label "\xff"; want printable UTF-8`},
		"label of lines":    {"x,label\n1,\"a\nb\"\n", "", `t.csv:2:3: label "a\nb"; want printable UTF-8`},
		"quote in a field":  {"x,label\n1,a\"b\n", "", "t.csv:2:4: a quote that does not belong here; want it doubled, inside a quoted field"},
		"text after quotes": {"x,label\n\"1\"2,a\n", "", "t.csv:2:3: a quote that does not belong here; want it doubled, inside a quoted field"},
		"open quote":        {"x,label\n1,a\n\"1,a\n2,b\n", "", "t.csv:3: the quoted field that begins here is not closed correctly: line 4, column 5"},
		"encoded label":     {"x,label\n1,a\n", "label", `t.csv:1: column "label" holds the classes; one_hot is for features`},
		"encoded nothing":   {"colour,label\nred,a\n", "color", `t.csv:1: no column "color" to encode; the nearest is "colour"`},
		"empty category":    {"c,label\nred,a\n,a\n", "c", `t.csv:3:1: column "c": the field is empty; want a value`},
		"category of lines": {"c,label\n\"a\nb\",a\n", "c", `t.csv:2:1: column "c": "a\nb"; want printable UTF-8`},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Label: "label"}
			if c.oneHot != "" {
				o.OneHot = []string{c.oneHot}
			}
			_, err := Learn(strings.NewReader(c.text), "t.csv", o)
			if err == nil || err.Error() != c.want {
				t.Errorf("error\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

// endless goes on with the same text for ever.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) { return copy(p, e.text), nil }

// What a file can make the reader hold is bounded.
func TestLimits(t *testing.T) {
	rows := func(row string) io.Reader {
		return io.MultiReader(strings.NewReader("x,label\n"), endless{strings.Repeat(row, 10)})
	}
	counted := func(format string, n int) io.Reader {
		var b strings.Builder
		b.WriteString("x,label\n")
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return strings.NewReader(b.String())
	}
	few := Limits{Numbers: 100, Classes: 7, Categories: 7}
	for name, c := range map[string]struct {
		r      io.Reader
		oneHot []string
		want   string
	}{
		"rows":       {rows("1,a\n"), nil, "t.csv:102: more than 100 numbers"},
		"open quote": {io.MultiReader(strings.NewReader("x,label\n1,a\n\""), endless{"1,a\n"}), nil, "t.csv: the record after line 2 is longer than 1 MiB; is a quote open?"},
		"header":     {endless{"x"}, nil, "t.csv: the record after line 0 is longer than 1 MiB"},
		"classes":    {counted("1,%d\n", 8), nil, `t.csv:9:3: column "label" has more than 7 different labels; is it the column with the classes?`},
		"categories": {counted("%d,a\n", 8), []string{"x"}, `t.csv:9:1: column "x" has more than 7 different values; is it an identifier? leave it out`},
		"encoded":    {counted("%d,a\n1,a\n1,a\n", 7), []string{"x"}, "t.csv:22: encoded, 21 rows of 7 numbers are more than 100"},
		"columns":    {strings.NewReader(strings.Repeat("x,", 1<<16) + "x\n"), nil, "t.csv:1: 65537 columns; want at most 65536"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Learn(c.r, "t.csv", Options{Label: "label", OneHot: c.oneHot, Limits: few})
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v; want %s", err, c.want)
			}
		})
	}
	s := learn(t, "x,label\n1,a\n").Schema
	if _, err := read(rows("1,a\n"), "t.csv", s, few); err == nil || !strings.HasPrefix(err.Error(), "t.csv:102: more than 100 numbers") {
		t.Errorf("error %v; want the numbers of a test part bounded", err)
	}
}

func TestLongRecordsAreRead(t *testing.T) {
	text := "x,label\n" + strings.Repeat(" ", 1<<19) + "1,a\n2,b\n"
	if got := learn(t, text); !slices.Equal(got.X, []float32{1, 2}) {
		t.Errorf("numbers %v; want 1, 2", got.X)
	}
}

var errBroken = errors.New("the disk is gone")

func TestReadErrorsAreKept(t *testing.T) {
	r := io.MultiReader(strings.NewReader("x,label\n1,a\n"), broken{})
	if _, err := Learn(r, "t.csv", Options{Label: "label"}); !errors.Is(err, errBroken) || !strings.HasPrefix(err.Error(), "t.csv: ") {
		t.Errorf("error %v; want the reader's, with the file", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func TestRead(t *testing.T) {
	s := learn(t, "x,label,c\n1,b,red\n2,a,blue\n", "c").Schema
	got, err := Read(strings.NewReader("c,x,label\nblue,7,b\nred,8,b\n"), "test.csv", s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Table{Schema: s, X: []float32{7, 1, 0, 8, 0, 1}, Y: []uint16{1, 1}}, got); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct{ text, want string }{
		"unknown label":    {"x,label,c\n1,z,red\n", `t.csv:2:3: label "z" is not in the training part, whose classes are "a", "b"`},
		"another spelling": {"x,label,c\n1,B,red\n", `t.csv:2:3: label "B" is not in the training part, whose classes are "a", "b"`},
		"unknown category": {"x,label,c\n1,a,green\n", `t.csv:2:5: column "c": "green" is not in the training part, which has "blue", "red"`},
		"missing column":   {"x,label\n1,a\n", `t.csv:1: no column "c", which the training part has`},
		"another column":   {"x,label,c,d\n1,a,red,1\n", `t.csv:1:11: column "d" is not in the training part`},
		"missing label":    {"x,c\n1,red\n", `t.csv:1: no column "label"; there are "x", "c"; name the column with the classes in data.label`},
		"NaN":              {"x,label,c\nNaN,a,red\n", `t.csv:2:1: column "x": "NaN" is a missing value; want a number: fill it in or drop the row`},
		"header only":      {"x,label,c\n", "t.csv:1: the file has a header and no rows"},
		"empty":            {"", "t.csv: the file is empty; want a header line and rows"},
		"ragged":           {"x,label,c\n1,a\n", "t.csv:2: 2 fields; want 3, as in the header"},
	} {
		if _, err := Read(strings.NewReader(c.text), "t.csv", s); err == nil || err.Error() != c.want {
			t.Errorf("%s: error\n%v\nwant\n%s", name, err, c.want)
		}
	}
}

func TestTextColumns(t *testing.T) {
	got, err := TextColumns(strings.NewReader("a,b,c,d,e,label\n1,x,2020-01-01,NA,1e31,u\n?,1,1,2,inf,v\n"), "t.csv", "label")
	if want := []string{"b", "c"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("columns with text %v (%v); want %v", got, err, want)
	}
	if _, err := TextColumns(strings.NewReader("a,label\n1,u,2\n"), "t.csv", "label"); err == nil || err.Error() != "t.csv:2: 3 fields; want 2, as in the header" {
		t.Errorf("ragged: error %v", err)
	}
}
