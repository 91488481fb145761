package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs/session"
)

// newStatus returns the command that says what is running.
func newStatus(g *global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "One line for every study that is being searched",
		Long: `Prints one line for every study of the trial history that is being searched now:
how far it is, the best change of score so far against the unweighted model, by
whom and since when. Time left is what the rest would take at the pace of this
invocation, not more than the study's time or until leave; a search that has
finished no trial yet has none. Neither has one whose trials have all ended: phase
then says confirming while an arm is trained on fresh seeds.`,
		Example: `  evenkeel status
  evenkeel status --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			list, err := session.Running(cmd.Context(), db, time.Now())
			if err != nil {
				return err
			}
			if len(list) == 0 && forPeople(*format) {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "No study in %s is being searched.\n", g.db)
				return err
			}
			return statusResult(list).write(cmd.OutOrStdout(), *format)
		},
	}
	format = formatFlag(cmd)
	return cmd
}

// statusResult has one row per running study.
func statusResult(list []session.RunningStudy) result {
	r := result{tight: true, columns: []column{
		{name: "study", left: true}, {name: "trials"}, {name: "planned", title: "of"}, {name: "runs"},
		{name: "best_change", title: "best change", text: func(v any) string { return signed(v.(float64), 3) }},
		{name: "since", text: shortTime}, {name: "host", left: true}, {name: "user", left: true}, {name: "pid"},
		{name: "seconds_left", title: "time left", text: func(v any) string { return "about " + duration(v.(float64)) }},
		{name: "phase", left: true},
	}}
	for _, s := range list {
		var best, left, phase any
		if s.BestChange != nil {
			best = *s.BestChange
		}
		if s.SecondsLeft != nil {
			left = *s.SecondsLeft
		}
		if s.Phase != "" {
			phase = s.Phase
		}
		r.rows = append(r.rows, []any{
			s.Name, s.Complete + s.Failed, s.Planned, s.Runs, best, s.Started, s.Host, s.User, s.PID, left, phase,
		})
	}
	return r
}
