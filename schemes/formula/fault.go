package formula

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a formula.
type Fault struct {
	// Column is where, counted in characters from 1; 0 is the whole formula.
	Column int
	// What says what is wrong and what would be right.
	What string
	// Unknown is the name that has no value, where that is what is wrong.
	Unknown string
}

// Error returns "column N: what".
func (f Fault) Error() string {
	if f.Column == 0 {
		return f.What
	}
	return fmt.Sprintf("column %d: %s", f.Column, f.What)
}

// Faults are all faults of a formula, in the order of their places; at least one.
type Faults []Fault

// Error returns one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// add appends a fault.
func (f *Faults) add(column int, format string, args ...any) {
	*f = append(*f, Fault{Column: column, What: fmt.Sprintf(format, args...)})
}

// with returns the faults and one more.
func (f Faults) with(column int, format string, args ...any) Faults {
	f.add(column, format, args...)
	return f
}

// err returns the faults as an error, nil if there are none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b Fault) int { return cmp.Compare(a.Column, b.Column) })
	return f
}
