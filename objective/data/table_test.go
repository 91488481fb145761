package data

import (
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
)

// Numbers in memory are split as those of a file are, and every one of them counts for the
// fingerprint.
func TestNewTable(t *testing.T) {
	parts := func() (train, test Part) {
		train = Part{X: []float32{1, 2, 3, 4, 5, 6, 7, 8}, Y: []uint16{0, 1, 0, 1}}
		return train, Part{X: []float32{9, 10, 11, 12}, Y: []uint16{1, 0}}
	}
	train, test := parts()
	d, err := NewTable("points", []string{"a", "b"}, 2, train, test)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Split(d, objective.Split{Validation: 0.5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.OpenTest("a test"); !slices.Equal(got.X, test.X) || !slices.Equal(got.Y, test.Y) {
		t.Errorf("test part %v; want %v", got, test)
	}
	if s.Train.Len() != 2 || s.Val.Len() != 2 || !slices.Equal(d.Columns, []string{"x1", "x2"}) {
		t.Errorf("%d and %d examples of the columns %v; want 2 and 2 of x1 and x2", s.Train.Len(), s.Val.Len(), d.Columns)
	}
	for name, change := range map[string]func(train, test *Part){
		"a training number": func(train, _ *Part) { train.X[7]++ },
		"a test number":     func(_, test *Part) { test.X[0]++ },
		"a test label":      func(_, test *Part) { test.Y[0], test.Y[1] = 0, 1 },
	} {
		train, test := parts()
		change(&train, &test)
		other, err := NewTable("points", []string{"a", "b"}, 2, train, test)
		if err != nil {
			t.Fatal(err)
		}
		if other.Fingerprint == d.Fingerprint {
			t.Errorf("%s changes and the fingerprint does not", name)
		}
	}
	train, test = parts()
	train.Y[0] = 2
	if _, err := NewTable("points", []string{"a", "b"}, 2, train, test); err == nil || !strings.Contains(err.Error(), "example 0 is of class 2") {
		t.Errorf("error %v; want one of class 2", err)
	}
}
