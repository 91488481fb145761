package main

import (
	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/runs/report"
)

// newGC returns the command that frees stored logits.
func newGC(g *global) *cobra.Command {
	var c runs.Cleaning
	var format *string
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "Make the database smaller: free stored logits",
		Long: `Frees logits, which take most of the space of a run. A search does so itself at its
end, and keeps those of the unweighted model and of every trial's best round; gc does the
same for studies that did not reach their end. --all frees these too: then fitted
offsets of such a study cannot be computed without training, explain finds less,
and a study that continues chooses its trials without predicting them. The logits of the
unweighted models of a confirmation stay even then, since evenkeel confirm, repeated
or continued, fits its offsets to them.

Nothing else is ever removed. Runs keep their matrices and predictions and are reused
instead of trained again, also those that no trial refers to. Studies that are being searched
are not changed, and then the file keeps its size and its freed space is used
again; otherwise the file becomes smaller, which takes as much disk space again
for a moment.`,
		Example: `  evenkeel gc --dry-run
  evenkeel gc
  evenkeel gc --study fashion --all`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := openExisting(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			freed, err := db.FreeLogits(cmd.Context(), c)
			if err != nil {
				return err
			}
			return report.Freed(page(cmd, *format), freed, c.DryRun)
		},
	}
	cmd.Flags().StringVar(&c.Study, "study", "", "`NAME`: only the runs of this study; all studies are the default")
	cmd.Flags().BoolVar(&c.All, "all", false, "free the logits of the unweighted model and of the best rounds too")
	cmd.Flags().BoolVar(&c.DryRun, "dry-run", false, "print what would be freed, and free nothing")
	format = formatFlag(cmd)
	return cmd
}
