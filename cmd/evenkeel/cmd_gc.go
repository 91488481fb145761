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
		Short: "Free stored logits, and make the file smaller",
		Long: `Frees logits, which are most of what a run takes. A search does so itself at its
end and keeps those of the reference and of every trial's best round; gc does the
same for studies that never came to their end. --all frees these too: fitted
offsets of such a study can then not be computed any more without training, explain
has less to go by, and a study that goes on does so without screening. Those of the
unweighted models of a confirmation stay even then, since evenkeel confirm, repeated
or continued, fits its offsets to them.

Nothing else is ever removed. Runs keep their matrices and predictions and are
found again by whoever asks for them, also those that no trial refers to. Studies
that are being searched are left alone, and then the file keeps its size and its
room is used again; otherwise it is made smaller, which takes as much disk space
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
	cmd.Flags().StringVar(&c.Study, "study", "", "only the runs of the study `NAME`; all studies are the default")
	cmd.Flags().BoolVar(&c.All, "all", false, "free the logits of the reference and of the best rounds too")
	cmd.Flags().BoolVar(&c.DryRun, "dry-run", false, "say what would be freed, and free nothing")
	format = formatFlag(cmd)
	return cmd
}
