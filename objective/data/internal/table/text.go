package table

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// TextColumns returns the names of the columns, the label's left out, that have
// a text somewhere: what is neither a number nor the mark of a missing one. It
// reads no further than it must to know.
func TextColumns(r io.Reader, name, label string) ([]string, error) {
	rec, err := openRecords(r, name)
	if err != nil {
		return nil, err
	}
	var open []int // fields in which no text has been seen
	for i, column := range rec.header {
		if column != label {
			open = append(open, i)
		}
	}
	text := make([]bool, len(rec.header))
	for len(open) > 0 {
		fields, err := rec.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		open = slices.DeleteFunc(open, func(i int) bool {
			_, is := parse(strings.TrimSpace(fields[i]))
			text[i] = is == aText
			return text[i]
		})
	}
	var names []string
	for i, is := range text {
		if is {
			names = append(names, rec.header[i])
		}
	}
	return names, nil
}
