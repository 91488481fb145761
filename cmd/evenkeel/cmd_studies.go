package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// openReading opens the trial history for a command that only reads.
func openReading(cmd *cobra.Command, g *global) (*runs.DB, error) {
	return runs.Open(cmd.Context(), g.db, runs.Options{ReadOnly: true})
}

// openStudyReading is openReading for a command about the named study. Where none is named
// it is the newest, which is said if there are several.
func openStudyReading(cmd *cobra.Command, g *global, study string) (*runs.DB, error) {
	db, err := openReading(cmd, g)
	if err != nil || study != "" {
		return db, err
	}
	list, err := db.Studies(cmd.Context())
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if len(list) > 1 {
		fmt.Fprintf(cmd.ErrOrStderr(), "evenkeel: this is study %s, the newest of %d; --study names another\n", objective.Printable(list[0].Name), len(list))
	}
	return db, nil
}

// oneStudy returns the study that a command names, which takes it as its argument or as
// --study; "" where neither names one.
func oneStudy(args []string, flag string) (string, error) {
	switch {
	case len(args) == 0:
		return flag, nil
	case flag != "" && flag != args[0]:
		return "", search.Inputf("both %s and --study %s; want one study", args[0], flag)
	}
	return args[0], nil
}

// newStudies returns the command that lists the studies.
func newStudies(g *global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:   "studies",
		Short: "List the studies of the trial history",
		Long: `Lists the studies with the change of their leader's score, compared with the
unweighted model (empty while no trial is complete), and where they come from: host,
user, and the git commit of the study file's folder when it was last searched, with + if
tracked files had changes. Without the git program there is no commit. JSON and CSV have
the version of the program, and which arm leads.

  trainings        of the search, without those of confirmations
  unweighted       the spread of the unweighted model on validation
  leader           the change of its score, compared with the unweighted model; trial = its trial
  time             of all work on the study, confirmations too`,
		Example: "  evenkeel studies --format json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			list, err := results.Studies(cmd.Context(), db)
			if err != nil {
				return err
			}
			return report.Studies(page(cmd, *format), list)
		},
	}
	format = formatFlag(cmd)
	return cmd
}
