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
		Short: "One line for every study that is being searched",
		Long: `Prints one line for every study of the trial history that is being searched now:
how far it is, the best change of score so far against the unweighted model, by
whom and since when. Time left is what the rest would take at the pace of this
invocation, not more than the study's time or until leave; a search that has
finished no trial yet has none. Neither has one whose trials have all ended: phase
then says confirming while an arm is trained on fresh seeds.`,
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
