package report

import (
	"fmt"
	"strings"

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
	return objective.Printable(strings.Join(words, " ")) // with texts of the study file
}

// ExplanationOptions say how much of an explanation is printed.
type ExplanationOptions struct {
	// Before are lines above the explanation: what the study recommends.
	Before []string
	// All prints all findings, not the three most important ones, and what is not known.
	All bool
	// Verbose adds the thresholds and sources of the findings.
	Verbose bool
}

// Explanation prints why the weights of a case did what they did.
func Explanation(out Out, c *results.Case, r *explain.Report, options ExplanationOptions) error {
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
	more := fmt.Sprintf("evenkeel explain %d/%d", t.Number, c.Round)
	if c.Study != "" {
		more += " --study " + c.Study
	}
	more += " --all"
	if r.Verdict == explain.Guesses {
		options.Before = nil // it says the same
	}
	return explanation{Out: out, ExplanationOptions: options, head: head, more: more, report: r}.write()
}

// RecallsExplained prints what recalls and weights alone show.
func RecallsExplained(out Out, r *explain.Report, options ExplanationOptions) error {
	return explanation{Out: out, ExplanationOptions: options, more: "add --all", report: r}.write()
}

// explanation is a report to be printed; head says of what, "" of nothing stored, and more
// says how to see all of it.
type explanation struct {
	Out
	ExplanationOptions
	head, more string
	report     *explain.Report
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

// advice is a numbered entry of the page: what to do, and the finding that is why. One of the
// two may be missing.
type advice struct {
	do    *explain.Remedy
	why   string
	bound string
}

// items are the findings to print, each with its remedy where no earlier one has it, and
// with all of them the other remedies.
func (e explanation) items() []advice {
	var all []advice
	at := make(map[string]int)
	for _, d := range e.report.Findings {
		if !e.All && !d.Shown {
			continue
		}
		it := advice{why: d.Text}
		if e.Verbose {
			it.bound = held(d)
		}
		if s, ok := e.report.Remedy(d); ok && (d.Reason || d.Shown) && (e.All || !s.Later) {
			if first := at[s.Name]; first > 0 {
				it.why += fmt.Sprintf(" See %d.", first)
			} else {
				it.do, at[s.Name] = &s, len(all)+1
			}
		}
		all = append(all, it)
	}
	for _, s := range e.report.Next {
		if e.All && at[s.Name] == 0 {
			all = append(all, advice{do: &s})
		}
	}
	return all
}

// left says how to see what is not printed; "" where that is nothing.
func (e explanation) left() string {
	if e.All {
		return ""
	}
	whole := e
	whole.All = true
	all, shown := whole.items(), e.items()
	findings, remedies := len(all)-len(shown), remediesIn(all)-remediesIn(shown)
	with := ""
	if findings > 0 && remedies > 0 {
		with, remedies = " with what else to do", 0
	}
	var words []string
	for _, part := range []struct {
		left int
		text string
	}{
		{findings, "all " + count(len(all), "finding") + with}, {remedies, "more to do"}, {len(e.report.Missing), "what is not known"},
	} {
		if part.left > 0 {
			words = append(words, part.text)
		}
	}
	if len(words) == 0 {
		return ""
	}
	text := strings.Join(words, ", ")
	if last := len(words) - 1; last > 0 {
		text = strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return capitalised(text) + ": " + e.more
}

// remediesIn counts those of what is printed.
func remediesIn(list []advice) (n int) {
	for _, it := range list {
		if it.do != nil {
			n++
		}
	}
	return n
}

// writeText prints it on lines of at most 100 columns.
func (e explanation) writeText() {
	for _, text := range e.Before {
		if columns(text) <= e.textWidth() {
			fmt.Fprintln(e.W, text)
			continue
		}
		for _, line := range indented(text, e.textWidth()) {
			fmt.Fprintln(e.W, line)
		}
	}
	if len(e.Before) > 0 {
		fmt.Fprintln(e.W)
	}
	for _, text := range e.top() {
		e.paragraph("", text)
	}
	items := e.items()
	if len(items) > 0 {
		fmt.Fprintln(e.W)
		e.paragraph("", e.itemsHead(items))
	}
	for i, it := range items {
		number, why := fmt.Sprintf("%2d. ", i+1), it.why
		if it.do != nil {
			e.paragraph(number, it.do.Text)
			for _, line := range it.do.Lines {
				fmt.Fprintln(e.W, "       "+line)
			}
			number = "    "
			if why != "" {
				why = "Why: " + why
			}
		}
		if why != "" {
			e.paragraph(number, why)
		}
		if it.bound != "" {
			e.paragraph("    ", it.bound)
		}
	}
	if e.All && len(e.report.Missing) > 0 {
		fmt.Fprintln(e.W, "\nNot known:")
		for _, text := range e.report.Missing {
			e.paragraph("  -", text)
		}
	}
	if text := e.left(); text != "" {
		fmt.Fprintln(e.W)
		e.paragraph("", text)
	}
}

// writeMarkdown prints it as lists.
func (e explanation) writeMarkdown() {
	for _, text := range e.Before {
		fmt.Fprintf(e.W, "%s\n\n", objective.Printable(text))
	}
	for i, text := range e.top() {
		if i == 0 {
			text = "**" + text + "**"
		}
		fmt.Fprintf(e.W, "%s\n\n", objective.Printable(text))
	}
	items := e.items()
	for i, it := range items {
		fmt.Fprint(e.W, separator(i, e.itemsHead(items)+"\n\n", ""))
		why := objective.Printable(it.why)
		if it.do != nil {
			fmt.Fprintf(e.W, "%d. %s\n", i+1, objective.Printable(it.do.Text))
			if len(it.do.Lines) > 0 {
				fmt.Fprintf(e.W, "   ```\n   %s\n   ```\n", strings.Join(it.do.Lines, "\n   "))
			}
			if why != "" {
				fmt.Fprintf(e.W, "\n   Why: %s", why)
			}
		} else {
			fmt.Fprintf(e.W, "%d. %s", i+1, why)
		}
		if it.bound != "" {
			fmt.Fprintf(e.W, " *%s*", objective.Printable(it.bound))
		}
		fmt.Fprintln(e.W)
	}
	if e.All {
		for i, text := range e.report.Missing {
			fmt.Fprintf(e.W, "%s- %s\n", separator(i, "\nNot known:\n\n", ""), objective.Printable(text))
		}
	}
	if text := e.left(); text != "" {
		fmt.Fprintf(e.W, "\n%s\n", objective.Printable(text))
	}
}

// itemsHead is printed above the items; it says what to replace in the commands.
func (e explanation) itemsHead(items []advice) string {
	var lines []string
	for _, it := range items {
		if it.do != nil {
			lines = append(lines, it.do.Lines...)
		}
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
		return "Findings, the most important first:"
	}
	return "Findings, the most important first (" + strings.Join(words, ", ") + "):"
}

// top are the paragraphs above the findings: what was found, and of what.
func (e explanation) top() []string {
	var all []string
	for _, text := range []string{e.head, e.report.Text, e.report.Models} {
		if text != "" {
			all = append(all, text)
		}
	}
	return all
}

// held says what a finding is compared with, and where that is from.
func held(d explain.Finding) string { return "[Threshold: " + d.Threshold + "; " + d.Source + ".]" }

// result has one row for the verdict and for every finding, for what is missing
// and for every remedy.
func (e explanation) result() result {
	r := result{columns: []column{
		{name: "kind"}, {name: "name"}, {name: "rank"}, {name: "shown"}, {name: "reason"}, {name: "text"}, {name: "figures"},
		{name: "threshold"}, {name: "source"}, {name: "try"}, {name: "lines"},
	}}
	add := func(kind string, name, text any) {
		r.rows = append(r.rows, []any{kind, name, nil, nil, nil, text, nil, nil, nil, nil, nil})
	}
	add("verdict", string(e.report.Verdict), e.report.Text)
	if e.report.Models != "" {
		add("models", nil, e.report.Models)
	}
	for _, d := range e.report.Findings {
		figures := make(map[string]any)
		for _, x := range d.Figures {
			figures[x.Name] = finite(x.Value)
		}
		r.rows = append(r.rows, []any{"finding", d.Name, d.Rank, d.Shown, d.Reason, d.Text, figures, d.Threshold, d.Source, d.Try, nil})
	}
	for _, text := range e.report.Missing {
		add("missing", nil, text)
	}
	for i, s := range e.report.Next {
		var lines any
		if s.Lines != nil {
			lines = s.Lines
		}
		r.rows = append(r.rows, []any{"next", s.Name, i + 1, nil, nil, s.Text, nil, nil, nil, nil, lines})
	}
	return r
}
