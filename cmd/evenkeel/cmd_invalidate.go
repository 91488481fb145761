package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/search"
)

// openExisting opens the trial history for a command that changes it.
func openExisting(cmd *cobra.Command, g *global) (*runs.DB, error) {
	return runs.Open(cmd.Context(), g.db, runs.Options{Existing: true})
}

// newInvalidate returns the command that declares a trial invalid.
func newInvalidate(g *global) *cobra.Command {
	var study, reason string
	var undo bool
	cmd := &cobra.Command{
		Use:   "invalidate TRIAL --reason TEXT",
		Short: "Ignore a trial (it stays stored)",
		Long: `Declares a trial invalid, with the reason: a broken machine, wrong data. It stays
in the history with its runs, which evenkeel show and the view trial_history show,
but it is not ranked, the intervals of the others are computed again without it, and
a search that continues neither learns from it nor gives it more seeds. It still
counts as one of the study's trials and is not replaced; a larger --trials adds
trials. --undo makes it valid again. A study that is being searched must be stopped
first.`,
		Example: `  evenkeel invalidate 7 --reason 'the disk with the images was full'
  evenkeel invalidate 7 --undo`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			trial, err := trialNumber(args[0])
			if err != nil {
				return err
			}
			given := strings.TrimSpace(reason) != ""
			switch {
			case undo && cmd.Flags().Changed("reason"):
				return search.Inputf("both --undo and --reason; want one of the two")
			case !undo && !given:
				return search.Inputf("--reason is missing; want why the trial is invalid, such as --reason 'the disk was full'")
			}
			db, err := openExisting(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			w := cmd.OutOrStdout()
			if undo {
				name, err := db.Revalidate(cmd.Context(), study, trial)
				if err == nil {
					fmt.Fprintf(w, "trial %d of study %s is valid again\n", trial, name)
				}
				return err
			}
			name, err := db.Invalidate(cmd.Context(), study, trial, reason)
			if err == nil {
				fmt.Fprintf(w, "trial %d of study %s is invalid from now on; evenkeel invalidate %d --study %s --undo makes it valid again\n", trial, name, trial, name)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&study, "study", "", "`NAME`: the study; the newest is the default")
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT`: why the trial is invalid")
	cmd.Flags().BoolVar(&undo, "undo", false, "make the trial valid again")
	return cmd
}

// trialNumber reads the number of a trial.
func trialNumber(text string) (int, error) {
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 {
		return 0, search.Inputf("%q is not a trial number; want 1 or more, see evenkeel leaderboard", text)
	}
	return number, nil
}
