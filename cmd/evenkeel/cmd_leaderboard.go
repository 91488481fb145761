package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
)

// newLeaderboard returns the command that ranks the arms of a study.
func newLeaderboard(g *global) *cobra.Command {
	var study string
	var options report.BoardOptions
	var format *string
	cmd := &cobra.Command{
		Use:   "leaderboard",
		Short: "Rank the arms of a study under the unweighted model",
		Long: `Ranks the arms of a study, an arm being a trial after one of its rounds, under
the pinned unweighted model. The table shows the best arm of the first trials on
100 columns; --all shows every arm, --wide whole recipes. JSON and CSV hold every
arm with the columns of the SQL view leaderboard, numbers unrounded, and say which one leads.`,
		Example: `  evenkeel leaderboard
  evenkeel leaderboard --study fashion --all
  evenkeel leaderboard --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			return printLeaderboard(cmd, db, study, *format, options)
		},
	}
	cmd.Flags().StringVar(&study, "study", "", "`NAME` of the study; the newest is the default")
	cmd.Flags().BoolVar(&options.All, "all", false, "show every arm, not only the best of the first trials")
	cmd.Flags().BoolVar(&options.Wide, "wide", false, "show whole recipes, however long")
	format = formatFlag(cmd)
	return cmd
}

// printLeaderboard prints the leaderboard of the named study, "" for the newest.
func printLeaderboard(cmd *cobra.Command, db *runs.DB, study, format string, options report.BoardOptions) error {
	overview, err := results.ReadOverview(cmd.Context(), db, study)
	if err != nil {
		return err
	}
	return report.Leaderboard(page(cmd, format), overview, options)
}
