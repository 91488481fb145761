package table

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// Options says how a training part is read.
type Options struct {
	// Label is the name of the column with the classes.
	Label string
	// OneHot are the names of the columns to encode.
	OneHot []string
	// Limits bound what is held; the zero value means 1 GiB of numbers, 1000 classes
	// and 1000 categories of a column.
	Limits Limits
}

// Limits bound what is held of a file.
type Limits struct {
	// Numbers is the most numbers of one part, Classes the most distinct labels,
	// Categories the most distinct values of an encoded column.
	Numbers, Classes, Categories int
}

// defaultLimits are 1 GiB of numbers, and more classes and categories than can
// be compared or trained on sensibly.
var defaultLimits = Limits{Numbers: 1 << 28, Classes: 1000, Categories: 1000}

// Learn reads a training part and finds out its classes and the categories of
// the columns to encode. Fields are trimmed of blanks. It fails if the text is
// no table, a row has more or fewer fields than the header, a feature is empty,
// not a finite number or larger than 1e30, a label or category is
// empty, a column that is asked for is missing, or a limit is passed.
func Learn(r io.Reader, name string, o Options) (*Table, error) {
	if o.Limits == (Limits{}) {
		o.Limits = defaultLimits
	}
	rec, err := openRecords(r, name)
	if err != nil {
		return nil, err
	}
	l, err := newLearner(rec, o)
	if err != nil {
		return nil, err
	}
	for {
		fields, err := rec.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := l.add(fields); err != nil {
			return nil, err
		}
	}
	if len(l.labels.codes) == 0 {
		return nil, rec.line("the file has a header and no rows")
	}
	return l.table()
}

// learner gathers the rows of a training part; encoded columns and labels are
// numbered by first appearance until all have been seen.
type learner struct {
	rec    *records
	limits Limits
	label  int // index of the label's column
	labels dictionary
	// columns are the features; x holds one number for each a row.
	columns []feature
	x       []float32
}

// feature is a column that is not the label.
type feature struct {
	field      int
	name       string
	categories *dictionary // nil for numbers
}

func newLearner(rec *records, o Options) (*learner, error) {
	l := &learner{rec: rec, limits: o.Limits, label: rec.field(o.Label)}
	if l.label < 0 {
		return nil, rec.missingLabel(o.Label)
	}
	l.labels.index = map[string]int{}
	for _, name := range o.OneHot {
		switch {
		case name == o.Label:
			return nil, rec.line("column %s holds the classes; one_hot is for features", quote(name))
		case rec.field(name) < 0:
			return nil, rec.line("no column %s to encode%s", quote(name), rec.columnsThereAre(name))
		}
	}
	for i, name := range rec.header {
		if i == l.label {
			continue
		}
		f := feature{field: i, name: name}
		if slices.Contains(o.OneHot, name) {
			f.categories = &dictionary{index: map[string]int{}}
		}
		l.columns = append(l.columns, f)
	}
	if len(l.columns) == 0 {
		return nil, rec.line("column %s is the only one; want features beside it", quote(o.Label))
	}
	return l, nil
}

// add takes in a row.
func (l *learner) add(fields []string) error {
	if err := l.addLabel(fields[l.label]); err != nil {
		return err
	}
	for _, c := range l.columns {
		field := strings.TrimSpace(fields[c.field])
		if c.categories == nil {
			v, fault := number(field)
			if fault != "" {
				return l.rec.at(c.field, "column %s: %s", quote(c.name), fault)
			}
			l.x = append(l.x, v)
			continue
		}
		code, known := c.categories.add(field)
		switch {
		case known:
		case field == "":
			return l.rec.at(c.field, "column %s: the field is empty; want a value", quote(c.name))
		case !printable(field):
			return l.rec.at(c.field, "column %s: %s; want printable UTF-8", quote(c.name), quote(field))
		case code >= l.limits.Categories:
			return l.rec.at(c.field, "column %s has more than %d different values; is it an identifier? leave it out", quote(c.name), l.limits.Categories)
		}
		l.x = append(l.x, float32(code)) // exact: codes are small
	}
	if len(l.x) > l.limits.Numbers {
		return l.rec.line("more than %d numbers; want a smaller file", l.limits.Numbers)
	}
	return nil
}

// addLabel takes in a label.
func (l *learner) addLabel(field string) error {
	label := strings.TrimSpace(field)
	code, known := l.labels.add(label)
	switch {
	case known:
	case label == "":
		return l.rec.at(l.label, "the label is empty; want a class")
	case !printable(label):
		return l.rec.at(l.label, "label %s; want printable UTF-8", quote(label))
	case code >= l.limits.Classes:
		return l.rec.at(l.label, "column %s has more than %d different labels; is it the column with the classes?", quote(l.rec.header[l.label]), l.limits.Classes)
	}
	l.labels.codes = append(l.labels.codes, uint16(code))
	return nil
}

// table sorts classes and categories and lays the rows out by them.
func (l *learner) table() (*Table, error) {
	s := &Schema{Label: l.rec.header[l.label]}
	var order []int // new number of each old one
	s.Classes, order = l.labels.sorted()
	t := &Table{Schema: s, X: l.x, Y: l.labels.codes}
	for i, code := range t.Y {
		t.Y[i] = uint16(order[code])
	}
	encoded := false
	orders := make([][]int, len(l.columns))
	for j, c := range l.columns {
		column := Column{Name: c.name}
		if c.categories != nil {
			encoded = true
			column.Categories, orders[j] = c.categories.sorted()
		}
		s.Columns = append(s.Columns, column)
	}
	if !encoded {
		return t, nil
	}
	width := s.Width()
	if len(t.Y) > l.limits.Numbers/width {
		return nil, l.rec.line("encoded, %d rows of %d numbers are more than %d; want fewer columns in one_hot, or a smaller file", len(t.Y), width, l.limits.Numbers)
	}
	t.X = make([]float32, len(t.Y)*width)
	for i := range t.Y {
		spread(t.X[i*width:(i+1)*width], l.x[i*len(orders):(i+1)*len(orders)], s.Columns, orders)
	}
	return t, nil
}

// spread writes a row: numbers as they are, and a 1 for each category.
func spread(out, row []float32, columns []Column, orders [][]int) {
	at := 0
	for j, c := range columns {
		if c.Categories == nil {
			out[at] = row[j]
		} else {
			out[at+orders[j][int(row[j])]] = 1
		}
		at += c.width()
	}
}

// dictionary numbers distinct texts by first appearance.
type dictionary struct {
	index map[string]int
	texts []string
	codes []uint16 // of the rows, for labels
}

// add returns the number of a text and whether it was known.
func (d *dictionary) add(text string) (code int, known bool) {
	if code, known = d.index[text]; known {
		return code, true
	}
	text = strings.Clone(text) // the record is reused
	d.index[text] = len(d.texts)
	d.texts = append(d.texts, text)
	return len(d.texts) - 1, false
}

// sorted returns the texts in order and the new number of each old one.
func (d *dictionary) sorted() (texts []string, order []int) {
	texts = slices.Clone(d.texts)
	sortLabels(texts)
	order = make([]int, len(texts))
	for i, text := range texts {
		order[d.index[text]] = i
	}
	return texts, order
}
