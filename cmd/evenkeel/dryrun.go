package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

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
		return spaceResult(def.Space).write(cmd.OutOrStdout(), f.format)
	}
	return planPage{plan}.write(cmd.OutOrStdout(), time.Now())
}

// planPage lays out what a search would take and begin with.
type planPage struct{ *session.Planned }

// write prints the page.
func (p planPage) write(w io.Writer, now time.Time) error {
	def := p.Definition
	fmt.Fprintf(w, "study %s: %s\n", def.Name, p.subject())
	fmt.Fprintf(w, "%s, at most %s a seed, %s each; seed %d, window %d\n", count(def.Search.Trials, "trial"),
		count(def.MaxRounds()+1, "run"), count(def.Search.Replicates, "seed"), def.Search.Seed, def.Search.Window)
	if few := fewKnown(p.Info); few != "" {
		fmt.Fprintln(w, few)
	}
	if !p.Until.IsZero() && !p.Until.After(now) {
		fmt.Fprintf(w, "search.until %s is over: a search would end at once\n", def.Search.Until)
	}
	p.budget(w)
	fmt.Fprintln(w)
	if len(def.Space.Params) == 0 {
		fmt.Fprintln(w, "The study file leaves nothing open: every trial is the same.")
	} else if err := spaceResult(def.Space).write(w, "table"); err != nil {
		return err
	}
	recipe, err := recipeText(def, p.First.Point)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\ntrial 1 would be: %s, %s\n", recipe, count(p.Plan.Rounds, "round"))
	if def.Search.Screen == search.ScreenAuto {
		fmt.Fprintln(w, "That is the sampler's first suggestion. Once the unweighted model is trained, each trial is the one of\nmany suggestions that its logits predict to lead, where there are logits (search.screen).")
	}
	return nil
}

// subject says what a study trains on, and on which data as far as is known: the
// study's own program is not started.
func (p planPage) subject() string {
	if c := p.Definition.Model.Command; c != nil {
		return fmt.Sprintf("%s in %s (not started), %s", strings.Join(c.Words, " "), p.Definition.Folder, count(len(c.Slots), "slot"))
	}
	return fmt.Sprintf("%s, %d classes, %d training and %d validation examples", p.Title, len(p.Info.Classes), sum(p.Info.TrainCounts), len(p.Info.ValLabels))
}

// budget says how many trainings a study takes and, where its time is limited, how
// many of them fit as far as the history knows what one takes.
func (p planPage) budget(w io.Writer) {
	parts := fmt.Sprintf("%d reference, %.0f of trials", p.Reference, p.Trials)
	if p.Confirming > 0 {
		parts += fmt.Sprintf(", at most %.0f to confirm the leader", p.Confirming)
	}
	fmt.Fprintf(w, "about %s: %s\n", count(int(math.Round(p.Trainings())), "training"), parts)
	if !p.Left.Limited {
		return
	}
	if p.Known == 0 {
		fmt.Fprintf(w, "how many fit %s is unknown until a training has run\n", p.limit())
		return
	}
	text := fmt.Sprintf("about %.0f fit", p.Fit)
	if p.Fit >= p.Trainings() {
		text = "all of them fit"
	}
	fmt.Fprintf(w, "%s %s, at %s each (mean of %s of the reference's model) and %d at once\n",
		text, p.limit(), duration(p.Each), count(p.Known, "stored run"), p.Parallel)
}

// limit says in which time, or before when, trainings must fit.
func (p planPage) limit() string {
	if !p.Left.Until.IsZero() {
		return "before " + p.Left.Until.Local().Format("2006-01-02 15:04")
	}
	words := "within " + duration(math.Max(0, p.Left.Duration.Seconds()))
	if p.Spent > 0 {
		words += " that are left"
	}
	return words
}

// spaceResult has one row per parameter.
func spaceResult(s search.Space) result {
	r := result{columns: []column{
		{name: "parameter", left: true}, {name: "kind", left: true}, {name: "values", left: true}, {name: "where", left: true},
	}}
	labels := make(map[string][]any)
	for _, p := range s.Params {
		labels[p.Name] = p.Choices
		values := fmt.Sprintf("%v to %v", p.Low, p.High)
		switch {
		case p.Log:
			values += ", log"
		case p.Step != 0:
			values += fmt.Sprintf(", step %v", p.Step)
		}
		if p.Kind == search.Categorical {
			words := make([]string, len(p.Choices))
			for i, c := range p.Choices {
				words[i] = valueText(c)
			}
			values = strings.Join(words, ", ")
		}
		where := ""
		if p.When != nil {
			words := make([]string, len(p.When.In))
			for i, c := range p.When.In {
				words[i] = valueText(labels[p.When.Param][c])
			}
			where = p.When.Param + " is " + strings.Join(words, " or ")
		}
		r.rows = append(r.rows, []any{p.Name, string(p.Kind), values, where})
	}
	return r
}
