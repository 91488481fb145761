package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// ReferenceWords says which model the reference of a study is, by the parameters that are
// searched: kind=softmax.
func ReferenceWords(def *search.Definition) string {
	var words []string
	for _, param := range def.Space.Params {
		if key, ok := strings.CutPrefix(param.Name, "model."); ok {
			if v, used := def.ReferenceModel()[key]; used {
				words = append(words, key+"="+valueText(v))
			}
		}
	}
	return strings.Join(words, " ")
}

// Explanation prints why the weights of a case did what they did; verbose adds the
// thresholds and sources of the findings.
func Explanation(out Out, c *results.Case, r *explain.Report, verbose bool) error {
	recipe, err := recipeText(c.Definition, c.Trial.Point)
	if err != nil {
		return err
	}
	t := c.Trial
	head := fmt.Sprintf("%s, trial %d round %d: %s, max/min %s, %s on validation", t.Study.Name, t.Number, c.Round,
		recipe, ratioText(t.Arms[c.Round-1].WeightRatio), count(len(t.Replicates), "seed"))
	if t.Invalid != "" {
		head += " (declared invalid: " + t.Invalid + ")"
	}
	return explanation{Out: out, head: head, confirmed: quotable(c), verbose: verbose, report: r}.write()
}

// RecallsExplained prints what recalls and weights alone show.
func RecallsExplained(out Out, r *explain.Report, verbose bool) error {
	return explanation{Out: out, verbose: verbose, report: r}.write()
}

// quotable says what a confirmation found of the case, which counts for more than what
// validation says; "" if there is none.
func quotable(c *results.Case) string {
	if c.Confirmed == nil {
		return ""
	}
	row, verdict := c.Confirmed.Row(objective.OptionWeightsRemeasured, objective.OptionNothing)
	if row == nil {
		return ""
	}
	return fmt.Sprintf("Confirmed on test: spread %s to %s, %s (95 %% %s to %s), %s. Quote this figure. All below is measured on validation and may differ.",
		decimals(row.AgainstSpread, 3), decimals(row.Spread, 3), signed(row.Difference, 3), signed(row.DifferenceLow, 3), signed(row.DifferenceHigh, 3),
		verdictWord(verdict))
}

// explanation is a report to be printed; head says of what, "" of nothing stored, and
// confirmed what a confirmation found of it, "" if there is none.
type explanation struct {
	Out
	head, confirmed string
	verbose         bool
	report          *explain.Report
}

// verdict is the answer; where a confirmation gave another, of validation only.
func (e explanation) verdict() string {
	text := e.report.Text
	if e.confirmed == "" {
		return text
	}
	first, size := utf8.DecodeRuneInString(text)
	return "On validation: " + string(unicode.ToLower(first)) + text[size:]
}

// write prints it in its format.
func (e explanation) write() error {
	switch e.Format {
	case "table":
		e.writeText()
		return nil
	case "markdown":
		e.writeMarkdown()
		return nil
	}
	return e.Out.write(e.result())
}

// writeText prints it on lines of at most 100 columns.
func (e explanation) writeText() {
	for _, text := range e.top() {
		e.paragraph("", text)
	}
	if len(e.report.Findings) > 0 {
		fmt.Fprintf(e.W, "\n%s\n", findingsHead)
	}
	for i, d := range e.report.Findings {
		e.paragraph(fmt.Sprintf("%2d.%s", i+1, mark(d)), d.Text+e.step(d))
		if e.verbose {
			e.paragraph("    ", held(d))
		}
	}
	if len(e.report.Missing) > 0 {
		fmt.Fprintln(e.W, "\nNot known:")
	}
	for _, text := range e.report.Missing {
		e.paragraph("  -", text)
	}
	if len(e.report.Next) > 0 {
		fmt.Fprintln(e.W)
		e.paragraph("", e.nextHead())
	}
	for i, s := range e.report.Next {
		e.paragraph(fmt.Sprintf("%2d. ", i+1), s.Text)
		for _, line := range s.Lines {
			fmt.Fprintln(e.W, "       "+line)
		}
	}
}

// writeMarkdown prints it as lists.
func (e explanation) writeMarkdown() {
	for i, text := range e.top() {
		if i == 0 {
			text = "**" + text + "**"
		}
		fmt.Fprintf(e.W, "%s\n\n", text)
	}
	for i, d := range e.report.Findings {
		mark := ""
		if d.Reason {
			mark = `\* `
		}
		fmt.Fprintf(e.W, "%s%d. %s%s%s", separator(i, strings.Replace(findingsHead, "*", `\*`, 1)+"\n\n", ""), i+1, mark, d.Text, e.step(d))
		if e.verbose {
			fmt.Fprintf(e.W, " *%s*", held(d))
		}
		fmt.Fprintln(e.W)
	}
	for i, text := range e.report.Missing {
		fmt.Fprintf(e.W, "%s- %s\n", separator(i, "\nNot known:\n\n", ""), text)
	}
	for i, s := range e.report.Next {
		fmt.Fprintf(e.W, "%s%d. %s\n", separator(i, "\n"+e.nextHead()+"\n\n", ""), i+1, s.Text)
		if len(s.Lines) > 0 {
			fmt.Fprintf(e.W, "   ```\n   %s\n   ```\n", strings.Join(s.Lines, "\n   "))
		}
	}
}

// findingsHead is printed above the findings.
const findingsHead = "Findings (* = a reason not to use these weights, or not yet):"

// nextHead is printed above what to try next; it says what to replace in the commands.
func (e explanation) nextHead() string {
	var lines []string
	for _, s := range e.report.Next {
		lines = append(lines, s.Lines...)
	}
	all := strings.Join(lines, "\n")
	var words []string
	if strings.Contains(all, "STUDY.yaml") {
		words = append(words, "STUDY.yaml is your study file")
	}
	if strings.Contains(all, "NEWNAME") {
		words = append(words, "NEWNAME is any name for a new study")
	}
	if len(words) == 0 {
		return "Try next:"
	}
	return "Try next (" + strings.Join(words, ", ") + "):"
}

// top are the paragraphs above the findings: what was found, first on the test part if
// it was measured there, and of what.
func (e explanation) top() []string {
	var all []string
	for _, text := range []string{e.confirmed, e.verdict(), e.report.Models, e.head} {
		if text != "" {
			all = append(all, text)
		}
	}
	return all
}

// mark is printed between a finding's number and its text.
func mark(d explain.Finding) string {
	if d.Reason {
		return "*"
	}
	return " "
}

// held says what a finding is compared with, and where that is from.
func held(d explain.Finding) string { return "[Threshold: " + d.Threshold + "; " + d.Source + ".]" }

// step says which of the steps to try answers a finding, "" if none does.
func (e explanation) step(d explain.Finding) string {
	for i, s := range e.report.Next {
		if d.Reason && s.Name == d.Try {
			return fmt.Sprintf(" See step %d.", i+1)
		}
	}
	return ""
}

// result has one row for the verdict and for every finding, for what is missing
// and for every step.
func (e explanation) result() result {
	r := result{columns: []column{
		{name: "kind"}, {name: "name"}, {name: "reason"}, {name: "text"}, {name: "figures"}, {name: "threshold"}, {name: "source"}, {name: "try"}, {name: "lines"},
	}}
	r.rows = append(r.rows, []any{"verdict", string(e.report.Verdict), nil, e.report.Text, nil, nil, nil, nil, nil})
	if e.report.Models != "" {
		r.rows = append(r.rows, []any{"models", nil, nil, e.report.Models, nil, nil, nil, nil, nil})
	}
	if e.confirmed != "" {
		r.rows = append(r.rows, []any{"confirmed", nil, nil, e.confirmed, nil, nil, nil, nil, nil})
	}
	for _, d := range e.report.Findings {
		figures := make(map[string]any)
		for _, x := range d.Figures {
			figures[x.Name] = finite(x.Value)
		}
		r.rows = append(r.rows, []any{"finding", d.Name, d.Reason, d.Text, figures, d.Threshold, d.Source, d.Try, nil})
	}
	for _, text := range e.report.Missing {
		r.rows = append(r.rows, []any{"missing", nil, nil, text, nil, nil, nil, nil, nil})
	}
	for _, s := range e.report.Next {
		var lines any
		if s.Lines != nil {
			lines = s.Lines
		}
		r.rows = append(r.rows, []any{"next", s.Name, nil, s.Text, nil, nil, nil, nil, lines})
	}
	return r
}
