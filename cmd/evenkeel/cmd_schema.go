package main

import (
	"fmt"

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
			for i, o := range objects {
				if *format == "table" {
					fmt.Fprintf(cmd.OutOrStdout(), "%s%s;\n", separator(i, "", "\n"), o.SQL)
				}
				r.rows = append(r.rows, []any{o.Type, o.Name, o.SQL})
			}
			if *format == "table" {
				return nil
			}
			return r.write(cmd.OutOrStdout(), *format)
		},
	}
	format = formatFlag(cmd)
	return cmd
}
