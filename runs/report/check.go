package report

import (
	"fmt"
	"io"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
)

// CheckLine prints one finding of a check as soon as it is made.
func CheckLine(out Out, f check.Line) { printFinding(out.W, f) }

// Checked prints all findings of a check, for formats in which [CheckLine] prints none.
func Checked(out Out, findings []check.Line) error { return out.write(findingsResult(findings)) }

// stateWord is how a state stands at the head of its line.
func stateWord(s check.State) string {
	if s == check.OK {
		return "ok"
	}
	return strings.ToUpper(string(s))
}

// printFinding prints a finding on lines of at most pageWidth columns.
func printFinding(w io.Writer, f check.Line) {
	const indent = 27
	head := fmt.Sprintf("%-8s %-17s ", stateWord(f.State), f.Name)
	text := wrap(f.Text, pageWidth-indent)
	for i, line := range text {
		if i == 0 {
			fmt.Fprintf(w, "%s%s\n", head, line)
			continue
		}
		fmt.Fprintf(w, "%*s%s\n", indent, "", line)
	}
	for _, line := range wrap(f.Advice, pageWidth-indent) {
		fmt.Fprintf(w, "%*s%s\n", indent, "", line)
	}
	if f.Log != "" {
		fmt.Fprintf(w, "%*sthe end of the trainer's log:\n", indent, "")
		for _, line := range lastLines(f.Log, 12) {
			fmt.Fprintf(w, "  | %s\n", objective.Printable(line))
		}
	}
}

// findingsResult has one row per finding.
func findingsResult(findings []check.Line) result {
	r := result{columns: []column{
		{name: "check", left: true}, {name: "state", left: true}, {name: "text", left: true}, {name: "advice", left: true}, {name: "log", hidden: true},
	}}
	for _, f := range findings {
		r.rows = append(r.rows, []any{f.Name, string(f.State), f.Text, f.Advice, f.Log})
	}
	return r
}
