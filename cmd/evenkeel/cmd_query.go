package main

import (
	"fmt"

	"evenkeel/runs/report"
	"evenkeel/search"

	"github.com/spf13/cobra"
)

// newQuery returns the command that runs SQL over the history.
func newQuery(g *global) *cobra.Command {
	var format *string
	var most int
	cmd := &cobra.Command{
		Use:   "query 'SQL'",
		Short: "Run read-only SQL over the trial history",
		Long: `Runs one SQL statement that only reads. evenkeel schema prints the tables and views.

Rows are printed as they are read, so an answer may be larger than memory. Tables show blobs by
their size. A value of more than 1 MiB is printed in no format; its cell says so.`,
		Example: `  evenkeel query 'SELECT trial, scheme, score FROM leaderboard LIMIT 5'
  evenkeel query "SELECT class, avg(val_recall) FROM class_recalls
    WHERE trial = 3 AND phase = 'search' GROUP BY class" --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch given := cmd.Flags().Changed("max-rows"); {
			case given && most < 0:
				return search.Inputf("--max-rows %d; want a number of rows, or 0 for all", most)
			case !given:
				most = report.RowsThatFit
			}
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			answer, err := db.Query(cmd.Context(), args[0])
			if err != nil {
				return search.InputError{Err: err}
			}
			defer answer.Close()
			printed, more, err := report.Query(page(cmd, *format), answer.Columns, answer.Rows(), most)
			if more {
				fmt.Fprintln(cmd.ErrOrStderr(), "evenkeel:", report.RowsLeft(printed))
			}
			return err
		},
	}
	cmd.Flags().IntVar(&most, "max-rows", 0, "`N`: rows that are printed at most, 0 for all; not given, 1000 on a terminal and all elsewhere")
	format = formatFlag(cmd)
	return cmd
}
