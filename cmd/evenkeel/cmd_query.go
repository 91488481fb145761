package main

import (
	"evenkeel/runs/report"
	"evenkeel/search"

	"github.com/spf13/cobra"
)

// newQuery returns the command that runs SQL over the history.
func newQuery(g *global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:   "query 'SQL'",
		Short: "Run read-only SQL over the trial history",
		Long:  "Runs one SQL statement that only reads. evenkeel schema prints the tables and views.",
		Example: `  evenkeel query 'SELECT trial, scheme, score FROM leaderboard LIMIT 5'
  evenkeel query "SELECT class, avg(val_recall) FROM class_recalls
    WHERE trial = 3 AND phase = 'search' GROUP BY class" --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			table, err := db.Query(cmd.Context(), args[0])
			if err != nil {
				return search.InputError{Err: err}
			}
			return report.Query(page(cmd, *format), table)
		},
	}
	format = formatFlag(cmd)
	return cmd
}
