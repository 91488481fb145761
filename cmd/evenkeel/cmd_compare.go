package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs/report"
	"evenkeel/runs/results"
)

// newCompare returns the command that sets trials side by side.
func newCompare(g *global) *cobra.Command {
	var study string
	var format *string
	cmd := &cobra.Command{
		Use:   "compare TRIAL TRIAL...",
		Short: "Compare trials class by class, paired by seed",
		Long: `Prints the recalls of trials side by side on validation, over the training seeds
they have in common, and the difference of each to the first with its interval.
TRIAL is a number and means its best round; TRIAL/ROUND is another round, and
TRIAL/0 the trial's unweighted model. The intervals are 95 % each, for other seeds and
other examples; they are not corrected for comparing several classes or trials.`,
		Example: `  evenkeel compare 10 24
  evenkeel compare 10/0 10/1 24 --format csv`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			db, err := openStudyReading(cmd, g, study)
			if err != nil {
				return err
			}
			defer db.Close()
			arms := make([]results.Arm, len(args))
			for i, arg := range args {
				if arms[i], err = parseArm(arg); err != nil {
					return err
				}
			}
			c, err := results.Compare(cmd.Context(), db, study, arms)
			if err != nil {
				return err
			}
			return report.Compared(page(cmd, *format), c)
		},
	}
	cmd.Flags().StringVar(&study, "study", "", "`NAME`: the study; the newest is the default")
	format = formatFlag(cmd)
	return cmd
}
