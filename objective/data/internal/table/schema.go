package table

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Schema says what the columns of a table mean.
type Schema struct {
	// Label is the name of the column with the classes.
	Label string
	// Classes are the distinct labels: by value if all are finite numbers, else by
	// their bytes.
	Classes []string
	// Columns are the features, in the order of the training part.
	Columns []Column
}

// Column is a feature.
type Column struct {
	Name string
	// Categories are the distinct values of a column that is encoded one-hot, in
	// the same order; nil for a column of numbers.
	Categories []string
}

// width returns how many numbers the column becomes.
func (c Column) width() int {
	if c.Categories == nil {
		return 1
	}
	return len(c.Categories)
}

// Width returns the number of numbers of an example.
func (s *Schema) Width() int {
	n := 0
	for _, c := range s.Columns {
		n += c.width()
	}
	return n
}

// Names returns the names of an example's numbers: that of a column, or
// COLUMN=CATEGORY.
func (s *Schema) Names() []string {
	names := make([]string, 0, s.Width())
	for _, c := range s.Columns {
		if c.Categories == nil {
			names = append(names, c.Name)
		}
		for _, category := range c.Categories {
			names = append(names, c.Name+"="+category)
		}
	}
	return names
}

// Table is what was read: X holds len(Y) rows of Schema.Width() finite numbers,
// Y the index of each row's class.
type Table struct {
	Schema *Schema
	X      []float32
	Y      []uint16
}

// sortLabels sorts distinct labels in place: by value if all are finite numbers
// (equal values by their bytes), else by their bytes.
func sortLabels(labels []string) {
	value := make(map[string]float64, len(labels))
	for _, l := range labels {
		v, err := strconv.ParseFloat(l, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			slices.Sort(labels)
			return
		}
		value[l] = v
	}
	slices.SortFunc(labels, func(a, b string) int {
		return cmp.Or(cmp.Compare(value[a], value[b]), cmp.Compare(a, b))
	})
}
