package report

import (
	"fmt"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// Confirmed prints a confirmed arm of a study.
func Confirmed(out Out, def *search.Definition, a results.Confirmed) error {
	if !out.forPeople() {
		return Confirmations(out, []results.Confirmed{a})
	}
	return confirmedPage{out, def}.section(a)
}

// Confirmations prints confirmed arms in a format for programs.
func Confirmations(out Out, arms []results.Confirmed) error { return out.write(confirmedResult(arms)) }

// confirmedPage lays out what confirmations found.
type confirmedPage struct {
	Out
	def *search.Definition
}

// confirmedRow is a row of a confirmed arm with the verdict on it, and what the arm comes
// to where the row is the recipe against the unweighted model; nil elsewhere.
type confirmedRow struct {
	results.Confirmed
	runs.ConfirmedRow
	verdict    confirm.Verdict
	conclusion *results.Conclusion
}

// confirmedFigures are the columns of the view confirmations, and what is not stored.
var confirmedFigures = []figure[confirmedRow]{
	{"study", func(r confirmedRow) any { return r.Study }},
	{"trial", func(r confirmedRow) any { return r.Trial }},
	{"round", func(r confirmedRow) any { return r.Round }},
	{"what", func(r confirmedRow) any { return string(r.What) }},
	{"seeds", func(r confirmedRow) any { return r.Seeds }},
	{"test_spread", func(r confirmedRow) any { return r.Spread }},
	{"test_balanced_accuracy", func(r confirmedRow) any { return r.BalancedAccuracy }},
	{"against", func(r confirmedRow) any { return string(r.Against) }},
	{"against_test_spread", func(r confirmedRow) any { return r.AgainstSpread }},
	{"against_test_balanced_accuracy", func(r confirmedRow) any { return r.AgainstBalancedAccuracy }},
	{"difference", func(r confirmedRow) any { return r.Difference }},
	{"difference_low", func(r confirmedRow) any { return r.DifferenceLow }},
	{"difference_high", func(r confirmedRow) any { return r.DifferenceHigh }},
	{"p_value", func(r confirmedRow) any { return r.PValue }},
	{"test_reads", func(r confirmedRow) any { return r.TestReads }},
	{"resplit", func(r confirmedRow) any {
		if r.Resplit {
			return 1
		}
		return 0
	}},
	// Not in the view.
	{"verdict", func(r confirmedRow) any { return string(r.verdict) }},
	{"tolerance", func(r confirmedRow) any { return string(r.Tolerance) }},
	{"offsets_instead", func(r confirmedRow) any {
		if r.conclusion == nil {
			return ""
		}
		return string(r.conclusion.Offsets.Instead)
	}},
	{"longer_instead", func(r confirmedRow) any {
		if r.conclusion == nil {
			return ""
		}
		return string(r.conclusion.Longer.Instead)
	}},
}

// confirmedResult has a row a comparison.
func confirmedResult(arms []results.Confirmed) result {
	var rows []confirmedRow
	for _, a := range arms {
		for i, c := range a.Rows {
			row := confirmedRow{Confirmed: a, ConfirmedRow: c, verdict: a.Verdicts[i]}
			if c.What == objective.OptionWeightsRemeasured && c.Against == objective.OptionNothing {
				row.conclusion = results.Conclude(a)
			}
			rows = append(rows, row)
		}
	}
	return figuresOf(confirmedFigures, rows)
}

// section prints one arm.
func (p confirmedPage) section(a results.Confirmed) error {
	head := wrap(fmt.Sprintf("CONFIRMATION on test (%s, %d fresh seeds%s; test part read %s so far)",
		perClass(a.Images), a.Seeds, ownParts(a.Resplit), times(a.TestReads)), pageWidth-1)
	fmt.Fprintln(p.W, strings.Join(head, "\n "))
	r := result{columns: []column{
		{name: "", left: true}, {name: "spread", left: true}, {name: "change"}, {name: "95 %", left: true}, {name: "", left: true},
	}}
	for i, c := range a.Rows {
		if label := p.label(a, c); label != "" {
			r.rows = append(r.rows, []any{
				label, decimals(c.AgainstSpread, 3) + " -> " + decimals(c.Spread, 3), signed(c.Difference, 3),
				signed(c.DifferenceLow, 3) + " to " + signed(c.DifferenceHigh, 3), verdictWord(a.Verdicts[i]) + p.corrected(a, i),
			})
		}
	}
	if p.Format == "markdown" {
		if err := p.writeBetween(r); err != nil {
			return err
		}
	} else {
		p.writeLines(append([][]any{{"", "spread", "change", "95 %", ""}}, r.rows...))
	}
	if a.Invalid {
		fmt.Fprintf(p.W, " trial %d was declared invalid since: do not quote it\n", a.Trial)
	}
	if main, verdict := a.Row(objective.OptionWeightsRemeasured, objective.OptionNothing); main != nil {
		p.notes(p.costs(fmt.Sprintf("trial %d round %d", a.Trial, a.Round), *main) + p.limits(a, *main, verdict))
	}
	return nil
}

// ownParts says behind the number of seeds where each of them has its own parts.
func ownParts(resplit bool) string {
	if resplit {
		return ", each on its own training and validation parts"
	}
	return ""
}

// writeLines prints rows in columns: text to the left, the change to the right.
func (p confirmedPage) writeLines(rows [][]any) {
	widths := make([]int, 5)
	for _, row := range rows {
		for j, v := range row {
			widths[j] = max(widths[j], len([]rune(v.(string))))
		}
	}
	for _, row := range rows {
		line := fmt.Sprintf(" %-*s  %-*s  %*s  %-*s  %s", widths[0], row[0], widths[1], row[1], widths[2], row[2], widths[3], row[3], row[4])
		fmt.Fprintln(p.W, strings.TrimRight(line, " "))
	}
}

// notes prints lines below the rows, broken to the width of the page.
func (p confirmedPage) notes(text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintln(p.W, " "+strings.Join(wrap(line, p.textWidth()-1), "\n  "))
	}
}

// label says what a row compares; "" for rows that only programs get.
func (p confirmedPage) label(a results.Confirmed, c runs.ConfirmedRow) string {
	trial := fmt.Sprintf("trial %d round %d against ", a.Trial, a.Round)
	switch [2]objective.Option{c.What, c.Against} {
	case [2]objective.Option{objective.OptionWeightsRemeasured, objective.OptionNothing}:
		return trial + "unweighted"
	case [2]objective.Option{objective.OptionOffsetsRefitted, objective.OptionNothing}:
		return "fitted offsets against unweighted"
	case [2]objective.Option{objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted}:
		return trial + "fitted offsets"
	case [2]objective.Option{objective.OptionWeightsFixed, objective.OptionNothing}:
		return "the same pasted weights on every seed"
	case [2]objective.Option{objective.OptionLonger, objective.OptionNothing}:
		return p.longerText(objective.LongerFactor)
	case [2]objective.Option{followup.EqualCost, objective.OptionNothing}:
		if a.Round+1 != objective.LongerFactor || a.Option(objective.OptionLonger) == nil {
			return p.longerText(a.Round + 1)
		}
	}
	return ""
}

// longerText names the unweighted model that is trained so many times its epochs.
func (p confirmedPage) longerText(factor int) string {
	epochs, ok := p.def.ReferenceModel()["epochs"].(int64)
	if !ok {
		return "no weights, trained as long"
	}
	return fmt.Sprintf("no weights, %d epochs instead of %d", epochs*int64(factor), epochs)
}

// verdictWord is a verdict that fits the line.
func verdictWord(v confirm.Verdict) string {
	switch v {
	case confirm.NoDifference:
		return "within noise"
	case confirm.SlightlyBetter:
		return "slightly better"
	}
	return string(v)
}

// corrected marks a row whose interval, which is for this arm alone, leaves 0 out while
// the verdict for all confirmed arms does not.
func (p confirmedPage) corrected(a results.Confirmed, i int) string {
	row := a.Rows[i]
	if a.Verdicts[i] == confirm.NoDifference && (row.DifferenceHigh < 0 || row.DifferenceLow > 0) {
		return " *"
	}
	return ""
}

// costs says what was paid in accuracy and by which classes.
func (p confirmedPage) costs(name string, c runs.ConfirmedRow) string {
	tolerance := unsigned(p.def.Objective.Tolerance)
	change := points(-c.AccuracyDrop)
	rose := strings.HasPrefix(change, "+")
	text := fmt.Sprintf(" %s: balanced accuracy %s points, ", name, change)
	switch {
	case rose && c.AccuracyDropHigh < 0:
		text += "higher, beyond noise"
	case rose && c.Tolerance == confirm.Held:
		text += "no loss beyond your limit of " + tolerance
	case c.Tolerance == confirm.Held:
		text += "within your limit of " + tolerance
	case c.Tolerance == confirm.NotHeld:
		text += "OVER your limit of " + tolerance
	default:
		text += fmt.Sprintf("may lose more than your limit of %s (90 %% %s to %s)", tolerance, points(-c.AccuracyDropHigh), points(-c.AccuracyDropLow))
	}
	up, down := changes(c.Gained), changes(c.Lost)
	switch {
	case up == "" && down == "":
		return text + "\n no class changed beyond noise\n"
	case down == "":
		return text + "\n up: " + up + "\n"
	case up == "":
		return text + "\n down: " + down + "\n"
	case len(up)+len(down) < pageWidth-16:
		return text + "\n up: " + up + "     down: " + down + "\n"
	}
	return text + "\n up: " + up + "\n down: " + down + "\n"
}

// changes lists classes with their recalls, the largest change first.
func changes(list []runs.ClassChange) string {
	const most = 5
	var words []string
	for _, c := range list[:min(len(list), most)] {
		words = append(words, fmt.Sprintf("%s %.0f %% -> %.0f %%", objective.InSentence(c.Class), 100*c.Before, 100*c.After))
	}
	if more := len(list) - most; more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, ", ")
}

// limits says what these figures cannot tell.
func (p confirmedPage) limits(a results.Confirmed, c runs.ConfirmedRow, verdict confirm.Verdict) string {
	text := p.offsets(a) + p.longer(a)
	if verdict == confirm.NoDifference {
		text += fmt.Sprintf(" trial %d round %d: effects smaller than %s cannot be detected reliably (more than 1 in 5 such confirmations miss them)\n", a.Trial, a.Round, decimals(c.Measurable, 3))
	}
	if a.Family > 1 {
		text += fmt.Sprintf(" the last word of each line is corrected for the %d arms that were confirmed (Holm's method), the interval is not;\n"+
			" * = the interval alone leaves 0 out, the corrected test does not\n", a.Family)
	}
	if few := a.FewImages(); few > 0 {
		text += fmt.Sprintf(" do not rely on the intervals: %s of fewer than %d test examples\n", count(few, "class"), results.FewTest)
	}
	return text
}

// offsets says so where fitted offsets cost more than the study allows.
func (p confirmedPage) offsets(a results.Confirmed) string {
	own, _ := a.Row(objective.OptionOffsetsRefitted, objective.OptionNothing)
	if own == nil || own.Tolerance != confirm.NotHeld {
		return ""
	}
	return fmt.Sprintf(" fitted offsets lose %s points of balanced accuracy: OVER your limit\n", unsigned(own.AccuracyDrop))
}

// longer says so where the unweighted model gains balanced accuracy beyond noise when it
// is trained twice as many epochs: who changes the training anyway can have that too.
func (p confirmedPage) longer(a results.Confirmed) string {
	gain := a.LongerGains()
	if gain == 0 {
		return ""
	}
	return fmt.Sprintf(" %s: balanced accuracy %s points\n", p.longerText(objective.LongerFactor), points(gain))
}
