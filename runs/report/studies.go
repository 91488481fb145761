package report

import (
	"fmt"
	"slices"
	"strings"

	"evenkeel/runs"
	"evenkeel/runs/results"
)

// Studies prints the studies of the trial history. Nothing is cut: where a terminal is too
// narrow, columns are left out and named.
func Studies(out Out, list []results.LedStudy) error {
	r := studiesResult(list)
	if !out.forPeople() {
		return out.write(r)
	}
	r, left := r.visible().without(out.Width, "git_commit", "host", "user")
	if err := out.write(r); err != nil || len(left) == 0 {
		return err
	}
	out.lines("Left out, since the terminal is too narrow: " + strings.Join(left, ", ") + ". --format csv has every column.")
	return nil
}

// studiesResult lays the list out.
func studiesResult(list []results.LedStudy) result {
	spread := func(v any) string { return decimals(v.(float64), 3) }
	seedsFailed := slices.ContainsFunc(list, func(s results.LedStudy) bool { return s.FailedSeeds > 0 })
	invalidated := slices.ContainsFunc(list, func(s results.LedStudy) bool { return s.Invalid > 0 })
	r := result{tight: true, columns: []column{
		{name: "study", left: true}, {name: "model", hidden: true}, {name: "state", left: true},
		{name: "trials"}, {name: "planned"}, {name: "failed"}, {name: "failed_seeds", title: "failed seeds", hidden: !seedsFailed}, {name: "invalidated", hidden: !invalidated}, {name: "runs", title: "trainings"},
		{name: "unweighted", text: spread}, leaderChange, {name: "leader_score", hidden: true},
		{name: "leader_trial", title: "trial"}, {name: "leader_round", hidden: true}, {name: "leader_scheme", hidden: true},
		{name: "seconds", title: "time", text: func(v any) string { return Duration(v.(float64)) }},
		{name: "created", hidden: true}, {name: "worked", title: "last worked on", text: shortTime},
		{name: "host", left: true}, {name: "user", left: true},
		{name: "git_commit", title: "commit", left: true, text: shortCommit}, {name: "program", hidden: true},
	}}
	for _, s := range list {
		var trial, round, scheme, change, score any
		if a := s.Leader; a != nil {
			trial, round, scheme, change, score = a.Trial, a.Round, a.Scheme, a.Difference, a.Score
		}
		r.rows = append(r.rows, []any{
			s.Name, s.Model, string(s.State), s.Complete + s.Failed, planned(s.Planned), s.Failed, s.FailedSeeds, s.Invalid, s.Runs, s.Reference, change, score,
			trial, round, scheme, s.Seconds, s.Created, s.Worked, s.Host, s.User, s.GitCommit, s.Program,
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

// leaderChange is the column with the change of score of a study's leader.
var leaderChange = column{name: "leader_change", title: "leader", text: func(v any) string { return signed(v.(float64), 3) }}

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
	r := result{columns: []column{
		{name: "study", left: true}, {name: "trials"}, {name: "planned"}, {name: "runs", title: "trainings"},
		leaderChange,
		{name: "since", text: shortTime}, {name: "host", left: true}, {name: "user", left: true}, {name: "pid"},
		{name: "seconds_left", title: "time left", text: func(v any) string { return "about " + Duration(v.(float64)) }},
		{name: "phase", left: true},
	}}
	for _, s := range list {
		var change, left, phase any
		if s.Leader != nil {
			change = s.Leader.Difference
		}
		if s.SecondsLeft != nil {
			left = *s.SecondsLeft
		}
		if s.Phase != "" {
			phase = s.Phase
		}
		r.rows = append(r.rows, []any{
			s.Name, s.Complete + s.Failed, planned(s.Planned), s.Runs, change, s.Started, s.Host, s.User, s.PID, left, phase,
		})
	}
	return out.write(r)
}
