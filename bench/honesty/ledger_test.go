package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that was cut off while a repetition was written goes on with that one.
func TestLedgerTorn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.csv")
	const head = "settings,repetition,rows,x\n"
	for _, c := range []struct{ name, text, want string }{
		{"whole", head + "s,1,2,a\ns,1,2,b\ns,3,1,c\n", head + "s,1,2,a\ns,1,2,b\ns,3,1,c\n"},
		{"a row is missing", head + "s,1,2,a\ns,1,2,b\ns,3,2,c\n", head + "s,1,2,a\ns,1,2,b\n"},
		{"a line is torn", head + "s,1,2,a\ns,1,2,b\ns,3,1", head + "s,1,2,a\ns,1,2,b\n"},
		{"empty", "", head},
		{"the header is torn", "settings,rep", head},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		l, err := openLedger(path, []string{"x"}, "s")
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if err := l.writeHeader(io.Discard); err != nil {
			t.Fatal(err)
		}
		if err := l.add(9, [][]string{{"new"}}, io.Discard); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := c.want + "s,9,1,new\n"; string(got) != want {
			t.Errorf("%s: the file is\n%swant\n%s", c.name, got, want)
		}
		if l.has(3) != strings.Contains(c.want, ",3,") {
			t.Errorf("%s: repetition 3 is there: %v", c.name, l.has(3))
		}
	}
}

func TestLedgerRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.csv")
	for _, c := range []struct{ text, want string }{
		{"settings,repetition,rows,x\nother,1,1,a\n", "record 2 is of settings other; these are s"},
		{"settings,repetition,rows,y\ns,1,1,a\n", "has the columns settings,repetition,rows,y; want settings,repetition,rows,x"},
		{"settings,repetition,rows,x\ns,one,1,a\n", "record 2"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := openLedger(path, []string{"x"}, "s"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
}
