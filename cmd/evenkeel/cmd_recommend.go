package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
)

// newRecommend returns the command that says what to use.
func newRecommend(g *global) *cobra.Command {
	var study string
	var format *string
	cmd := &cobra.Command{
		Use:   "recommend [STUDY]",
		Short: "Say what to use: weights, offsets, longer training or nothing",
		Long: `Says what to use, what it gains on data that the search never saw, what it costs and
how to get it; where there is such an option, also what to do instead if more accuracy
may be given up, or less.

The option is chosen by the search's figures. It is recommended only where fresh seeds
and the test part (evenkeel confirm) show that its score is below that of the unweighted
model; another option takes its place only where it is better there beyond noise.

Your limit (objective.accuracy_tolerance) decides first which option is named: one that
loses more with a probability above 50 % gives way to the best one within the limit that
passes this test, or to the unweighted model where none does, and is named below it if it
is more even. Then, if the model was not trained enough, the answer also names the epochs to
search again with. That search finds weights for the model that is trained longer; an option
other than longer training alone can be used without it.

Before a confirmation the answer is PROVISIONAL: its figures are of the examples that
chose, and not for quoting. docs/recommendation.md has the rules.

Not known are changes of the spread that so many seeds and test examples would show with
a probability below 80 %, of the recommended option against nothing. In a command,
STUDY.yaml is the file of your study.

Spreads on the test part are corrected for the noise of its examples; those on
validation, as a PROVISIONAL answer has them, are not. Offsets and weights are "one fixed
set" to paste, "fitted to each model" by its validation logits, or "measured anew": the
recipe computes them for each model from its own recalls, round by round.

JSON and CSV have a row an option. Changes are against nothing, the unweighted model;
trainings is how many times the usual epochs one model takes, plain_spread and
plain_change are not corrected.`,
		Example: `  evenkeel recommend
  evenkeel recommend fashion
  evenkeel recommend --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, db, err := openNamed(cmd, g, args, study)
			if err != nil {
				return err
			}
			defer db.Close()
			overview, err := readOverview(cmd, db, name)
			if err != nil {
				return err
			}
			return report.Recommendation(page(cmd, *format), overview)
		},
	}
	cmd.Flags().StringVar(&study, "study", "", "`NAME`: the study; the newest is the default")
	format = formatFlag(cmd)
	return cmd
}

// openNamed opens the history for reading, for a study that is named by an argument or a
// flag, and returns its name.
func openNamed(cmd *cobra.Command, g *global, args []string, flag string) (name string, db *runs.DB, err error) {
	if name, err = oneStudy(args, flag); err != nil {
		return "", nil, err
	}
	db, err = openStudyReading(cmd, g, name)
	return name, db, err
}

// readOverview reads what is known of the named study, "" for the newest.
func readOverview(cmd *cobra.Command, db *runs.DB, study string) (*results.Overview, error) {
	o, err := results.ReadOverview(cmd.Context(), db, study)
	if err == nil {
		o.BuiltIn = isBuiltIn(o.Definition)
	}
	return o, err
}
