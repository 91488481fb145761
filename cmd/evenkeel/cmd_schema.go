package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/runs/report"
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
			return report.Schema(page(cmd, *format), objects)
		},
	}
	format = formatFlag(cmd)
	return cmd
}
