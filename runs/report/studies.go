package report

import (
	"fmt"
	"slices"
	"strings"

	"evenkeel/runs"
	"evenkeel/runs/results"
)

// Studies prints the studies of the trial history.
func Studies(out Out, list []runs.StudyRow) error {
	r := studiesResult(list)
	if out.forPeople() {
		r = r.visible()
		r.fit(out.Width, "user", "host")
	}
	return out.write(r)
}

// studiesResult lays the list out.
func studiesResult(list []runs.StudyRow) result {
	spread := func(v any) string { return decimals(v.(float64), 3) }
	seedsFailed := slices.ContainsFunc(list, func(s runs.StudyRow) bool { return s.FailedSeeds > 0 })
	r := result{tight: true, columns: []column{
		{name: "study", left: true}, {name: "model", hidden: true}, {name: "state", left: true},
		{name: "trials"}, {name: "planned"}, {name: "failed"}, {name: "failed_seeds", title: "failed seeds", hidden: !seedsFailed}, {name: "runs", title: "trainings"},
		{name: "unweighted", text: spread}, {name: "best_score", hidden: true},
		{name: "best_change", title: "lowest change", text: func(v any) string { return signed(v.(float64), 3) }},
		{name: "trial"}, {name: "round", hidden: true}, {name: "scheme", hidden: true},
		{name: "seconds", title: "time", text: func(v any) string { return Duration(v.(float64)) }},
		{name: "created", hidden: true}, {name: "worked", title: "last worked on", text: shortTime},
		{name: "host", left: true}, {name: "user", left: true},
		{name: "git_commit", title: "commit", left: true, text: shortCommit}, {name: "program", hidden: true},
	}}
	for _, s := range list {
		var trial, round, change any
		if s.BestTrial > 0 {
			trial, round, change = s.BestTrial, s.BestRound, s.BestScore-s.Reference
		}
		r.rows = append(r.rows, []any{
			s.Name, s.Model, string(s.State), s.Complete + s.Failed, planned(s.Planned), s.Failed, s.FailedSeeds, s.Runs, s.Reference, s.BestScore, change,
			trial, round, s.BestScheme, s.Seconds, s.Created, s.Worked, s.Host, s.User, s.GitCommit, s.Program,
		})
	}
	return r
}

// planned is the number of trials that a study was asked for, nothing where only the time
// bounds it.
func planned(trials int) any {
	if trials == 0 {
		return nil
	}
	return trials
}

// shortCommit writes a commit for people: seven digits, and a + for changes.
func shortCommit(v any) string {
	commit, changed := strings.CutSuffix(v.(string), runs.ChangesMark)
	commit = commit[:min(len(commit), 7)]
	if changed {
		commit += "+"
	}
	return commit
}

// Status prints a line for every study that is being searched.
func Status(out Out, db string, list []results.RunningStudy) error {
	if len(list) == 0 && out.forPeople() {
		_, err := fmt.Fprintf(out.W, "No study in %s is being searched.\n", db)
		return err
	}
	r := result{tight: true, columns: []column{
		{name: "study", left: true}, {name: "trials"}, {name: "planned"}, {name: "runs", title: "trainings"},
		{name: "best_change", title: "lowest change", text: func(v any) string { return signed(v.(float64), 3) }},
		{name: "since", text: shortTime}, {name: "host", left: true}, {name: "user", left: true}, {name: "pid"},
		{name: "seconds_left", title: "time left", text: func(v any) string { return "about " + Duration(v.(float64)) }},
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
			s.Name, s.Complete + s.Failed, planned(s.Planned), s.Runs, best, s.Started, s.Host, s.User, s.PID, left, phase,
		})
	}
	return out.write(r)
}
