package table

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzLearn checks for any text that Learn ends in a sound table, which Read then
// reads alike, or in one line that begins with the file's name.
func FuzzLearn(f *testing.F) {
	for _, text := range []string{
		"x,label,y\n1,b,2\n-.5,a,3e3\n0,b,4\n",
		"\uFEFFx,label,c\r\n1,b,red\r\n2,a,\"blue, or \"\"green\"\"\"\r\n",
		"x,label\n1,a\nNaN,b\n", "x,label\n1,a\n\"1,b\n", ",x\n0,1\n", "label\n", "x;label\n1;a\n", "",
	} {
		f.Add(text, "label", "c")
	}
	f.Add("x,y\n1,2\n", "y", "x")
	f.Fuzz(func(t *testing.T, text, label, oneHot string) {
		o := Options{Label: label, Limits: Limits{Numbers: 1 << 16, Classes: 100, Categories: 100}}
		columns, err := TextColumns(strings.NewReader(text), "t.csv", label)
		if err != nil {
			checkLine(t, err)
		}
		if oneHot == "" {
			o.OneHot = columns
		} else {
			o.OneHot = strings.Split(oneHot, ",")
		}
		got, err := Learn(strings.NewReader(text), "t.csv", o)
		if err != nil {
			checkLine(t, err)
			return
		}
		checkTable(t, got)
		again, err := Read(strings.NewReader(text), "t.csv", got.Schema)
		if err != nil {
			t.Fatalf("its own schema does not read it: %v", err)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func checkLine(t *testing.T, err error) {
	t.Helper()
	if text := err.Error(); !strings.HasPrefix(text, "t.csv:") || strings.ContainsAny(text, "\n\r\x00") {
		t.Fatalf("error %q; want one line that begins with the file", text)
	}
}

func checkTable(t *testing.T, got *Table) {
	t.Helper()
	if len(got.Y) == 0 || len(got.X) != len(got.Y)*got.Schema.Width() || len(got.Schema.Names()) != got.Schema.Width() {
		t.Fatalf("%d numbers for %d rows of %d", len(got.X), len(got.Y), got.Schema.Width())
	}
	for _, x := range got.X {
		if !(math.Abs(float64(x)) <= maxMagnitude) {
			t.Fatalf("number %v", x)
		}
	}
	seen := make([]bool, len(got.Schema.Classes))
	for _, y := range got.Y {
		seen[y] = true
	}
	for c, is := range seen {
		if !is {
			t.Fatalf("class %d has no row", c)
		}
	}
}
