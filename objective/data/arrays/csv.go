package arrays

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"evenkeel/objective/data/internal/table"
)

// readCSV reads a table of numbers, one row an example, and the header if the first row is
// one: if every field of it is a text.
func readCSV(name string) (a *array, header []string, err error) {
	f, _, err := open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	return parseCSV(f, filepath.Base(name))
}

// parseCSV is readCSV of a reader.
func parseCSV(r io.Reader, name string) (a *array, header []string, err error) {
	rows, err := table.OpenRows(r, name)
	if err != nil {
		return nil, nil, err
	}
	a = &array{name: name, shape: []int64{0, 0}}
	for first := true; ; first = false {
		fields, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return a, header, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if first {
			if err := separated(rows, fields); err != nil {
				return nil, nil, err
			}
			if a.shape[1] = int64(len(fields)); allText(fields) {
				for _, field := range fields {
					header = append(header, strings.TrimSpace(field))
				}
				continue
			}
		}
		if err := a.add(rows, fields); err != nil {
			return nil, nil, err
		}
	}
}

// separated refuses a first row that commas do not separate, or that numbers its rows.
func separated(rows *table.Rows, fields []string) error {
	text := strings.TrimSpace(fields[0])
	switch {
	case len(fields) == 1 && strings.ContainsAny(text, ";\t |"):
		return rows.At(0, "%s is one field; want commas between columns: numpy.savetxt(file, array, delimiter=',')", table.Quote(text))
	case len(fields) > 1 && text == "":
		return rows.At(0, "the first column has no name; if it numbers the rows, save without it: to_csv(file, index=False)")
	}
	return nil
}

// add appends a row.
func (a *array) add(rows *table.Rows, fields []string) error {
	if int64(len(fields)) != a.shape[1] {
		return rows.At(0, "%d columns; want %d, as in the first row", len(fields), a.shape[1])
	}
	if len(a.values)+len(fields) > MaxElements {
		return rows.At(0, "more than %d numbers; want a smaller file", MaxElements)
	}
	for i, field := range fields {
		v, is := number(field)
		if !is {
			hint := ""
			if a.shape[0] == 0 {
				hint = ", or a name in every column"
			}
			return rows.At(i, "%s is not a finite number; want one in every column%s", table.Quote(field), hint)
		}
		a.values = append(a.values, v)
	}
	a.shape[0]++
	return nil
}

// number reads a finite decimal number.
func number(field string) (v float32, is bool) {
	field = strings.TrimSpace(field)
	if strings.ContainsAny(field, "xXpP_") { // strconv has forms that no table has
		return 0, false
	}
	f, err := strconv.ParseFloat(field, 64)
	v = float32(f)
	return v, err == nil && !math.IsNaN(f) && !math.IsInf(float64(v), 0)
}

// allText reports whether no field is a number or the mark of a missing one.
func allText(fields []string) bool {
	for _, field := range fields {
		if _, err := strconv.ParseFloat(strings.TrimSpace(field), 64); err == nil || strings.TrimSpace(field) == "" {
			return false
		}
	}
	return true
}

// texts are the fields of a file of one column with their lines.
type texts struct {
	name  string
	field []string
	line  []int
}

// place says where field i is.
func (t *texts) place(i int) string { return fmt.Sprintf("%s:%d", t.name, t.line[i]) }

// readTexts reads a file of one column.
func readTexts(name string) (*texts, error) {
	f, _, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parseTexts(f, filepath.Base(name))
}

// parseTexts is readTexts of a reader.
func parseTexts(r io.Reader, name string) (*texts, error) {
	rows, err := table.OpenRows(r, name)
	if err != nil {
		return nil, err
	}
	t := &texts{name: name}
	for {
		fields, err := rows.Next()
		switch {
		case errors.Is(err, io.EOF):
			return t, nil
		case err != nil:
			return nil, err
		case len(fields) != 1:
			return nil, rows.At(0, "%d columns; want one, the class of each example: to_csv(file, index=False)", len(fields))
		case len(t.field) == MaxElements:
			return nil, rows.At(0, "more than %d rows; want a smaller file", MaxElements)
		}
		text := strings.TrimSpace(fields[0])
		if text == "" {
			return nil, rows.At(0, "the label is empty; want the class of the example")
		}
		t.field, t.line = append(t.field, strings.Clone(text)), append(t.line, rows.Line())
	}
}
