package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/runs"
)

// newSchema returns the command that prints tables and views.
func newSchema(*global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:     "schema",
		Short:   "Print the tables and views of the trial history, as SQL",
		Example: "  evenkeel schema | less",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			objects, err := runs.Schema(cmd.Context())
			if err != nil {
				return err
			}
			r := result{columns: []column{{name: "type"}, {name: "name"}, {name: "sql"}}}
			var text strings.Builder
			for i, o := range objects {
				text.WriteString(separator(i, "", "\n") + o.SQL + ";\n")
				r.rows = append(r.rows, []any{o.Type, o.Name, o.SQL})
			}
			switch *format {
			case "table":
				_, err = io.WriteString(cmd.OutOrStdout(), text.String())
				return err
			case "markdown":
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "```sql\n%s```\n", text.String())
				return err
			}
			return r.write(cmd.OutOrStdout(), *format)
		},
	}
	format = formatFlag(cmd)
	return cmd
}
