package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs"
)

// legend says what the columns mean.
func (p boardPage) legend(w io.Writer) {
	h := p.board.Study
	use := ", not for quoting"
	if slices.ContainsFunc(p.confirmed, func(a runs.ConfirmedArm) bool { return !a.Invalid }) {
		use = "; quote CONFIRMED"
	}
	fmt.Fprintf(w, "SCREENING on validation (%s, %s): for choosing%s.\n", perClass(h.ValCounts), count(p.seeds(), "seed"), use)
	fmt.Fprintf(w, "spread: %s", p.def.Objective.Spread.Text())
	if even := posthoc.EvenSpread(p.def.Objective.Spread, p.board.Reference.BalancedAccuracy, h.ValCounts); !math.IsNaN(even) {
		fmt.Fprintf(w, "; perfectly even classes would read %s here, by chance alone", decimals(even, 3))
	}
	fmt.Fprintf(w, `.
change: score against the unweighted model's on the same seeds. bal.acc: points against the better
of that and the trial's own unweighted model; ! = more lost than the tolerance of %s.
`, strings.TrimPrefix(points(p.def.Objective.Tolerance), "+"))
	if p.searchesModel() {
		fmt.Fprintln(w, "weights: change of spread against the trial's own unweighted model, which has the same parameters.")
	}
	if hasInterval := func(a runs.Row) bool { return !math.IsNaN(a.DifferenceHigh) }; slices.ContainsFunc(p.board.Rows, hasInterval) {
		fmt.Fprintf(w, "+-: 95 %% for all %s together (seeds and images), as if these images had not chosen them.\n", count(h.Arms, "arm"))
		if p.board.Rows[len(p.board.Rows)-1].Seeds < p.seeds() {
			fmt.Fprintln(w, "Arms on fewer seeds than the first have that number under noise?; below 3 seeds there is no +-.")
		}
		if p.seedsOnly {
			fmt.Fprintln(w, "Arms that an earlier version measured have seeds only; more trials in this study mend that.")
		}
	}
	if text := p.predicted(); text != "" {
		fmt.Fprintln(w, text)
	}
}

// seeds returns the number of training seeds of the highest tier.
func (p boardPage) seeds() int {
	if len(p.board.Rows) == 0 {
		return p.board.Reference.Seeds
	}
	return p.board.Rows[0].Seeds
}

// leastPrediction is the change of the score that would be shown as .000: where nothing
// larger was predicted of any trial, the share of it that arrived says nothing.
const leastPrediction = 0.0005

// predicted says what was looked at without training, and how far that is borne
// out; "" where nothing was.
func (p boardPage) predicted() string {
	s := p.board.Screening
	if s.Points == 0 {
		return ""
	}
	text := count(s.Points, "point") + " were predicted without training"
	if s.Arrived.Effects == 0 || s.Largest < leastPrediction {
		return text + "."
	}
	on := "in " + count(s.Arrived.Effects, "trial")
	if !math.IsNaN(s.Arrived.HalfWidth()) {
		on = "95 %, " + count(s.Arrived.Effects, "trial")
	}
	return text + fmt.Sprintf("; %s of the changes arrived (%s).", s.Arrived, on)
}
