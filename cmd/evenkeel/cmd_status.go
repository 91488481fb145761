package main

import (
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs/report"
	"evenkeel/runs/results"
)

// newStatus returns the command that says what is running.
func newStatus(g *global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Print one line for every study that is being searched now",
		Long: `Prints one line for every study of the trial history that is being searched now:
how many trials have ended, the change of its leader so far, compared with the
unweighted model, who searches it and since when. From time to time the best trials
get more seeds; the leader is then one of those with the most seeds, and its change
can get worse. It is empty while no trial is complete. Time left is estimated from the pace
since this start, within the study's limits of time; it is empty before the first
trial has ended and while the leader is trained on fresh seeds (phase confirming).`,
		Example: `  evenkeel status
  evenkeel status --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			list, err := results.Running(cmd.Context(), db, time.Now())
			if err != nil {
				return err
			}
			return report.Status(page(cmd, *format), g.db, list)
		},
	}
	format = formatFlag(cmd)
	return cmd
}
