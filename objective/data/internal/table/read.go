package table

import (
	"errors"
	"io"
	"strings"
)

// Read reads another part of a table by the schema of its training part: the
// same columns in any order, no class and no category that the training part
// has not. It fails as [Learn] does, too.
func Read(r io.Reader, name string, s *Schema) (*Table, error) {
	return read(r, name, s, defaultLimits)
}

func read(r io.Reader, name string, s *Schema, limits Limits) (*Table, error) {
	rec, err := openRecords(r, name)
	if err != nil {
		return nil, err
	}
	p, err := newPart(rec, s)
	if err != nil {
		return nil, err
	}
	t := &Table{Schema: s}
	width := s.Width()
	for {
		fields, err := rec.next()
		switch {
		case errors.Is(err, io.EOF) && len(t.Y) == 0:
			return nil, rec.line("the file has a header and no rows")
		case errors.Is(err, io.EOF):
			return t, nil
		case err != nil:
			return nil, err
		case len(t.X)+width > limits.Numbers:
			return nil, rec.line("more than %d numbers; want a smaller file", limits.Numbers)
		}
		if err := p.add(t, fields); err != nil {
			return nil, err
		}
	}
}

// part places the fields of a part by a schema.
type part struct {
	rec    *records
	schema *Schema
	label  int   // field of the label
	fields []int // field of each column
	class  map[string]int
	// category has the number of each category, nil for columns of numbers.
	category []map[string]int
}

func newPart(rec *records, s *Schema) (*part, error) {
	p := &part{rec: rec, schema: s, label: rec.field(s.Label), class: numbering(s.Classes)}
	if p.label < 0 {
		return nil, rec.missingLabel(s.Label)
	}
	for _, c := range s.Columns {
		i := rec.field(c.Name)
		if i < 0 {
			return nil, rec.line("no column %s, which the training part has", quote(c.Name))
		}
		p.fields = append(p.fields, i)
		p.category = append(p.category, numbering(c.Categories))
	}
	known := make([]bool, len(rec.header))
	for _, i := range append(p.fields, p.label) {
		known[i] = true
	}
	for i, name := range rec.header {
		if !known[i] {
			return nil, rec.at(i, "column %s is not in the training part", quote(name))
		}
	}
	return p, nil
}

// numbering returns the index of each text, nil for none.
func numbering(texts []string) map[string]int {
	if texts == nil {
		return nil
	}
	index := make(map[string]int, len(texts))
	for i, text := range texts {
		index[text] = i
	}
	return index
}

// add adds a row to t.
func (p *part) add(t *Table, fields []string) error {
	label := strings.TrimSpace(fields[p.label])
	class, ok := p.class[label]
	if !ok {
		return p.rec.at(p.label, "label %s is not in the training part, whose classes are %s", quote(label), listed(p.schema.Classes))
	}
	t.Y = append(t.Y, uint16(class))
	for j, c := range p.schema.Columns {
		field := strings.TrimSpace(fields[p.fields[j]])
		if c.Categories == nil {
			v, fault := number(field)
			if fault != "" {
				return p.rec.at(p.fields[j], "column %s: %s", quote(c.Name), fault)
			}
			t.X = append(t.X, v)
			continue
		}
		code, ok := p.category[j][field]
		if !ok {
			return p.rec.at(p.fields[j], "column %s: %s is not in the training part, which has %s", quote(c.Name), quote(field), listed(c.Categories))
		}
		for i := range c.Categories {
			t.X = append(t.X, indicator(i == code))
		}
	}
	return nil
}

func indicator(is bool) float32 {
	if is {
		return 1
	}
	return 0
}
