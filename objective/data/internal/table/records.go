package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"evenkeel/objective"
)

// maxRecord bounds a record in bytes, and with it what an open quote can make
// the reader hold.
const maxRecord = 1 << 20

// records reads the records of one file, as many fields each as the header has.
type records struct {
	name   string
	csv    *csv.Reader
	meter  *meter
	header []string
	index  map[string]int // of each name of the header
	last   int            // line on which the last record begins
}

// openRecords reads the header. Names are trimmed of blanks.
func openRecords(r io.Reader, name string) (*records, error) {
	t, err := startRecords(r, name)
	if err != nil {
		return nil, err
	}
	fields, err := t.read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty; want a header line and rows", name)
	}
	if err != nil {
		return nil, err
	}
	return t, t.setHeader(fields)
}

// startRecords refuses what is no text in UTF-8 and leaves the reader at the first record.
func startRecords(r io.Reader, name string) (*records, error) {
	m := &meter{r: r, left: maxRecord}
	b := bufio.NewReaderSize(m, 1<<16)
	// A short file shows up when its header is read.
	head, _ := b.Peek(3)
	switch {
	case string(head) == "\uFEFF":
		if _, err := b.Discard(3); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	case strings.HasPrefix(string(head), "\xff\xfe") || strings.HasPrefix(string(head), "\xfe\xff"):
		return nil, fmt.Errorf("%s:1: the text is UTF-16; save the file as UTF-8", name)
	case strings.HasPrefix(string(head), "\x1f\x8b"):
		return nil, fmt.Errorf("%s: the file is compressed; unpack it with gunzip", name)
	}
	t := &records{name: name, csv: csv.NewReader(b), meter: m}
	t.csv.FieldsPerRecord = -1 // checked by next, which says it better
	t.csv.ReuseRecord = true
	return t, nil
}

// maxColumns bounds the columns of a table.
const maxColumns = 1 << 16

// setHeader checks and keeps the header.
func (t *records) setHeader(fields []string) error {
	if len(fields) > maxColumns {
		return t.line("%d columns; want at most %d", len(fields), maxColumns)
	}
	t.index = make(map[string]int, len(fields))
	for i, f := range fields {
		column := strings.Clone(strings.TrimSpace(f))
		first, twice := t.index[column]
		switch {
		case column == "" && i == 0 && len(fields) > 1:
			return t.at(i, "the first column has no name; if it numbers the rows, write the file without it")
		case column == "":
			return t.at(i, "column %d has no name", i+1)
		case !printable(column):
			return t.at(i, "column %d is named %s; want printable UTF-8", i+1, quote(column))
		case twice:
			return t.at(i, "column %s occurs twice, first as column %d", quote(column), first+1)
		}
		t.index[column] = i
		t.header = append(t.header, column)
	}
	if len(t.header) == 1 && strings.ContainsAny(t.header[0], ";\t|") {
		return t.at(0, "the header is one column, %s; want commas between columns", quote(t.header[0]))
	}
	return nil
}

// field returns the index of a named column, -1 if it is not there.
func (t *records) field(name string) int {
	if i, ok := t.index[name]; ok {
		return i
	}
	return -1
}

// next returns the fields of the next row, valid until the following call, and
// io.EOF after the last.
func (t *records) next() ([]string, error) {
	fields, err := t.read()
	if err != nil {
		return nil, err
	}
	if len(fields) != len(t.header) {
		return nil, t.line("%s; want %d, as in the header", objective.Plural(len(fields), "field"), len(t.header))
	}
	return fields, nil
}

// read returns the next record.
func (t *records) read() ([]string, error) {
	t.meter.left = maxRecord
	fields, err := t.csv.Read()
	if err == nil {
		t.last, _ = t.csv.FieldPos(0)
		return fields, nil
	}
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.Is(err, errTooLong):
		return nil, fmt.Errorf("%s: the record after line %d is longer than 1 MiB; is a quote open?", t.name, t.last)
	case errors.As(err, &parse) && parse.StartLine != parse.Line:
		return nil, fmt.Errorf("%s:%d: the quoted field that begins here is not closed correctly: line %d, column %d", t.name, parse.StartLine, parse.Line, parse.Column)
	case errors.As(err, &parse):
		return nil, fmt.Errorf("%s:%d:%d: a quote that does not belong here; want it doubled, inside a quoted field", t.name, parse.Line, parse.Column)
	}
	return nil, fmt.Errorf("%s: %w", t.name, err)
}

// at returns an error about field i of the last record.
func (t *records) at(i int, format string, args ...any) error {
	line, column := t.csv.FieldPos(i)
	return fmt.Errorf("%s:%d:%d: %s", t.name, line, column, fmt.Sprintf(format, args...))
}

// line returns an error about the last record.
func (t *records) line(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", t.name, t.last, fmt.Sprintf(format, args...))
}

// printable reports whether s is UTF-8 that can be shown in a table.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}

// errTooLong ends the reading of a record that does not end.
var errTooLong = errors.New("record too long")

// meter stops a reader that takes more than a record may have.
type meter struct {
	r    io.Reader
	left int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooLong
	}
	n, err := m.r.Read(p)
	m.left -= n
	return n, err
}
