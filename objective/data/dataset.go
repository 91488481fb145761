package data

import (
	"fmt"
	"slices"

	"evenkeel/objective"
)

// Dataset is a labelled set of examples from one source, before splitting.
type Dataset struct {
	// Source is the text form of the source, such as "embedded".
	Source string
	// Title is a short human name, such as "Fashion-MNIST sample".
	Title string
	// Classes are the class names; labels index them.
	Classes []string
	// Shape is channels, height, width for images and {features} for tables.
	Shape []int
	// Columns are the names of a table's numbers, in their order; nil for images.
	Columns []string
	// Train is the training part, from which validation is held out. Test is
	// the source's own test part; it is empty if the source has none.
	Train, Test Examples
	// TestFile is the file that a table's Test came from, "" if there is none.
	TestFile string
	// Fingerprint is the hex SHA-256 over the raw examples and the preparation
	// version: it changes when the numbers a trainer sees could change.
	Fingerprint string
}

// Features returns the number of numbers in an example: the product of Shape.
func (d *Dataset) Features() int {
	n := 1
	for _, size := range d.Shape {
		n *= size
	}
	return n
}

// check reports what is wrong with d as a thing to split, or nil.
func (d *Dataset) check() error {
	if len(d.Classes) < 2 {
		return fmt.Errorf("the data has %d classes; want at least 2", len(d.Classes))
	}
	if err := d.Train.check(len(d.Classes), d.Features()); err != nil {
		return fmt.Errorf("training part: %w", err)
	}
	if err := d.Test.check(len(d.Classes), d.Features()); err != nil {
		return fmt.Errorf("test part: %w", err)
	}
	if d.Test.Len() == 0 {
		return nil
	}
	for c, n := range d.Test.counts(len(d.Classes)) {
		if n == 0 {
			return fmt.Errorf("test part: no example of class %q; want at least 1", d.Classes[c])
		}
	}
	return nil
}

// Part is a set of examples: X holds len(Y) rows of Features() numbers, row by
// row (channel, height, width for images); Y holds the true classes.
type Part struct {
	X []float32
	Y []uint16
}

// Len returns the number of examples.
func (p Part) Len() int { return len(p.Y) }

// Counts returns the number of examples of each class, a slice of length
// classes. It panics if a label is not below classes.
func (p Part) Counts(classes int) []int {
	counts := make([]int, classes)
	for _, c := range p.Y {
		counts[c]++
	}
	return counts
}

// Splits are the three parts a study works with, made by [Split]. The test part
// is sealed: only OpenTest reads it, and only a confirmation asks.
type Splits struct {
	// Dataset is the data that was split, without its examples.
	Dataset    *Dataset
	Train, Val Part
	// How is the rule of the split as far as it had an effect: with the source's
	// own test part, the share for one is 0, and where no test part is drawn Resplit
	// has become the seed. It is part of a run's identity.
	How objective.Split
	// test makes the test part when it is first asked for; nil means empty.
	test       func() Part
	testCounts []int
}

// OpenTest returns the sealed test part, which may be empty. Only a trainer
// whose job asks for the test part, which only a confirmation does, and tools
// outside the program that compare trainers (in bench) may call it: once
// its figures have been used to choose between trials, they are worthless. The
// reason is for the reader of the call, and to find every call; an empty one is
// a programmer's mistake and panics. The result must not be changed.
func (s *Splits) OpenTest(reason string) Part {
	if reason == "" {
		panic("data: OpenTest wants a reason")
	}
	if s.test == nil {
		return Part{}
	}
	return s.test()
}

// TestCounts returns the number of test examples of each class. Anyone may ask:
// it is about sizes, not about what a model does there.
func (s *Splits) TestCounts() []int {
	if s.testCounts == nil {
		return make([]int, len(s.Dataset.Classes))
	}
	return slices.Clone(s.testCounts)
}
