package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// newResume returns the command that continues a stored study.
func newResume(g *global) *cobra.Command {
	var session sessionFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "resume [STUDY]",
		Short: "Continue a stored study with its stored definition",
		Long: `Continues a stored study, the newest if none is named, with the definition it was
stored with; the study file is not needed. --trials, --time, --until and
--parallel change the budget.`,
		Example: `  evenkeel resume
  evenkeel resume fashion --trials 100`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			def, err := storedDefinition(cmd, g.db, name, flagOverrides(cmd))
			if err != nil {
				return err
			}
			session.format = *format
			return runStudy(cmd, g.db, def, session)
		},
	}
	for _, b := range budgetFlags {
		if slices.Contains([]string{"trials", "time", "until", "parallel"}, b.flag) {
			cmd.Flags().String(b.flag, "", "`"+b.value+"`: "+b.doc)
		}
	}
	acceptCodeFlag(cmd, &session)
	confirmFlag(cmd, &session)
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
	return readDefinition(cmd.Context(), db, name, overrides)
}

// readDefinition returns the stored definition of the named study, "" for the
// newest. It reads the canonical form, which holds every key: a later change of a
// default does not change a stored study.
func readDefinition(ctx context.Context, db *runs.DB, name string, overrides []studyfile.Override) (*search.Definition, error) {
	stored, err := db.Definition(ctx, name)
	if err != nil {
		return nil, err
	}
	def, err := studyfile.Parse("stored definition of "+stored.Study, stored.Canonical, stored.Folder, overrides)
	if err != nil {
		return nil, usageError{err}
	}
	return def, nil
}
