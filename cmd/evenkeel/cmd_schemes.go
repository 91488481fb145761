package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs/report"
	"evenkeel/schemes"
	"evenkeel/search"
)

// newSchemes returns the command that prints the catalogue.
func newSchemes(*global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:   "schemes [NAME]",
		Short: "Print the catalogue of weighting schemes, and how to write your own",
		Long: `Prints the catalogue of weighting schemes, and how to write your own.

` + accumulateHelp + `
weighting.update chooses: replace, which is the default, or accumulate.`,
		Example: `  evenkeel schemes
  evenkeel schemes mean-ratio`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: first(fixed(schemeNames())),
		RunE: func(cmd *cobra.Command, args []string) error {
			list := schemes.All()
			if len(args) == 1 {
				s, err := schemes.Lookup(args[0])
				if err != nil {
					return search.InputError{Err: err}
				}
				list = []*schemes.Scheme{s}
			}
			return report.Schemes(page(cmd, *format), list, len(args) == 0)
		},
	}
	format = formatFlag(cmd)
	return cmd
}
