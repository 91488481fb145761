package report

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"evenkeel/objective"
)

// column is one column of a result.
type column struct {
	// name is the key in JSON; title the heading in a table, name if empty.
	name, title string
	// left aligns text to the left; numbers stand to the right.
	left bool
	// text writes a value for the table; nil means the value as it is.
	text func(any) string
	// hidden columns are for programs: only json and csv have them.
	hidden bool
}

// result is what a command prints: columns, and rows of values. Values are
// string, bool, integers, float64 (NaN is null) or nil, or anything that
// encoding/json writes.
type result struct {
	columns []column
	rows    [][]any
	// tight leaves one blank between the columns of a table, not two.
	tight bool
}

// figure is a column for programs with what it has of a row.
type figure[R any] struct {
	name string
	of   func(R) any
}

// figuresOf lays rows out for programs.
func figuresOf[R any](figures []figure[R], rows []R) result {
	r := result{rows: make([][]any, len(rows))}
	for _, f := range figures {
		r.columns = append(r.columns, column{name: f.name})
		for i, row := range rows {
			r.rows[i] = append(r.rows[i], f.of(row))
		}
	}
	return r
}

// fit cuts the text of the named columns, in this order, until the table is at most so
// wide, and reports whether it had to. A width of 0 has room for everything.
func (r result) fit(width int, names ...string) (cutAny bool) {
	if width == 0 {
		return false
	}
	for _, name := range names {
		j := slices.IndexFunc(r.columns, func(c column) bool { return c.name == name })
		others := len(r.columns) - 1
		for k := range r.columns {
			if k != j {
				others += r.widest(k)
			}
		}
		for _, row := range r.rows {
			whole := r.columns[j].cell(row[j])
			text := cut(whole, max(width-others, narrowest))
			cutAny = cutAny || text != whole
			row[j] = text
		}
	}
	return cutAny
}

// without leaves out the named columns, in this order, until the table is at most so wide,
// and returns the headings of those it left out. A width of 0 has room for everything.
func (r result) without(width int, names ...string) (narrower result, left []string) {
	for _, name := range names {
		all := len(r.columns) - 1
		for j := range r.columns {
			all += r.widest(j)
		}
		if width == 0 || all <= width {
			return r, left
		}
		j := slices.IndexFunc(r.columns, func(c column) bool { return c.name == name })
		left = append(left, cmp.Or(r.columns[j].title, name))
		r.columns[j].hidden = true
		r = r.visible()
	}
	return r, left
}

// narrowest is the width below which no cell is cut.
const narrowest = 12

// widest returns the width of a column with its heading.
func (r result) widest(j int) int {
	widest := columns(r.columns[j].heading())
	for _, row := range r.rows {
		widest = max(widest, columns(r.columns[j].cell(row[j])))
	}
	return widest
}

// write prints a result in the format of o.
func (o Out) write(r result) error {
	switch o.Format {
	case "json":
		return r.writeJSON(o.W)
	case "csv":
		return r.writeCSV(o.W, o.terminal())
	case "markdown":
		return r.visible().writeMarkdown(o.W)
	}
	return r.visible().writeTable(o.W)
}

// writeBetween is write for a result between lines of text, which Markdown wants set
// apart.
func (o Out) writeBetween(r result) error {
	if o.Format != "markdown" {
		return o.write(r)
	}
	fmt.Fprintln(o.W)
	if err := o.write(r); err != nil {
		return err
	}
	_, err := fmt.Fprintln(o.W)
	return err
}

// writeCSV prints a header with the column names and a line a row, RFC 4180.
// Null is empty; what is not a plain value is JSON. A program gets text as it is; for a person
// at a terminal it is made printable.
func (r result) writeCSV(w io.Writer, printable bool) error {
	out := csv.NewWriter(w)
	if err := out.Write(r.csvHeader(printable)); err != nil {
		return err
	}
	for _, row := range r.rows {
		fields, err := r.csvFields(row, printable)
		if err != nil {
			return err
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// csvHeader returns the names of the columns.
func (r result) csvHeader(printable bool) []string {
	fields := make([]string, len(r.columns))
	for j, c := range r.columns {
		fields[j] = c.name
		if printable {
			fields[j] = objective.Printable(c.name)
		}
	}
	return fields
}

// csvFields returns the fields of a row.
func (r result) csvFields(row []any, printable bool) ([]string, error) {
	fields := make([]string, len(row))
	for j, v := range row {
		text, err := csvField(v)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", r.columns[j].name, err)
		}
		if printable {
			text = objective.Printable(text)
		}
		fields[j] = text
	}
	return fields, nil
}

// csvField writes one value.
func csvField(v any) (string, error) {
	switch v := finite(v).(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case float64:
		return shortest(v), nil
	case []byte:
		return hex.EncodeToString(v), nil
	default:
		b, err := json.Marshal(v)
		return strings.Trim(string(b), `"`), err
	}
}

// writeMarkdown prints a table of GitHub's Markdown.
func (r result) writeMarkdown(w io.Writer) error {
	table := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewMarkdown()),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithAlignment(r.alignment()),
	)
	return r.render(table, markdownCell)
}

// markdownCell writes a text so that it does not end its cell.
func markdownCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// alignment says on which side each column stands.
func (r result) alignment() tw.Alignment {
	align := make(tw.Alignment, len(r.columns))
	for j, c := range r.columns {
		align[j] = tw.AlignRight
		if c.left {
			align[j] = tw.AlignLeft
		}
	}
	return align
}

// render fills a table with headings and cells and prints it.
func (r result) render(table *tablewriter.Table, escape func(string) string) error {
	header := make([]string, len(r.columns))
	for j, c := range r.columns {
		header[j] = escape(c.heading())
	}
	table.Header(header)
	for _, row := range r.rows {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = escape(r.columns[j].cell(v))
		}
		if err := table.Append(cells); err != nil {
			return err
		}
	}
	return table.Render()
}

// writeJSON prints an array of objects whose keys are the column names, in
// their order.
func (r result) writeJSON(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("[")
	for i, row := range r.rows {
		b.WriteString(separator(i, "\n  ", ",\n  "))
		if err := r.jsonRow(&b, row); err != nil {
			return err
		}
	}
	if len(r.rows) > 0 {
		b.WriteString("\n")
	}
	b.WriteString("]\n")
	_, err := w.Write(b.Bytes())
	return err
}

// jsonRow writes a row as an object.
func (r result) jsonRow(b *bytes.Buffer, row []any) error {
	b.WriteString("{")
	for j, c := range r.columns {
		key, err := json.Marshal(c.name)
		if err != nil {
			return err
		}
		value, err := json.Marshal(finite(row[j]))
		if err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
		b.WriteString(separator(j, "", ", "))
		b.Write(key)
		b.WriteString(": ")
		b.Write(value)
	}
	b.WriteString("}")
	return nil
}

// separator returns first for the first element and next for the others.
func separator(i int, first, next string) string {
	if i == 0 {
		return first
	}
	return next
}

// finite turns numbers that JSON lacks into null.
func finite(v any) any {
	if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return nil
	}
	return v
}

// visible returns the result without the columns for programs.
func (r result) visible() result {
	v := result{tight: r.tight, rows: make([][]any, len(r.rows))}
	for j, c := range r.columns {
		if c.hidden {
			continue
		}
		v.columns = append(v.columns, c)
		for i, row := range r.rows {
			v.rows[i] = append(v.rows[i], row[j])
		}
	}
	return v
}

// writeTable prints the result for people: blanks between columns, no lines.
func (r result) writeTable(w io.Writer) error {
	var b bytes.Buffer
	gap := "  "
	if r.tight {
		gap = " "
	}
	table := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithAlignment(r.alignment()),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: gap, Overwrite: true}),
	)
	if err := r.render(table, func(text string) string { return text }); err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// heading is what stands above the column.
func (c column) heading() string { return objective.Printable(cmp.Or(c.title, c.name)) }

// cell writes one value, on one line.
func (c column) cell(v any) string {
	if c.text != nil && v != nil {
		return objective.Printable(c.text(v))
	}
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		if math.IsNaN(v) {
			return ""
		}
		return fmt.Sprintf("%.6g", v)
	}
	return objective.Printable(fmt.Sprint(v))
}
