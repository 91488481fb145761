package report

import (
	"fmt"
	"io"
	"strings"

	"evenkeel/runs"
)

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
