package main

import (
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs/report"
	"evenkeel/runs/session"
	"evenkeel/search"
)

// dryRun prints the space of a study and an example of a trial, and trains nothing.
func dryRun(cmd *cobra.Command, g *global, def *search.Definition, f sessionFlags) error {
	config := session.Config{DB: g.db}
	if f.format != "table" {
		config.DB = "" // the space alone needs no history, and one that cannot be read is no fault
	}
	plan, err := session.Plan(cmd.Context(), config, f.request(cmd, def))
	if err != nil {
		return err
	}
	if f.format != "table" {
		return report.Space(page(cmd, f.format), def.Space)
	}
	return report.Plan(page(cmd, f.format), plan, time.Now())
}
