package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// formats are the output formats of commands that print results.
var formats = []string{"table", "json"}

// column is one column of a result.
type column struct {
	// name is the key in JSON; title the heading in a table, name if empty.
	name, title string
	// left aligns text to the left; numbers stand to the right.
	left bool
	// text writes a value for the table; nil means the value as it is.
	text func(any) string
}

// result is what a command prints: columns, and rows of values. Values are
// string, bool, integers, float64 (NaN is null) or nil, or anything that
// encoding/json writes.
type result struct {
	columns []column
	rows    [][]any
}

// write prints the result in a format.
func (r result) write(w io.Writer, format string) error {
	if format == "json" {
		return r.writeJSON(w)
	}
	return r.writeTable(w)
}

// writeJSON prints an array of objects whose keys are the column names, in
// their order.
func (r result) writeJSON(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("[")
	for i, row := range r.rows {
		b.WriteString(separator(i, "\n  {", ",\n  {"))
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
	}
	if len(r.rows) > 0 {
		b.WriteString("\n")
	}
	b.WriteString("]\n")
	_, err := w.Write(b.Bytes())
	return err
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

// writeTable prints the result for people: two blanks between columns, no lines.
func (r result) writeTable(w io.Writer) error {
	align := make(tw.Alignment, len(r.columns))
	header := make([]string, len(r.columns))
	for j, c := range r.columns {
		align[j], header[j] = tw.AlignRight, c.title
		if c.left {
			align[j] = tw.AlignLeft
		}
		if c.title == "" {
			header[j] = c.name
		}
	}
	var b bytes.Buffer
	table := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithAlignment(align),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: "  ", Overwrite: true}),
	)
	table.Header(header)
	for _, row := range r.rows {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = r.columns[j].cell(v)
		}
		if err := table.Append(cells); err != nil {
			return err
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// cell writes one value.
func (c column) cell(v any) string {
	if c.text != nil && v != nil {
		return c.text(v)
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
	return fmt.Sprint(v)
}
