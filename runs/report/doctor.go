package report

import (
	"fmt"
	"strings"

	"evenkeel/runs/doctor"
)

// Examined prints what the doctor found: what to do comes before what was found.
func Examined(out Out, lines []doctor.Line) error {
	if out.Format != "table" {
		return out.write(examinedResult(lines))
	}
	for _, l := range lines {
		word := "ok"
		if l.State != doctor.OK {
			word = strings.ToUpper(string(l.State))
		}
		text := l.Text
		if l.Advice != "" {
			text = l.Advice + ": " + text
		}
		out.paragraph(fmt.Sprintf("%-8s %-17s", word, l.Name), text)
	}
	return nil
}

// examinedResult has one row per check.
func examinedResult(lines []doctor.Line) result {
	r := result{columns: []column{
		{name: "check", left: true}, {name: "state", left: true}, {name: "advice", left: true}, {name: "text", left: true}, {name: "done", hidden: true},
	}}
	for _, l := range lines {
		r.rows = append(r.rows, []any{l.Name, string(l.State), l.Advice, l.Text, append([]string{}, l.Done...)})
	}
	return r
}
