package data

import (
	"fmt"
	"slices"
	"sync"

	"evenkeel/objective"
)

// Dealt is a dataset in which every example has its part, by the rule of [Split],
// and none is a number yet: it costs a byte an example. Make one with [Deal]. It
// is immutable and safe for concurrent use.
type Dealt struct {
	ds    *Dataset
	how   objective.Split
	roles []role
	// test makes the test part when it is first asked for. Redrawn parts share it.
	test       func() Part
	testCounts []int
}

// Deal gives every example of a dataset its part. It fails as [Split] does. The
// dataset is kept and must not be changed.
func Deal(ds *Dataset, s objective.Split) (*Dealt, error) {
	d, err := deal(ds, s)
	if err != nil {
		return nil, err
	}
	source, rows := ds.testRows(d.roles)
	d.test = sync.OnceValue(func() Part { return source.gather(rows) })
	d.testCounts = countRows(source, rows, len(ds.Classes))
	return d, nil
}

// deal is Deal without the test part.
func deal(ds *Dataset, s objective.Split) (*Dealt, error) {
	if err := checkSplit(s); err != nil {
		return nil, err
	}
	if err := ds.check(); err != nil {
		return nil, err
	}
	d := &Dealt{ds: ds, how: ds.effective(s), roles: make([]role, ds.Train.Len())}
	for c, members := range byClass(ds.Train.Y, len(ds.Classes)) {
		k := class{index: c, seed: d.how.Seed, members: members, roles: d.roles, left: len(members)}
		if err := k.deal(d.how); err != nil {
			return nil, fmt.Errorf("class %q: %w", ds.Classes[c], err)
		}
	}
	return d, nil
}

// Redraw returns d with training and validation part drawn again, with seed, from
// all that is not in the test part; seed is not 0. Every class has as many examples
// in each part as before, and the test part is the very same.
func (d *Dealt) Redraw(seed int64) (*Dealt, error) {
	s := d.how
	s.Resplit = seed
	again, err := deal(d.ds, s)
	if err != nil {
		return nil, err
	}
	again.test, again.testCounts = d.test, d.testCounts
	return again, nil
}

// effective returns a split without what has no effect on this dataset, so that
// equal parts have equal settings.
func (d *Dataset) effective(s objective.Split) objective.Split {
	if d.Test.Len() > 0 {
		s.Test = 0
	}
	if s.Test == 0 && s.Resplit != 0 { // no test part is drawn, and Seed has nothing to do
		s.Seed = s.Resplit
	}
	if s.Resplit == s.Seed {
		s.Resplit = 0
	}
	return s
}

// Dataset returns what was dealt, without its examples.
func (d *Dealt) Dataset() *Dataset {
	bare := *d.ds
	bare.Train, bare.Test = Examples{}, Examples{}
	return &bare
}

// How is the rule of the split as far as it had an effect; see [Splits.How].
func (d *Dealt) How() objective.Split { return d.how }

// Counts returns how many examples of each class each part has.
func (d *Dealt) Counts() Counts {
	count := func(part role) []int {
		return countRows(d.ds.Train, withRole(d.roles, part), len(d.ds.Classes))
	}
	return Counts{Train: count(training), Validation: count(validation), Test: slices.Clone(d.testCounts)}
}

// ValLabels returns the true classes of the validation examples, in their order.
func (d *Dealt) ValLabels() []uint16 {
	rows := withRole(d.roles, validation)
	labels := make([]uint16, len(rows))
	for i, row := range rows {
		labels[i] = d.ds.Train.Y[row]
	}
	return labels
}

// Splits makes numbers of the training and the validation part.
func (d *Dealt) Splits() *Splits {
	return &Splits{
		Dataset:    d.Dataset(),
		How:        d.how,
		Train:      d.ds.Train.gather(withRole(d.roles, training)),
		Val:        d.ds.Train.gather(withRole(d.roles, validation)),
		test:       d.test,
		testCounts: d.testCounts,
	}
}

// testRows returns where the examples of the test part are: all of the source's
// own, or those held out.
func (d *Dataset) testRows(roles []role) (Examples, []int) {
	if d.Test.Len() == 0 {
		return d.Train, withRole(roles, test)
	}
	rows := make([]int, d.Test.Len())
	for i := range rows {
		rows[i] = i
	}
	return d.Test, rows
}

// countRows returns the number of examples of each class among some rows.
func countRows(e Examples, rows []int, classes int) []int {
	counts := make([]int, classes)
	for _, i := range rows {
		counts[e.Y[i]]++
	}
	return counts
}
