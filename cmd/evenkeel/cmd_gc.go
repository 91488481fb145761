package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/runs"
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
			w := cmd.OutOrStdout()
			if forPeople(*format) {
				_, err := fmt.Fprint(w, freedText(freed, c.DryRun))
				return err
			}
			return freedResult(freed, c.DryRun).write(w, *format)
		},
	}
	cmd.Flags().StringVar(&c.Study, "study", "", "only the runs of the study `NAME`; all studies are the default")
	cmd.Flags().BoolVar(&c.All, "all", false, "free the logits of the reference and of the best rounds too")
	cmd.Flags().BoolVar(&c.DryRun, "dry-run", false, "say what would be freed, and free nothing")
	format = formatFlag(cmd)
	return cmd
}

// freedText says what was freed.
func freedText(f *runs.Freed, dry bool) string {
	var b strings.Builder
	verb := "freed"
	if dry {
		verb = "would free"
	}
	fmt.Fprintf(&b, "%s the logits of %s, %s\n", verb, count(int(f.Runs), "run"), bytesText(f.Bytes))
	if len(f.Busy) > 0 {
		fmt.Fprintf(&b, "left alone, being searched: %s\n", strings.Join(f.Busy, ", "))
	}
	switch {
	case dry:
		fmt.Fprintf(&b, "the file has %s\n", bytesText(f.Before))
	case f.Kept != "":
		fmt.Fprintf(&b, "the file has %s: %s\n", bytesText(f.After), f.Kept)
	default:
		fmt.Fprintf(&b, "the file had %s and has %s\n", bytesText(f.Before), bytesText(f.After))
	}
	return b.String()
}

// freedResult is the same for programs.
func freedResult(f *runs.Freed, dry bool) result {
	busy := append([]string{}, f.Busy...) // an empty list is no null
	return result{columns: []column{
		{name: "dry_run"}, {name: "runs"}, {name: "bytes"}, {name: "left_alone"}, {name: "file_before"}, {name: "file_after"}, {name: "kept"},
	}, rows: [][]any{{dry, f.Runs, f.Bytes, busy, f.Before, f.After, f.Kept}}}
}

// bytesText writes a number of bytes with the units of disks: 1 kB is 1000 bytes.
func bytesText(n int64) string {
	switch {
	case n < 1000:
		return count(int(n), "byte")
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
