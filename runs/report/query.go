package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"evenkeel/runs"
	"evenkeel/search"
)

// Query prints the rows of an SQL statement. Where two columns have one name, JSON would lose
// one of them, so that is a [search.InputError].
func Query(out Out, table *runs.Table) error {
	for j, name := range table.Columns {
		if out.Format == "json" && slices.Contains(table.Columns[:j], name) {
			return search.Inputf("query: two columns are named %s, and JSON can keep only one of them; rename one with AS, such as SELECT %s AS %s_2", name, name, name)
		}
	}
	r := result{rows: table.Rows}
	for j, name := range table.Columns {
		r.columns = append(r.columns, column{name: name, left: textual(table.Rows, j), text: sqlText})
	}
	return out.write(r)
}

// Schema prints the tables and views of the trial history as SQL.
func Schema(out Out, objects []runs.SchemaObject) error {
	r := result{columns: []column{{name: "type"}, {name: "name"}, {name: "sql"}}}
	var text strings.Builder
	for i, o := range objects {
		text.WriteString(separator(i, "", "\n") + o.SQL + ";\n")
		r.rows = append(r.rows, []any{o.Type, o.Name, o.SQL})
	}
	switch out.Format {
	case "table":
		_, err := io.WriteString(out.W, text.String())
		return err
	case "markdown":
		_, err := fmt.Fprintf(out.W, "```sql\n%s```\n", text.String())
		return err
	}
	return out.write(r)
}

// Version is what the program says of itself.
type Version struct{ Program, Version, Go, Platform, Kernels, Numerics string }

// ProgramVersion prints it.
func ProgramVersion(out Out, v Version) error {
	left := func(name string) column { return column{name: name, left: true} }
	return out.write(result{
		columns: []column{left("program"), left("version"), left("go"), left("platform"), left("kernels"), left("numerics")},
		rows:    [][]any{{v.Program, v.Version, v.Go, v.Platform, v.Kernels, v.Numerics}},
	})
}

// textual reports whether a column holds text.
func textual(rows [][]any, column int) bool {
	for _, row := range rows {
		switch row[column].(type) {
		case string:
			return true
		case nil:
		default:
			return false
		}
	}
	return false
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
