package main

import (
	"fmt"
	"io"
	"strings"

	"evenkeel/objective/evidence/explain"
)

// explanation is a report to be printed; head says of what, "" of nothing stored, and
// confirmed what a confirmation found of it, "" if there is none.
type explanation struct {
	head, confirmed string
	report          *explain.Report
}

// write prints it in a format.
func (e explanation) write(w io.Writer, format string) error {
	switch format {
	case "table":
		e.writeText(w)
		return nil
	case "markdown":
		e.writeMarkdown(w)
		return nil
	}
	return e.result().write(w, format)
}

// writeText prints it on lines of at most 100 columns.
func (e explanation) writeText(w io.Writer) {
	paragraph(w, "", e.report.Text)
	if e.head != "" {
		paragraph(w, "", e.head)
	}
	if e.confirmed != "" {
		paragraph(w, "", e.confirmed)
	}
	if len(e.report.Findings) > 0 {
		fmt.Fprintln(w)
	}
	for i, d := range e.report.Findings {
		paragraph(w, fmt.Sprintf("%2d.%s", i+1, mark(d)), d.Text)
		paragraph(w, "    ", e.held(d))
	}
	if len(e.report.Missing) > 0 {
		fmt.Fprintln(w, "\nNot known:")
	}
	for _, text := range e.report.Missing {
		paragraph(w, "  -", text)
	}
	if len(e.report.Next) > 0 {
		fmt.Fprintln(w, "\nTry next:")
	}
	for i, s := range e.report.Next {
		paragraph(w, fmt.Sprintf("%2d. ", i+1), s.Text)
		for _, line := range s.Lines {
			fmt.Fprintln(w, "       "+line)
		}
	}
}

// writeMarkdown prints it as lists.
func (e explanation) writeMarkdown(w io.Writer) {
	fmt.Fprintf(w, "**%s**\n", e.report.Text)
	if e.head != "" {
		fmt.Fprintf(w, "\n%s\n", e.head)
	}
	if e.confirmed != "" {
		fmt.Fprintf(w, "\n%s\n", e.confirmed)
	}
	fmt.Fprintln(w)
	for i, d := range e.report.Findings {
		fmt.Fprintf(w, "%d. %s *%s*\n", i+1, d.Text, e.held(d))
	}
	for i, text := range e.report.Missing {
		fmt.Fprintf(w, "%s- %s\n", separator(i, "\nNot known:\n\n", ""), text)
	}
	for i, s := range e.report.Next {
		fmt.Fprintf(w, "%s%d. %s\n", separator(i, "\nTry next:\n\n", ""), i+1, s.Text)
		for _, line := range s.Lines {
			fmt.Fprintf(w, "   `%s`\n", line)
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

// held says what a finding is held against, where that is from, and which step
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

// paragraph prints a text behind a mark on lines of at most pageWidth columns, all
// of them starting where the first does.
func paragraph(w io.Writer, mark, text string) {
	indent := len(mark)
	if indent > 0 {
		indent++
		mark += " "
	}
	for i, line := range wrap(text, pageWidth-indent) {
		if i > 0 {
			mark = strings.Repeat(" ", indent)
		}
		fmt.Fprintln(w, mark+line)
	}
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
