package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"evenkeel/objective"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// Plan prints what a search would take and begin with.
func Plan(out Out, p *notice.Planned, now time.Time) error { return planPage{out, p}.write(now) }

// planPage lays out what a search would take and begin with.
type planPage struct {
	Out
	*notice.Planned
}

// write prints the page.
func (p planPage) write(now time.Time) error {
	w := p.W
	def := p.Definition
	fmt.Fprintf(w, "study %s: %s\n", def.Name, p.subject())
	seeds := count(def.Search.Replicates, "seed") + " each"
	if most := def.Search.MaxReplicates; def.Search.Racing && most > def.Search.Replicates {
		seeds += fmt.Sprintf(" at first and up to %d for those that may lead", most)
	}
	trials := "as many trials as fit into the time,"
	if p.Budget.Trials > 0 {
		trials = count(p.Budget.Trials, "trial")
	}
	each, why := def.MaxRounds(), "one a round"
	if def.SearchesModel() {
		each, why = each+1, "an unweighted one and one a round"
	}
	fmt.Fprintf(w, "%s of at most %s a seed (%s)\n", trials, count(each, "training"), why)
	fmt.Fprintf(w, "%s\nstudy seed %d; up to %s, or further seeds of them, under way (search.window), %s at once\n", seeds, def.Search.Seed, count(def.Search.Window, "trial"), count(p.Parallel, "training"))
	p.points(w)
	for _, note := range []string{settledEpochs(def, p.Info), smallBatch(def), fewExamples(p.Info)} {
		if note != "" {
			p.lines(note)
		}
	}
	if !p.Until.IsZero() && !p.Until.After(now) {
		fmt.Fprintf(w, "search.until %s is over: a search would not begin\n", def.Search.Until)
	}
	p.budget(w)
	fmt.Fprintln(w)
	if err := Space(p.Out, def.Space); err != nil {
		return err
	}
	recipe, err := recipeText(def, p.First.Point)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nan example of a trial: %s, %s\n", recipe, count(p.Plan.Rounds, "round"))
	if def.Search.Screen == search.ScreenAuto {
		fmt.Fprintln(w, "In the search, each trial is the one of many such candidates that is predicted to do best, from the\nlogits of the unweighted model (search.screen).")
	}
	return nil
}

// subject says what a study trains on, and on which data as far as is known: the
// study's own program is not started.
func (p planPage) subject() string {
	if s := p.Definition.Model.Trainer; s.Transport().Started {
		return fmt.Sprintf("%s (not started), %s", objective.Printable(s.Program(p.Definition.Folder)), count(s.Parallel(0), "slot"))
	}
	return fmt.Sprintf("%s, %d classes, %d training and %d validation examples", objective.Printable(p.Title), len(p.Info.Classes), sum(p.Info.TrainCounts), len(p.Info.ValLabels))
}

// points says so where the space has counted points, of which each is made once.
func (p planPage) points(w io.Writer) {
	n, finite := p.Definition.Space.Points()
	if !finite {
		return
	}
	text := fmt.Sprintf("the space has %s, of which each is made at most once", count(n, "point"))
	if asked := p.Definition.Search.Trials; asked > n {
		text += fmt.Sprintf("; of %s asked for, what is left goes to further seeds", count(asked, "trial"))
		if !p.Definition.Search.Racing {
			text = fmt.Sprintf("the space has %s: the search ends when each is made, before the %s asked for", count(n, "point"), count(asked, "trial"))
		}
	}
	fmt.Fprintln(w, text)
}

// budget says how many trainings a study takes and, where its time is limited, how
// many of them fit as far as the history knows what one takes. For the time, one of twice the
// epochs counts as two.
func (p planPage) budget(w io.Writer) {
	b := p.Budget
	if b.Trials > 0 {
		models, length := math.Round(p.Models()), math.Round(p.Trainings())
		fmt.Fprintf(w, "about %s", count(int(models), "training"))
		if models != length {
			fmt.Fprintf(w, ", which take as long as %.0f with the usual epochs", length)
		}
		fmt.Fprintln(w, ":")
	} else {
		fmt.Fprintln(w, "trainings, and trials in the time that is left:")
	}
	fmt.Fprintf(w, "  %d unweighted, one a seed\n", b.Reference)
	if b.Trials > 0 {
		fmt.Fprintf(w, "  %.0f for trials", b.Trainings)
		if math.Round(b.MostTrainings) > math.Round(b.Trainings) {
			fmt.Fprintf(w, " (at most %.0f, with the most rounds and seeds for each)", b.MostTrainings)
		}
		fmt.Fprintln(w)
	}
	if p.Longer > 0 {
		fmt.Fprintf(w, "  at most %.0f for the unweighted model with twice the epochs, one a seed\n", p.LongerModels())
	}
	if p.Confirming > 0 {
		fmt.Fprintf(w, "  at most %.0f to confirm the leader: %d fresh seeds, at most %d each:\n", p.ConfirmingModels(), p.ConfirmSeeds, p.PerSeed.Trainings())
		p.paragraph("   ", p.perSeed())
	}
	if p.PerhapsConfirming > 0 {
		p.lines(fmt.Sprintf("and %d or more to confirm the leader, where that takes no more than the search did (--confirm)", p.PerhapsConfirming))
	}
	if !p.Left.Limited {
		return
	}
	if p.Known == 0 {
		fmt.Fprintf(w, "how many fit %s is unknown until a training has run\n", p.limit())
		return
	}
	text := fmt.Sprintf("about %.0f with the usual epochs fit", p.Fit)
	if b.Trials > 0 && p.Fit >= p.Trainings() {
		text = "all of them fit"
	}
	fmt.Fprintf(w, "%s %s, at %s each (mean of %s of the reference's model) and %d at once\n",
		text, p.limit(), Duration(p.Each), count(p.Known, "stored training"), p.Parallel)
}

// perSeed says what a confirmation trains on each seed.
func (p planPage) perSeed() string {
	s := p.PerSeed
	var words []string
	for _, part := range []struct {
		n    int
		text string
	}{
		{s.Unweighted + s.Own, "unweighted"}, {s.Rounds, "for the rounds of weights"}, {s.Fixed, "with the fixed weights"}, {min(s.Longer, 1), "unweighted with twice the epochs"},
		{min(s.EqualCost, 1), fmt.Sprintf("unweighted with %d times the epochs, as many as all rounds have together", s.EqualCost)},
	} {
		if part.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	return strings.Join(words, ", ")
}

// limit says in which time, or before when, trainings must fit.
func (p planPage) limit() string {
	if !p.Left.Until.IsZero() {
		return "before " + p.Left.Until.Local().Format("2006-01-02 15:04")
	}
	words := "within " + Duration(math.Max(0, p.Left.Duration.Seconds()))
	if p.Spent > 0 {
		words += " that are left"
	}
	return words
}
