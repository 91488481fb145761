package main

import (
	"math"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
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
			running, err := runningStudies(cmd, db, list)
			if err != nil {
				return err
			}
			return report.Status(page(cmd, *format), g.db, running)
		},
	}
	format = formatFlag(cmd)
	return cmd
}

// runningStudies adds to each study how long it will go on.
func runningStudies(cmd *cobra.Command, db *runs.DB, list []runs.StudyRow) ([]report.Running, error) {
	var running []report.Running
	for _, s := range list {
		pace, err := db.Pace(cmd.Context(), s.Name)
		if err != nil {
			return nil, err
		}
		def, err := results.Definition(cmd.Context(), db, s.Name, nil)
		if err != nil {
			return nil, err
		}
		left, ok := secondsLeft(pace, def, s.Started.Local(), time.Now())
		if !ok {
			left = math.NaN()
		}
		running = append(running, report.Running{StudyRow: s, Phase: pace.Phase, SecondsLeft: left})
	}
	return running, nil
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
