package report

import (
	"fmt"
	"math"
	"strings"

	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// Trial prints one trial: its rounds, and the recalls before and after one of them. Round
// is 0 where it has no results.
func Trial(out Out, def *search.Definition, t *runs.Trial, round int) error {
	p := trialPage{Out: out, Trial: t}
	for k := 0; len(t.Replicates) > 0 && k < len(t.Replicates[0].Rounds); k++ {
		weights, err := results.ShownWeights(t, k)
		if err != nil {
			return err
		}
		p.weights = append(p.weights, weights)
	}
	if !out.forPeople() {
		return out.write(p.recalls())
	}
	recipe, err := recipeText(def, t.Point)
	if err != nil {
		return err
	}
	fmt.Fprintf(out.W, "%s, trial %d: %s, %s, %s\n%s\n", t.Study.Name, t.Number,
		count(t.Rounds, "round"), t.State, count(len(t.Replicates), "seed"), recipe)
	switch {
	case t.Error != "" && t.State == runs.StateComplete:
		fmt.Fprintf(out.W, "Further seeds failed: %s\n", beneath(t.Error, 2))
	case t.Error != "":
		fmt.Fprintf(out.W, "Failed: %s\n", beneath(t.Error, 2))
	}
	if t.Invalid != "" {
		fmt.Fprintf(out.W, "Invalid, and not ranked: %s\n", beneath(t.Invalid, 2))
	}
	if p := t.Predicted; p != nil {
		fmt.Fprintf(out.W, "Predicted before training: change of the score %s in round %d\n", signed(p.Difference, 3), p.Round)
	}
	if len(t.Replicates) == 0 {
		return nil
	}
	fmt.Fprintln(out.W)
	if err := out.write(p.rounds()); err != nil {
		return err
	}
	if note := p.ratios(); note != "" {
		if out.Format == "markdown" {
			fmt.Fprintln(out.W)
		}
		out.lines(note)
	}
	if round == 0 {
		return nil
	}
	fmt.Fprintf(out.W, "\nRecall on validation before (round 0) and after round %d, mean over %s:\n", round, count(len(t.Replicates), "seed"))
	if out.Format == "markdown" {
		fmt.Fprintln(out.W)
	}
	return p.recallBars(round)
}

// trialPage lays a trial out.
type trialPage struct {
	Out
	*runs.Trial
	// weights are those of each round, nil for round 0.
	weights [][]float64
}

// rounds has one row per round, the unweighted one first.
func (p trialPage) rounds() result {
	t := p.Trial
	r := result{columns: []column{
		{name: "round"}, {name: "max/min"}, {name: "heaviest", left: true}, {name: "lightest", left: true},
		{name: "score"}, {name: "change"}, {name: "+-"}, {name: "spread"}, {name: "worst class", left: true}, {name: "bal.acc"}, {name: "rank"},
	}}
	own := results.BaselineOf(t)
	r.rows = append(r.rows, []any{
		0, "1.0", "", "", "", "", "", decimals(own.Spread, 3), t.Study.Class(own.WorstClass) + " " + percent(own.WorstRecall), percent(own.BalancedAccuracy), "",
	})
	for _, a := range t.Arms {
		w := p.weights[a.Round]
		lo, hi := results.Extremes(w)
		r.rows = append(r.rows, []any{
			a.Round, ratioText(a.WeightRatio),
			t.Study.Class(hi) + " " + weightText(w[hi]), t.Study.Class(lo) + " " + weightText(w[lo]),
			decimals(a.Score, 3), signed(a.Difference, 3), halfWidth(a), decimals(a.Spread, 3), a.WorstClass + " " + percent(a.WorstRecall),
			percent(a.BalancedAccuracy), rankText(a),
		})
	}
	return r
}

// ratios says what max/min is where it is not that of the weights shown; "" elsewhere.
func (p trialPage) ratios() string {
	var words []string
	for _, a := range p.Arms {
		w := p.weights[a.Round]
		lo, hi := results.Extremes(w)
		if text := ratioText(w[hi] / w[lo]); text != ratioText(a.WeightRatio) {
			words = append(words, fmt.Sprintf("%s after round %d", text, a.Round))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "max/min is the mean of each seed's own; that of the weights shown, which are means over the seeds, is " + strings.Join(words, ", ") + "."
}

// weightText writes a weight with three digits that count.
func weightText(v float64) string {
	if v < 0.1 || v >= 1000 {
		return fmt.Sprintf("%.3g", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// recallBars prints a bar per class: what both rounds reach, and in another
// shade what was gained or lost.
func (p trialPage) recallBars(round int) error {
	const width = 40
	t := p.Trial
	before, after := t.Recall(0), t.Recall(round)
	weights := p.weights[round]
	r := result{columns: []column{
		{name: "class", left: true}, {name: "weight"}, {name: "before"}, {name: "after"}, {name: "change"}, {name: "bar", title: "█ both  ▓ gained  ░ lost", left: true},
	}}
	for c := range before {
		cells := func(v float64) int { return int(math.Round(v * width)) }
		both, gained, lost := cells(min(before[c], after[c])), 0, 0
		if after[c] > before[c] {
			gained = cells(after[c]) - both
		} else {
			lost = cells(before[c]) - both
		}
		bar := strings.Repeat("█", both) + strings.Repeat("▓", gained) + strings.Repeat("░", lost)
		r.rows = append(r.rows, []any{
			t.Study.Class(c), weightText(weights[c]), percent(before[c]), percent(after[c]), points(after[c] - before[c]), bar,
		})
	}
	return p.write(r)
}

// recalls has one row per class and round.
func (p trialPage) recalls() result {
	t := p.Trial
	r := result{columns: []column{
		{name: "study"}, {name: "trial"}, {name: "round"}, {name: "class"}, {name: "seeds"}, {name: "weight"}, {name: "recall"},
	}}
	for round, weights := range p.weights {
		recall := t.Recall(round)
		for c := range recall {
			weight := 1.0
			if len(weights) > 0 {
				weight = weights[c]
			}
			r.rows = append(r.rows, []any{t.Study.Name, t.Number, round, t.Study.Class(c), len(t.Replicates), weight, recall[c]})
		}
	}
	return r
}
