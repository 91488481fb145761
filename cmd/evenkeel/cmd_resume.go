package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// newResume returns the command that continues a stored study.
func newResume(g *global) *cobra.Command {
	var flags sessionFlags
	var study string
	var format *string
	cmd := &cobra.Command{
		Use:   "resume [STUDY]",
		Short: "Continue a stored study with its stored definition",
		Long: `Continues a stored study, the newest if none is named, with the definition it was
stored with; the study file is not needed. --trials, --time, --until and
--parallel replace what it says of these; with --time or --until and without --trials
the number of trials has no limit.`,
		Example: `  evenkeel resume
  evenkeel resume fashion --trials 100`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := oneStudy(args, study)
			if err != nil {
				return err
			}
			def, err := storedDefinition(cmd, g.db, name, flagOverrides(cmd))
			if err != nil {
				return err
			}
			flags.format = *format
			return runStudy(cmd, g, def, flags)
		},
	}
	cmd.Flags().StringVar(&study, "study", "", "`NAME`: the study; the newest is the default")
	for _, b := range budgetFlags {
		if search.Continues(b.key) {
			cmd.Flags().String(b.flag, "", "`"+b.value+"`: "+b.doc)
		}
	}
	acceptCodeFlag(cmd, &flags)
	confirmFlag(cmd, &flags)
	keepGoingFlag(cmd, &flags)
	format = formatFlag(cmd)
	return cmd
}

// storedDefinition reads a study's definition from the database.
func storedDefinition(cmd *cobra.Command, path, name string, overrides []studyfile.Override) (*search.Definition, error) {
	db, err := runs.Open(cmd.Context(), path, runs.Options{Existing: true})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return results.DefinitionToSearch(cmd.Context(), db, name, overrides)
}
