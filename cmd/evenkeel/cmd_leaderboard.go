package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/runs/report"
)

// leaderboardHelp is the long help of the command.
const leaderboardHelp = `Says what to use, as evenkeel recommend does, shows what a confirmation measured of
every option, and ranks the arms of a study. An arm is a trial after one of its
rounds. JSON and CSV have every arm with the columns of the SQL view leaderboard,
unrounded, and say which one leads.

` + optionsHelp + `

SEARCH ranks the arms on validation, the best one of each trial; --all shows every arm.
Above them, without a rank, are the unweighted model, with which all are compared, and
what offsets and twice the epochs do to it.

Above the table: how many candidates were predicted from the logits of the unweighted model,
to choose which to train, and how much of the predicted change of each class's recall
training brought; the spread can change by more or less than predicted.
Options without a rank compete with rank 1 as the lines below the table correct it:
they were measured on examples left out of their fit, rank 1 on those of its weights.

  rank         by score, among arms with the same number of seeds; the first one leads
  recipe       the scheme with its exponent or other parameter (mean-ratio k is (mean/recall)^k,
               error-power k is (1 - recall)^k; others: evenkeel schemes), and accumulate where weights
               are multiplied with those of the round before
  round        2 of 3 = after round 2 of the trial's 3 rounds
  score        spread, plus the expected charge for accuracy lost beyond the limit, lower is
               better; a loss is measured with an error, so an arm somewhat within the limit
               is charged for the chance that it loses more than that
  change       score, compared with the unweighted model on the same seeds
  +-           half width of a 95 % interval, simultaneous for all arms, over seeds and
               validation examples; not corrected for weights that were measured on these
               examples; from 3 seeds on
  noise?       beyond = the interval of change does not contain 0, within = it does;
               for arms with fewer seeds, their number of seeds
  spread       how uneven the recalls are, mean over seeds, without any charge; not
               corrected for the noise of the validation examples
  weights      (where the study varies the model too) change of spread, compared with the trial's
               own unweighted model
  max/min      (--wide) largest class weight divided by the smallest, mean of each
               seed's own
  worst class  the lowest recall, in percent
  bal.acc      balanced accuracy in points: of the unweighted model itself, below it
               the change, compared with the better of that and the trial's own
               unweighted model; ! = probably more lost than objective.accuracy_tolerance

` + accumulateHelp + `

The arms were chosen by these figures, so the figures are too good. Quote those of the
recommendation, which evenkeel confirm measures.`

// newLeaderboard returns the command that ranks the arms of a study.
func newLeaderboard(g *global) *cobra.Command {
	var study string
	var options report.BoardOptions
	var format *string
	cmd := &cobra.Command{
		Use:   "leaderboard [STUDY]",
		Short: "Rank the arms of a study, compared with the unweighted model",
		Long:  leaderboardHelp,
		Example: `  evenkeel leaderboard
  evenkeel leaderboard fashion --all
  evenkeel leaderboard --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, db, err := openNamed(cmd, g, args, study)
			if err != nil {
				return err
			}
			defer db.Close()
			return printLeaderboard(cmd, db, name, *format, options)
		},
	}
	cmd.Flags().StringVar(&study, "study", "", "`NAME`: the study; the newest is the default")
	cmd.Flags().BoolVar(&options.All, "all", false, "show every arm, not only the best one of each trial")
	cmd.Flags().BoolVar(&options.Wide, "wide", false, "show whole recipes, however long")
	format = formatFlag(cmd)
	return cmd
}

// printLeaderboard prints the leaderboard of the named study, "" for the newest.
func printLeaderboard(cmd *cobra.Command, db *runs.DB, study, format string, options report.BoardOptions) error {
	overview, err := readOverview(cmd, db, study)
	if err != nil {
		return err
	}
	return report.Leaderboard(page(cmd, format), overview, options)
}
