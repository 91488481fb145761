package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"evenkeel/runs/report"
)

// newBackup returns the command that copies the history.
func newBackup(g *global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:   "backup OUT.db",
		Short: "Copy the trial history, also during a search",
		Long: `Copies the trial history to a new file, also while a search writes to it. The copy has
every trial that was finished when the command began, is one file, and works like the
original: --db OUT.db. A file of that name is never overwritten.

This is the way to copy a history that is in use. cp may copy a file that is being
changed; and the last changes, of a minute at most, are in the file -wal beside it.
Do not move, remove or replace a history while a search runs: the search stops then,
and saves what it has in a file of its own.`,
		Example: `  evenkeel backup monday.db
  evenkeel backup /mnt/backup/monday.db --db mine.db`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			// Half a copy is removed when somebody interrupts.
			ctx, release := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer release()
			copied, err := db.Backup(ctx, args[0])
			if err != nil {
				return err
			}
			return report.Copied(page(cmd, *format), copied)
		},
	}
	format = formatFlag(cmd)
	return cmd
}
