package main

import (
	"github.com/spf13/cobra"

	"evenkeel/objective/data"
	"evenkeel/runs/report"
)

// newData returns the commands about data sources.
func newData(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "List the kinds of data sources, or inspect a source",
		Example: `  evenkeel data list
  evenkeel data inspect csv:letter_train.csv`,
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDataList(g), newDataInspect(g))
	for _, c := range cmd.Commands() {
		c.Args = usageArgs(c.Args)
	}
	return cmd
}

// newDataList returns the command that prints the kinds of sources.
func newDataList(*global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the kinds of data sources, with an example each",
		Example: "  evenkeel data list --format json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return report.DataKinds(page(cmd, *format), data.Kinds())
		},
	}
	format = formatFlag(cmd)
	return cmd
}
