package main

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/search"
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
			list, err := db.Studies(cmd.Context())
			if err != nil {
				return err
			}
			list = slices.DeleteFunc(list, func(s runs.StudyRow) bool { return s.State != "running" })
			if len(list) == 0 && forPeople(*format) {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "No study in %s is being searched.\n", g.db)
				return err
			}
			r, err := statusResult(cmd, db, list)
			if err != nil {
				return err
			}
			return r.write(cmd.OutOrStdout(), *format)
		},
	}
	format = formatFlag(cmd)
	return cmd
}

// statusResult has one row per running study.
func statusResult(cmd *cobra.Command, db *runs.DB, list []runs.StudyRow) (result, error) {
	r := result{tight: true, columns: []column{
		{name: "study", left: true}, {name: "trials"}, {name: "planned", title: "of"}, {name: "runs"},
		{name: "best_change", title: "best change", text: func(v any) string { return signed(v.(float64), 3) }},
		{name: "since", text: shortTime}, {name: "host", left: true}, {name: "user", left: true}, {name: "pid"},
		{name: "seconds_left", title: "time left", text: func(v any) string { return "about " + duration(v.(float64)) }},
		{name: "phase", left: true},
	}}
	for _, s := range list {
		pace, err := db.Pace(cmd.Context(), s.Name)
		if err != nil {
			return r, err
		}
		def, err := readDefinition(cmd.Context(), db, s.Name, nil)
		if err != nil {
			return r, err
		}
		var best, left, phase any
		if s.BestTrial > 0 {
			best = s.BestScore - s.Reference
		}
		if seconds, ok := secondsLeft(pace, def, s.Started.Local(), time.Now()); ok {
			left = seconds
		}
		if pace.Phase != "" {
			phase = pace.Phase
		}
		r.rows = append(r.rows, []any{
			s.Name, s.Complete + s.Failed, s.Planned, s.Runs, best, s.Started, s.Host, s.User, s.PID, left, phase,
		})
	}
	return r, nil
}

// secondsLeft estimates how long a search that began at some time will go on,
// from its pace and its limits; false while it has no pace, and where it has made all
// its evaluations or is at something else.
func secondsLeft(p runs.Pace, def *search.Definition, began, now time.Time) (float64, bool) {
	if p.Made == 0 || p.Phase != runs.Searching || p.Done >= def.Search.Evaluations() {
		return 0, false
	}
	left := p.Seconds / float64(p.Made) * float64(def.Search.Evaluations()-p.Done)
	if def.Search.Time > 0 {
		left = min(left, math.Max(0, def.Search.Time.Seconds()-p.Spent))
	}
	if until, err := untilTime(def.Search.Until, began); err == nil && !until.IsZero() {
		left = min(left, math.Max(0, until.Sub(now).Seconds()))
	}
	return left, true
}
