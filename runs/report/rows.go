package report

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"evenkeel/objective"
	"evenkeel/search"
)

const (
	// sampledRows and sampledBytes are how much of a query's answer decides the widths of
	// its table.
	sampledRows  = 200
	sampledBytes = 1 << 20
	// maxCell is the length in bytes of the longest value that is printed.
	maxCell = 1 << 20
	// terminalRows is how many rows a terminal gets where nobody says how many.
	terminalRows = 1000
	// RowsThatFit lets [Query] choose how many rows it prints: 1000 on a terminal, else all.
	RowsThatFit = -1
)

// Rows are the rows of a query.
type Rows = iter.Seq2[[]any, error]

// Query prints the rows of an SQL statement as they come: it holds one row, of tables also
// those that decide their widths. It prints at most so many rows, 0 means all, and
// [RowsThatFit] is allowed. It returns the number that it printed and whether there
// were more.
//
// A value of more than 1 MiB is not printed; the cell says so. Where two columns have one name,
// JSON would lose one of them, so that is a [search.InputError]; errors of the rows are too.
func Query(out Out, columns []string, rows Rows, most int) (printed int, more bool, err error) {
	for j, name := range columns {
		if out.Format == "json" && slices.Contains(columns[:j], name) {
			return 0, false, search.Inputf("query: two columns are named %[1]s, and JSON can keep only one of them; rename one with AS, such as SELECT %[1]s AS %[1]s_2", objective.Printable(name))
		}
	}
	terminal := out.terminal()
	if most == RowsThatFit {
		most = 0
		if terminal {
			most = terminalRows
		}
	}
	w := bufio.NewWriter(out.W)
	out.W = w
	s := newStream(out, columns, terminal)
	for row, err := range rows {
		if err != nil {
			return printed, false, search.InputError{Err: flushed(err, w)}
		}
		if more = most > 0 && printed == most; more {
			break
		}
		for j, v := range row {
			row[j] = withinLimit(v)
		}
		if err := s.row(row); err != nil {
			return printed, false, err
		}
		printed++
	}
	return printed, more, flushed(s.end(), w)
}

// RowsLeft says that a query has more rows than were printed.
func RowsLeft(printed int) string {
	return fmt.Sprintf("only the first %s are printed; --max-rows 0 prints all", count(printed, "row"))
}

// flushed writes what is buffered, and returns the first error.
func flushed(err error, w *bufio.Writer) error {
	if end := w.Flush(); err == nil {
		err = end
	}
	return err
}

// withinLimit replaces a value that is too long by a text that says so.
func withinLimit(v any) any {
	length := 0
	switch v := v.(type) {
	case string:
		length = len(v)
	case []byte:
		length = len(v)
	}
	if length <= maxCell {
		return v
	}
	return fmt.Sprintf("<%d bytes, more than the %d that are printed; select a part, such as substr(value, 1, %d)>", length, maxCell, maxCell)
}

// stream prints rows one by one.
type stream interface {
	row([]any) error
	end() error
}

// newStream returns the stream of a format.
func newStream(out Out, names []string, terminal bool) stream {
	r := result{}
	for _, name := range names {
		r.columns = append(r.columns, column{name: name})
	}
	switch out.Format {
	case "json":
		return &jsonStream{result: r, w: out.W}
	case "csv":
		return &csvStream{result: r, csv: csv.NewWriter(out.W), printable: terminal}
	}
	return &tableStream{Out: out, result: r}
}

// jsonStream prints rows as writeJSON does.
type jsonStream struct {
	result
	w    io.Writer
	rows int
}

func (s *jsonStream) row(row []any) error {
	var b bytes.Buffer
	b.WriteString(separator(s.rows, "[\n  ", ",\n  "))
	s.rows++
	if err := s.jsonRow(&b, row); err != nil {
		return err
	}
	_, err := s.w.Write(b.Bytes())
	return err
}

func (s *jsonStream) end() error {
	_, err := io.WriteString(s.w, separator(s.rows, "[", "\n")+"]\n")
	return err
}

// csvStream prints rows as writeCSV does.
type csvStream struct {
	result
	csv       *csv.Writer
	printable bool
	begun     bool
}

func (s *csvStream) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	return s.csv.Write(s.csvHeader(s.printable))
}

func (s *csvStream) row(row []any) error {
	if err := s.begin(); err != nil {
		return err
	}
	fields, err := s.csvFields(row, s.printable)
	if err != nil {
		return err
	}
	return s.csv.Write(fields)
}

func (s *csvStream) end() error {
	if err := s.begin(); err != nil {
		return err
	}
	s.csv.Flush()
	return s.csv.Error()
}

// tableStream prints a table whose first rows decide its widths: a later cell that is wider
// moves the rest of its row.
type tableStream struct {
	Out
	result
	bytes  int
	known  []bool // of each column on which side it stands
	widths []int  // nil while the first rows are collected
}

func (s *tableStream) row(row []any) error {
	cells := make([]any, len(row))
	if s.known == nil {
		s.known = make([]bool, len(row))
	}
	for j, v := range row {
		if !s.known[j] && v != nil {
			s.known[j] = true
			_, s.columns[j].left = v.(string)
		}
		text := column{text: sqlText}.cell(v)
		cells[j] = text
		s.bytes += len(text)
	}
	if s.widths != nil {
		return s.further(cells)
	}
	s.rows = append(s.rows, cells)
	if len(s.rows) < sampledRows && s.bytes < sampledBytes {
		return nil
	}
	return s.first()
}

// first prints the rows that are collected.
func (s *tableStream) first() error {
	s.widths = make([]int, len(s.columns))
	for j, c := range s.columns {
		s.widths[j] = columns(s.escaped(c.heading()))
		for _, row := range s.rows {
			s.widths[j] = max(s.widths[j], columns(s.escaped(row[j].(string))))
		}
	}
	err := s.write(s.result)
	s.rows = nil
	return err
}

// escaped writes a cell as the format needs it.
func (s *tableStream) escaped(text string) string {
	if s.Format == "markdown" {
		return markdownCell(text)
	}
	return text
}

// further prints a row after the first ones.
func (s *tableStream) further(cells []any) error {
	fields := make([]string, len(cells))
	for j, v := range cells {
		text := s.escaped(v.(string))
		blanks := strings.Repeat(" ", max(s.widths[j]-columns(text), 0))
		if fields[j] = blanks + text; s.columns[j].left {
			fields[j] = text + blanks
		}
	}
	line := strings.TrimRight(strings.Join(fields, "  "), " ")
	if s.Format == "markdown" {
		line = "| " + strings.Join(fields, " | ") + " |"
	}
	_, err := fmt.Fprintln(s.W, line)
	return err
}

func (s *tableStream) end() error {
	if s.widths == nil {
		return s.first()
	}
	return nil
}

// sqlText writes a value of a query; blobs by their size.
func sqlText(v any) string {
	switch v := v.(type) {
	case float64:
		return shortest(v)
	case []byte:
		return fmt.Sprintf("<%d bytes>", len(v))
	}
	return fmt.Sprint(v)
}
