package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/search"
)

// showFlags are the flags of show.
type showFlags struct {
	study string
	round int
}

// newShow returns the command that shows one trial.
func newShow(g *global) *cobra.Command {
	var f showFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "show TRIAL",
		Short: "Show one trial: rounds, weights, and per-class recall before and after",
		Long: `Shows the rounds of one trial with their weights, and the recall of every class
in the unweighted round 0 and after one round (the best unless --round says
otherwise), as means over the trial's seeds on validation. TRIAL/ROUND is short
for TRIAL --round ROUND. JSON has one object per class and round.`,
		Example: `  evenkeel show 7
  evenkeel show 7/2
  evenkeel show 7 --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, round, err := weightedArm(cmd, args[0], f.round)
			if err != nil {
				return err
			}
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			t, err := db.Trial(cmd.Context(), f.study, number)
			if err != nil {
				return err
			}
			if round > len(t.Arms) {
				return search.Inputf("round %d: trial %d has rounds 1 to %d", round, number, len(t.Arms))
			}
			if !forPeople(*format) {
				return recallResult(t).write(cmd.OutOrStdout(), *format)
			}
			return showTrial(cmd, db, t, round, *format)
		},
	}
	cmd.Flags().StringVar(&f.study, "study", "", "`NAME` of the study; the newest is the default")
	cmd.Flags().IntVar(&f.round, "round", 0, "`R` to show the recalls after; the best round is the default")
	format = formatFlag(cmd)
	return cmd
}

// showTrial prints a trial for people.
func showTrial(cmd *cobra.Command, db *runs.DB, t *runs.Trial, round int, format string) error {
	w := cmd.OutOrStdout()
	def, err := readDefinition(cmd.Context(), db, t.Study.Name, nil)
	if err != nil {
		return err
	}
	recipe, err := recipeText(def, t.Point)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s, trial %d: %s, %s, %s\n%s\n", t.Study.Name, t.Number,
		count(t.Rounds, "round"), t.State, count(len(t.Replicates), "seed"), recipe)
	switch {
	case t.Error != "" && t.State == "complete":
		fmt.Fprintf(w, "Further seeds failed: %s\n", t.Error)
	case t.Error != "":
		fmt.Fprintf(w, "Failed: %s\n", t.Error)
	}
	if t.Invalid != "" {
		fmt.Fprintf(w, "Invalid, and not ranked: %s\n", t.Invalid)
	}
	if p := t.Predicted; p != nil {
		fmt.Fprintf(w, "Predicted without training: change %s in round %d\n", signed(p.Difference, 3), p.Round)
	}
	if len(t.Replicates) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	if err := roundsResult(t).write(w, format); err != nil {
		return err
	}
	if round == 0 {
		round = t.Best
	}
	if round == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nRecall on validation before (round 0) and after round %d, mean over %s:\n", round, count(len(t.Replicates), "seed"))
	if format == "markdown" {
		fmt.Fprintln(w)
	}
	return recallBars(w, t, round, format)
}

// roundsResult has one row per round, the unweighted one first.
func roundsResult(t *runs.Trial) result {
	r := result{columns: []column{
		{name: "round"}, {name: "max/min"}, {name: "heaviest", left: true}, {name: "lightest", left: true},
		{name: "spread"}, {name: "change"}, {name: "worst class", left: true}, {name: "bal.acc"}, {name: "rank"},
	}}
	spread, balanced := baseline(t.Replicates)
	recall := t.Recall(0)
	worst := argmin(recall)
	r.rows = append(r.rows, []any{
		0, "1.0", "", "", decimals(spread, 3), "", className(t, worst) + " " + percent(recall[worst]), percent(balanced), "",
	})
	for _, a := range t.Arms {
		w := meanWeights(t.Replicates, a.Round)
		hi, lo := argmin(negated(w)), argmin(w)
		r.rows = append(r.rows, []any{
			a.Round, ratioText(a.WeightRatio),
			className(t, hi) + " " + weightText(w[hi]), className(t, lo) + " " + weightText(w[lo]),
			decimals(a.Spread, 3), signed(a.Difference, 3), a.WorstClass + " " + percent(a.WorstRecall),
			percent(a.BalancedAccuracy), rankText(a),
		})
	}
	return r
}

// baseline returns the mean spread and balanced accuracy of round 0.
func baseline(reps []objective.Replicate) (spread, balanced float64) {
	for _, rep := range reps {
		spread += rep.Rounds[0].Spread / float64(len(reps))
		balanced += rep.Rounds[0].BalancedAccuracy / float64(len(reps))
	}
	return spread, balanced
}

// meanWeights returns the geometric mean over seeds of a round's weights, as
// weighting.normalize shows them; nil for round 0.
func meanWeights(reps []objective.Replicate, round int) []float64 {
	var w []float64
	for _, rep := range reps {
		if w == nil {
			w = make([]float64, len(rep.Rounds[round].Shown))
		}
		for c, v := range rep.Rounds[round].Shown {
			w[c] += math.Log(v) / float64(len(reps))
		}
	}
	for c := range w {
		w[c] = math.Exp(w[c])
	}
	return w
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
func recallBars(w io.Writer, t *runs.Trial, round int, format string) error {
	const width = 40
	before, after := t.Recall(0), t.Recall(round)
	weights := meanWeights(t.Replicates, round)
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
			className(t, c), weightText(weights[c]), percent(before[c]), percent(after[c]), points(after[c] - before[c]), bar,
		})
	}
	return r.write(w, format)
}

// recallResult has one row per class and round.
func recallResult(t *runs.Trial) result {
	r := result{columns: []column{
		{name: "study"}, {name: "trial"}, {name: "round"}, {name: "class"}, {name: "seeds"}, {name: "weight"}, {name: "recall"},
	}}
	if len(t.Replicates) == 0 {
		return r
	}
	for round := range t.Replicates[0].Rounds {
		recall := t.Recall(round)
		weights := meanWeights(t.Replicates, round)
		for c := range recall {
			weight := 1.0
			if len(weights) > 0 {
				weight = weights[c]
			}
			r.rows = append(r.rows, []any{t.Study.Name, t.Number, round, className(t, c), len(t.Replicates), weight, recall[c]})
		}
	}
	return r
}

// className returns the name of a class, its number if it has none.
func className(t *runs.Trial, c int) string {
	if c < len(t.Study.Classes) {
		return t.Study.Classes[c]
	}
	return strconv.Itoa(c)
}

// argmin returns the index of the smallest number.
func argmin(x []float64) int {
	at := 0
	for i, v := range x {
		if v < x[at] {
			at = i
		}
	}
	return at
}

func negated(x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = -v
	}
	return y
}
