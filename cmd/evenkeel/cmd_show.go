package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs/report"
	"evenkeel/runs/results"
)

// showFlags are the flags of show.
type showFlags struct {
	study string
	round int
}

// newShow returns the command that shows one trial.
func newShow(g *global) *cobra.Command {
	var f showFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "show TRIAL",
		Short: "Show one trial: rounds, weights, and per-class recall before and after",
		Long: `Shows the rounds of one trial with their weights, and the recall of every class
in the unweighted round 0 and after one round (the best unless --round says
otherwise), as means over the trial's seeds on validation. TRIAL/ROUND is short
for TRIAL --round ROUND. JSON has one object for each class and round.

  max/min      largest class weight divided by the smallest, mean of each seed's own
  heaviest     the class with the largest weight, lightest the one with the smallest,
               each with its mean weight
  score        spread, plus the expected charge for accuracy lost beyond the limit
  change, +-   score, compared with the study's unweighted model on the same seeds, and
               half of its 95 % interval for all arms together
  spread       how uneven the recalls are; not corrected for the noise of the examples
  worst class  the lowest recall, in percent
  bal.acc      balanced accuracy, in percent
  rank         on the leaderboard

Means of weights and of max/min are geometric; max/min of the mean weights is lower where
the extreme classes differ from seed to seed.

` + accumulateHelp,
		Example: `  evenkeel show 7
  evenkeel show 7/2
  evenkeel show 7 --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			arm, err := weightedArm(cmd, args[0], f.round)
			if err != nil {
				return err
			}
			db, err := openStudyReading(cmd, g, f.study)
			if err != nil {
				return err
			}
			defer db.Close()
			def, t, round, err := results.ReadShown(cmd.Context(), db, f.study, arm)
			if err != nil {
				return err
			}
			return report.Trial(page(cmd, *format), def, t, round)
		},
	}
	cmd.Flags().StringVar(&f.study, "study", "", "`NAME`: the study; the newest is the default")
	cmd.Flags().IntVar(&f.round, "round", 0, "`R`: round whose recalls are shown; the best round is the default")
	format = formatFlag(cmd)
	return cmd
}
