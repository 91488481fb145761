package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/runs/report"
	"evenkeel/search"
	"evenkeel/search/samplers"
)

// dryRun prints the space of a study and its first trial, and trains nothing.
func dryRun(cmd *cobra.Command, path string, def *search.Definition, f sessionFlags) error {
	w := cmd.OutOrStdout()
	what, info, err := dryRunSubject(cmd, path, def)
	if err != nil {
		return err
	}
	deadline, err := untilTime(def.Search.Until, time.Now())
	if err != nil {
		return search.InputError{Err: err}
	}
	if f.format != "table" {
		return report.Space(page(cmd, f.format), def.Space)
	}
	fmt.Fprintf(w, "study %s: %s\n", def.Name, what)
	fmt.Fprintf(w, "%s, at most %s a seed, %s each; seed %d, window %d\n", count(def.Search.Trials, "trial"),
		count(maxRounds(def)+1, "run"), count(def.Search.Replicates, "seed"), def.Search.Seed, def.Search.Window)
	if few := report.FewExamples(info); few != "" {
		fmt.Fprintln(w, few)
	}
	if !deadline.IsZero() && !deadline.After(time.Now()) {
		fmt.Fprintf(w, "search.until %s is over: a search would end at once\n", def.Search.Until)
	}
	confirmed, _ := confirms(cmd, def, f)
	if err := printBudget(cmd, path, def, info, deadline, confirmed); err != nil {
		return err
	}
	fmt.Fprintln(w)
	if err := report.Space(page(cmd, "table"), def.Space); err != nil {
		return err
	}
	sampler, err := samplers.New(def.Search.Sampler)
	if err != nil {
		return err
	}
	policy := search.Policy{Definition: def, Sampler: sampler}
	step, err := policy.Next(nil, 0)
	if err != nil {
		return err
	}
	recipe, err := report.Recipe(def, step.Point)
	if err != nil {
		return err
	}
	plan, err := def.Plan(step.Point)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\ntrial 1 would be: %s, %s\n", recipe, count(plan.Rounds, "round"))
	if def.Search.Screen == search.ScreenAuto {
		fmt.Fprintln(w, "That is the sampler's first suggestion. Once the unweighted model is trained, each trial is the one of\nmany suggestions that its logits predict to lead, where there are logits (search.screen).")
	}
	return nil
}

// dryRunSubject says what a study trains on, and on which data as far as is known:
// the user's own program is not started.
func dryRunSubject(cmd *cobra.Command, path string, def *search.Definition) (string, objective.Info, error) {
	if s := def.Model.Trainer; s.Transport().Started {
		return fmt.Sprintf("%s (not started), %s", s.Program(def.Folder), count(s.Parallel(0), "slot")), objective.Info{}, nil
	}
	o, err := openTrainer(cmd.Context(), def, path)
	if err != nil {
		return "", objective.Info{}, err
	}
	info := o.Info()
	examples := 0
	for _, n := range info.TrainCounts {
		examples += n
	}
	return fmt.Sprintf("%s, %d classes, %d training and %d validation examples", o.title, len(info.Classes), examples, len(info.ValLabels)), info, nil
}

// maxRounds returns the largest number of rounds a trial can have.
func maxRounds(def *search.Definition) int {
	for _, p := range def.Space.Params {
		if p.Name == "weighting.rounds" {
			if p.Kind == search.Categorical {
				most := int64(0)
				for _, c := range p.Choices {
					most = max(most, c.(int64))
				}
				return int(most)
			}
			return int(p.High)
		}
	}
	if n, ok := def.Weighting.Fixed["rounds"].(int64); ok {
		return int(n)
	}
	return 1
}
