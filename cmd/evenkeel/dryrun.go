package main

import (
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs/report"
	"evenkeel/runs/session"
	"evenkeel/search"
)

// dryRun prints the space of a study and its first trial, and trains nothing.
func dryRun(cmd *cobra.Command, g *global, def *search.Definition, f sessionFlags) error {
	plan, err := session.Plan(cmd.Context(), session.Config{DB: g.db}, f.request(cmd, def))
	if err != nil {
		return err
	}
	if f.format != "table" {
		return report.Space(page(cmd, f.format), def.Space)
	}
	return report.Plan(page(cmd, f.format), plan, time.Now())
}
