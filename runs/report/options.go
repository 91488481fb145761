package report

import (
	"fmt"
	"slices"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search/followup"
)

// options prints what a confirmation measured of every option on the test part; with controls
// also what the unweighted model does in the training time of the recipe.
func (p answerPage) options(c *results.Confirmed, controls bool) error {
	r := result{tight: true, columns: []column{
		{name: "option", title: p.optionsTitle(c), left: true}, {name: "spread"}, {name: "change"}, {name: "95 %", left: true},
		{name: "worst class", left: true}, {name: "bal.acc"}, {name: "trainings", title: "cost"},
	}}
	var missing []string
	list := p.r.Options
	if !p.quoted(c) {
		list = p.OptionsOf(c)
	}
	for _, o := range list {
		if o.Test.Seeds > 0 {
			r.rows = append(r.rows, p.optionCells(c, o))
		} else if o.Reason != "" {
			missing = append(missing, fmt.Sprintf("not measured: %s: %s", optionName(o.Option, p.epochsText()), p.whyMissing(o, c)))
		}
	}
	var notes []string
	if control := p.control(c); controls && control != nil {
		r.rows = append(r.rows, p.optionCells(c, *control))
		notes = append(notes, "control: not an option to use, but the unweighted model trained for as long as an unweighted training and all rounds together")
	}
	r.fit(p.Width, "worst class")
	if err := p.writeBetween(r); err != nil {
		return err
	}
	for _, note := range slices.Concat(missing, p.optionNotes(c, list), notes) {
		p.paragraph(" ", note)
	}
	return nil
}

// control is the unweighted model that is trained as long as all rounds of the recipe
// together, with its figures; nil where it was not measured, and where longer training is the
// same.
func (p answerPage) control(c *results.Confirmed) *results.MeasuredOption {
	o := p.ControlOf(c)
	if o.Test.Seeds == 0 || o.Trainings == objective.LongerFactor {
		return nil
	}
	return &o
}

// optionsTitle heads the table of options; where the arm is not the recommendation's it
// names it.
func (p answerPage) optionsTitle(c *results.Confirmed) string {
	if p.quoted(c) {
		return "OPTIONS on the test part"
	}
	return "OPTIONS, " + armName(c.Trial, c.Round)
}

// quoted reports whether a confirmation is the one that the recommendation quotes.
func (p answerPage) quoted(c *results.Confirmed) bool {
	q := p.r.Confirmed
	return q != nil && q.Trial == c.Trial && q.Round == c.Round && q.Resplit == c.Resplit
}

// optionCells is the row of an option.
func (p answerPage) optionCells(c *results.Confirmed, o results.MeasuredOption) []any {
	f := o.Test
	name := "  "
	if o.Option == followup.EqualCost {
		usual, _ := p.epochs()
		name += "control: unweighted, " + count(int(usual)*o.Trainings, "epoch")
	} else {
		name += optionName(o.Option, p.epochsText())
	}
	if p.quoted(c) && p.r.State != results.NoRecommendation && o.Option == p.r.Use {
		name = "* " + optionName(o.Option, p.epochsText())
	}
	row := []any{name, decimals(f.Spread, 3), "", "", worstText(f.WorstClass, f.WorstRecall), percent(f.BalancedAccuracy), o.Trainings}
	if o.Option == objective.OptionNothing {
		return row
	}
	row[2], row[3], row[5] = signed(f.Change, 3), signed(f.ChangeLow, 3)+" to "+signed(f.ChangeHigh, 3), points(f.AccuracyChange)
	if f.BeyondLimit() {
		row[5] = points(f.AccuracyChange) + "!"
	}
	return row
}

// whyNotMeasured puts the reason why an option was not measured into words.
func whyNotMeasured(r followup.Reason) string {
	switch r {
	case followup.ReasonPosthoc:
		return "the weights shift logits already"
	case followup.ReasonNoLogits:
		return "the trainer sends no logits, or no labels, of its examples"
	case followup.ReasonNotKept:
		return "the logits of runs that were trained before are not kept"
	case followup.ReasonFewExamples:
		return "a class has too few validation examples to fit offsets to"
	case followup.ReasonNoOffsets:
		return "the search has fitted no offsets"
	case followup.ReasonNoEpochs:
		return "the model has no number of epochs to raise"
	case followup.ReasonTime:
		return "there was no time left for it"
	case followup.ReasonEarlyStopping:
		return "training stops early, before its epochs are over"
	case followup.ReasonFailed:
		return "a training for it failed"
	}
	return string(r)
}

// optionNotes say what the table's rows are of.
func (p answerPage) optionNotes(c *results.Confirmed, list []results.MeasuredOption) []string {
	notes := []string{
		fmt.Sprintf("%s, %s%s; test part read %s", perClass(c.Images), count(c.Seeds, "fresh seed"), ownParts(c.Resplit), times(c.TestReads)),
	}
	notes = append(notes, p.failedSeeds(c)...)
	if leftOut := p.quoted(c) && c.Invalid; leftOut {
		notes = append(notes, fmt.Sprintf("trial %d, whose weights were measured too, was declared invalid since: the options with weights are left out", c.Trial))
	} else {
		notes = append(notes, fmt.Sprintf("weights: %s, %s", armName(c.Trial, c.Round), p.recipe(results.Arm{Trial: c.Trial, Round: c.Round})))
	}
	if p.quoted(c) && p.r.State == results.RecommendationConfirmed && p.r.Use != objective.OptionNothing {
		notes = append(notes, "* = recommended: "+string(p.r.Why))
	}
	if slices.ContainsFunc(list, func(o results.MeasuredOption) bool { return o.Test.Seeds > 0 && o.Test.BeyondLimit() }) {
		notes = append(notes, "! = probably more accuracy lost than your limit of "+unsigned(p.Definition.Objective.Tolerance)+" points")
	}
	if few := c.FewImages(); few > 0 {
		notes = append(notes, fmt.Sprintf("do not rely on the intervals: %s of fewer than %d test examples", count(few, "class"), results.FewTest))
	}
	if c.Family > 1 {
		notes = append(notes, fmt.Sprintf("what is concluded of weights is corrected for the %d arms that were confirmed (Holm's method); the intervals are not", c.Family))
	}
	if c.Invalid && !p.quoted(c) {
		notes = append(notes, fmt.Sprintf("trial %d was declared invalid since: do not quote it", c.Trial))
	}
	return notes
}

// failedIn returns what failed in a confirmation, nil if nothing did.
func (p answerPage) failedIn(c *results.Confirmed) *runs.FreshFailures {
	return p.FailedIn(results.Arm{Trial: c.Trial, Round: c.Round}, c.Resplit, false)
}

// failedSeeds says how many fresh seeds failed in a confirmation, and in a later one that is
// not recorded, and why.
func (p answerPage) failedSeeds(c *results.Confirmed) (texts []string) {
	failed := p.failedIn(c)
	if f := failed.Of(""); f.Seeds > 0 {
		texts = append(texts, fmt.Sprintf("%d of %d fresh seeds failed and are left out%s: %s", f.Seeds, failed.Asked, notTried(failed), cause(f.Cause)))
	}
	later := p.FailedIn(results.Arm{Trial: c.Trial, Round: c.Round}, c.Resplit, true)
	if f := later.Of(""); f.Seeds > 0 {
		texts = append(texts, fmt.Sprintf("a later confirmation is not recorded: %d of %d fresh seeds failed%s: %s", f.Seeds, later.Asked, notTried(later), cause(f.Cause)))
	}
	return texts
}

// notTried says how many seeds were not measured because the time was over, "" if all were.
func notTried(f *runs.FreshFailures) string {
	if f.NotTried == 0 {
		return ""
	}
	return fmt.Sprintf(", %d were not measured before the time limit", f.NotTried)
}

// leftOut is the number of fresh seeds that failed in the quoted confirmation, 0 before one.
func (p answerPage) leftOut() int {
	c := p.r.Confirmed
	if c == nil {
		return 0
	}
	return p.failedIn(c).Of("").Seeds
}

// whyMissing says why a confirmation did not measure an option.
func (p answerPage) whyMissing(o results.MeasuredOption, c *results.Confirmed) string {
	what := o.Option
	if what == objective.OptionLongerThenOffsets {
		what = objective.OptionLonger // whose models it shifts
	}
	failed := p.failedIn(c)
	if f := failed.Of(what); o.Reason == followup.ReasonFailed && f.Seeds > 0 {
		return fmt.Sprintf("its training failed on %d of %d fresh seeds: %s", f.Seeds, failed.Asked, cause(f.Cause))
	}
	return whyNotMeasured(o.Reason)
}

// allOptions prints the table of options of every confirmation, the quoted one first.
func (p answerPage) allOptions() error {
	var list []*results.Confirmed
	if p.r.Confirmed != nil {
		list = append(list, p.r.Confirmed)
	}
	for i := range p.Confirmed {
		if !p.quoted(&p.Confirmed[i]) {
			list = append(list, &p.Confirmed[i])
		}
	}
	for _, c := range list {
		fmt.Fprintln(p.W)
		if err := p.options(c, false); err != nil {
			return err
		}
	}
	return nil
}
