package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/runs"
)

// leaderboardFlags are the flags of leaderboard.
type leaderboardFlags struct {
	study, format string
	all, wide     bool
}

// newLeaderboard returns the command that ranks the arms of a study.
func newLeaderboard(g *global) *cobra.Command {
	var f leaderboardFlags
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
			f.format = *format
			return printLeaderboard(cmd, db, f)
		},
	}
	cmd.Flags().StringVar(&f.study, "study", "", "`NAME` of the study; the newest is the default")
	cmd.Flags().BoolVar(&f.all, "all", false, "show every arm, not only the best of the first trials")
	cmd.Flags().BoolVar(&f.wide, "wide", false, "show whole recipes, however long")
	format = formatFlag(cmd)
	return cmd
}

// printLeaderboard prints the leaderboard of a study.
func printLeaderboard(cmd *cobra.Command, db *runs.DB, f leaderboardFlags) error {
	board, err := db.Leaderboard(cmd.Context(), f.study, 0)
	if err != nil {
		return err
	}
	if !forPeople(f.format) {
		return boardResult(board).write(cmd.OutOrStdout(), f.format)
	}
	def, err := readDefinition(cmd.Context(), db, board.Study.Name, nil)
	if err != nil {
		return err
	}
	page := boardPage{board: board, def: def, all: f.all, wide: f.wide}
	if page.runs, page.seconds, err = db.Effort(cmd.Context(), board.Study.Name); err != nil {
		return err
	}
	confirmed := confirmedPage{def: def}
	if confirmed.arms, err = db.Confirmations(cmd.Context(), board.Study.Name); err != nil {
		return err
	}
	page.confirmed = confirmed.arms
	if page.unfinished, err = unfinished(cmd.Context(), db, board.Study.Name); err != nil {
		return err
	}
	if err := page.write(cmd.OutOrStdout(), f.format); err != nil {
		return err
	}
	if err := confirmed.write(cmd.OutOrStdout(), f.format); err != nil || len(board.Rows) == 0 {
		return err
	}
	if a := confirmed.judged(board); a != nil {
		for _, line := range wrap(confirmed.sentence(*a), pageWidth) {
			fmt.Fprintln(cmd.OutOrStdout(), line)
		}
	}
	newest, err := db.Definition(cmd.Context(), "")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), page.next(newest.Study))
	return err
}

// unfinished reports whether a search of the study was cut short.
func unfinished(ctx context.Context, db *runs.DB, study string) (bool, error) {
	list, err := db.Studies(ctx)
	for _, s := range list {
		if s.Name == study {
			return s.State != "done" && s.State != "running", err
		}
	}
	return false, err
}

// boardResult is the leaderboard as the view of the same name has it.
func boardResult(b *runs.Board) result {
	var r result
	for _, name := range strings.Fields(`study rank trial round scheme rounds seeds tier score spread spread_se gap
		worst_class worst_recall balanced_accuracy accuracy difference difference_low difference_high
		weight_gain weight_ratio reference_spread reference_balanced_accuracy params seconds
		accuracy_drop holds_tolerance leader`) {
		r.columns = append(r.columns, column{name: name})
	}
	leader := b.Leader()
	for i, a := range b.Rows {
		r.rows = append(r.rows, []any{
			a.Study, a.Rank, a.Trial, a.Round, a.Scheme, a.Rounds, a.Seeds, a.Seeds, a.Score, a.Spread, a.SpreadSE, a.Gap,
			a.WorstClass, a.WorstRecall, a.BalancedAccuracy, a.Accuracy, a.Difference, a.DifferenceLow, a.DifferenceHigh,
			a.WeightGain, a.WeightRatio, a.ReferenceSpread, a.ReferenceBalancedAccuracy, a.Params, a.Seconds,
			a.Drop, a.Holds, i == leader,
		})
	}
	return r
}
