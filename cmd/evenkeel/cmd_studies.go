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
		Use:   "studies",
		Short: "List the studies of the trial history",
		Long: `Lists the studies with their best score and where they come from: host, user, and
the commit of the study file's folder at the last invocation, with + where tracked
files differed. The commit is what the git program says; without it there is none.
JSON and CSV have the version of the program too.`,
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
			r := studiesResult(list)
			if forPeople(*format) {
				r = r.visible()
				r.fit(0, pageWidth)
			}
			return r.write(cmd.OutOrStdout(), *format)
		},
	}
	format = formatFlag(cmd)
	return cmd
}

// studiesResult lays the list out.
func studiesResult(list []runs.StudyRow) result {
	spread := func(v any) string { return decimals(v.(float64), 3) }
	r := result{tight: true, columns: []column{
		{name: "study", left: true}, {name: "model", hidden: true}, {name: "state", left: true},
		{name: "trials"}, {name: "planned", title: "of"}, {name: "failed"}, {name: "runs"},
		{name: "unweighted", text: spread}, {name: "best_score", title: "best score", text: spread},
		{name: "trial"}, {name: "round", hidden: true}, {name: "scheme", hidden: true},
		{name: "seconds", title: "time", text: func(v any) string { return duration(v.(float64)) }},
		{name: "created", hidden: true}, {name: "worked", title: "last worked on", text: shortTime},
		{name: "host", left: true}, {name: "user", left: true},
		{name: "git_commit", title: "commit", left: true, text: shortCommit}, {name: "program", hidden: true},
	}}
	for _, s := range list {
		var trial, round any
		if s.BestTrial > 0 {
			trial, round = s.BestTrial, s.BestRound
		}
		r.rows = append(r.rows, []any{
			s.Name, s.Model, s.State, s.Complete + s.Failed, s.Planned, s.Failed, s.Runs, s.Reference, s.BestScore,
			trial, round, s.BestScheme, s.Seconds, s.Created, s.Worked, s.Host, s.User, s.GitCommit, s.Program,
		})
	}
	return r
}

// shortTime writes a time for people, in the local zone.
func shortTime(v any) string { return v.(time.Time).Local().Format("2006-01-02 15:04") }
