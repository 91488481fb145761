package report

import (
	"fmt"

	"evenkeel/objective/evidence/explain"
	"evenkeel/runs/results"
	"evenkeel/search/followup"
)

// Explanation prints why the weights of a case did what they did.
func Explanation(out Out, c *results.Case, r *explain.Report) error {
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
	return explanation{out, head, quotable(c), r}.write()
}

// RecallsExplained prints what recalls and weights alone tell.
func RecallsExplained(out Out, r *explain.Report) error {
	return explanation{Out: out, report: r}.write()
}

// quotable says what a confirmation found of the case, which counts for more than what
// validation says; "" if there is none.
func quotable(c *results.Case) string {
	if c.Confirmed == nil {
		return ""
	}
	row, verdict := c.Confirmed.Row(followup.WhatRecipe, followup.WhatReference)
	if row == nil {
		return ""
	}
	return fmt.Sprintf("Confirmed on test: spread %s to %s, %s (95 %% %s to %s), %s. Quote this figure; the findings below are measured on validation and may differ.",
		decimals(row.AgainstSpread, 3), decimals(row.Spread, 3), signed(row.Difference, 3), signed(row.DifferenceLow, 3), signed(row.DifferenceHigh, 3),
		verdictWord(verdict))
}

// explanation is a report to be printed; head says of what, "" of nothing stored, and
// confirmed what a confirmation found of it, "" if there is none.
type explanation struct {
	Out
	head, confirmed string
	report          *explain.Report
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
	e.paragraph("", e.report.Text)
	if e.head != "" {
		e.paragraph("", e.head)
	}
	if e.confirmed != "" {
		e.paragraph("", e.confirmed)
	}
	if len(e.report.Findings) > 0 {
		fmt.Fprintln(e.W)
	}
	for i, d := range e.report.Findings {
		e.paragraph(fmt.Sprintf("%2d.%s", i+1, mark(d)), d.Text)
		e.paragraph("    ", e.held(d))
	}
	if len(e.report.Missing) > 0 {
		fmt.Fprintln(e.W, "\nNot known:")
	}
	for _, text := range e.report.Missing {
		e.paragraph("  -", text)
	}
	if len(e.report.Next) > 0 {
		fmt.Fprintln(e.W, "\nTry next:")
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
	fmt.Fprintf(e.W, "**%s**\n", e.report.Text)
	if e.head != "" {
		fmt.Fprintf(e.W, "\n%s\n", e.head)
	}
	if e.confirmed != "" {
		fmt.Fprintf(e.W, "\n%s\n", e.confirmed)
	}
	fmt.Fprintln(e.W)
	for i, d := range e.report.Findings {
		fmt.Fprintf(e.W, "%d. %s *%s*\n", i+1, d.Text, e.held(d))
	}
	for i, text := range e.report.Missing {
		fmt.Fprintf(e.W, "%s- %s\n", separator(i, "\nNot known:\n\n", ""), text)
	}
	for i, s := range e.report.Next {
		fmt.Fprintf(e.W, "%s%d. %s\n", separator(i, "\nTry next:\n\n", ""), i+1, s.Text)
		for _, line := range s.Lines {
			fmt.Fprintf(e.W, "   `%s`\n", line)
		}
	}
}

// mark is what stands between a finding's number and its text.
func mark(d explain.Finding) string {
	if d.Reason {
		return "*"
	}
	return " "
}

// held says what a finding is compared with, where that is from, and which step
// answers it.
func (e explanation) held(d explain.Finding) string {
	text := "[Threshold: " + d.Threshold + "; " + d.Source + ".]"
	for i, s := range e.report.Next {
		if d.Reason && s.Name == d.Try {
			text += fmt.Sprintf(" Try %d.", i+1)
		}
	}
	return text
}

// result has one row for the verdict and for every finding, for what is missing
// and for every step.
func (e explanation) result() result {
	r := result{columns: []column{
		{name: "kind"}, {name: "name"}, {name: "reason"}, {name: "text"}, {name: "figures"}, {name: "threshold"}, {name: "source"}, {name: "try"}, {name: "lines"},
	}}
	r.rows = append(r.rows, []any{"verdict", string(e.report.Verdict), nil, e.report.Text, nil, nil, nil, nil, nil})
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
