package main

import (
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs"
)

// openReading opens the trial history for a command that only reads.
func openReading(cmd *cobra.Command, g *global) (*runs.DB, error) {
	return runs.Open(cmd.Context(), g.db, runs.Options{ReadOnly: true})
}

// newStudies returns the command that lists the studies.
func newStudies(g *global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:     "studies",
		Short:   "List the studies of the trial history",
		Example: "  evenkeel studies --format json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			list, err := db.Studies(cmd.Context())
			if err != nil {
				return err
			}
			return studiesResult(list).write(cmd.OutOrStdout(), *format)
		},
	}
	format = formatFlag(cmd)
	return cmd
}

// studiesResult lays the list out.
func studiesResult(list []runs.StudyRow) result {
	spread := func(v any) string { return decimals(v.(float64), 3) }
	r := result{columns: []column{
		{name: "study", left: true}, {name: "model", left: true}, {name: "state", left: true},
		{name: "trials"}, {name: "failed"}, {name: "runs"},
		{name: "unweighted", text: spread}, {name: "best", text: spread}, {name: "trial"}, {name: "scheme", left: true},
		{name: "seconds", title: "time", text: func(v any) string { return duration(v.(float64)) }},
		{name: "created", text: shortTime}, {name: "worked", title: "last worked on", text: shortTime},
		{name: "host", left: true}, {name: "user", left: true},
	}}
	for _, s := range list {
		var trial any
		if s.BestTrial > 0 {
			trial = s.BestTrial
		}
		r.rows = append(r.rows, []any{
			s.Name, s.Model, s.State, s.Trials, s.Failed, s.Runs, s.Reference, s.BestScore, trial, s.BestScheme,
			s.Seconds, s.Created, s.Worked, s.Host, s.User,
		})
	}
	return r
}

// shortTime writes a time for people, in the local zone.
func shortTime(v any) string { return v.(time.Time).Local().Format("2006-01-02 15:04") }
