package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/objective/evidence/check"
	"evenkeel/runs/session"
	"evenkeel/search"
)

// newCheck returns the command that checks a trainer.
func newCheck(g *global) *cobra.Command {
	var f searchFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "check [STUDY.yaml]",
		Short: "Does the trainer react to weights, is it reproducible, what does a run cost",
		Long: `Trains about 15 times and says whether the study's trainer is fit to be searched
over: whether one seed gives one result, whether a class that weighs 20 times as
much gains recall, whether ten times all weights change nothing, what a training
costs and how long the study will take. Every line is ok, a WARNING or a FAULT and
says what to fix. Nothing is stored but the
trainer's log; the test part stays closed.
Exit status 1 if there is a fault.`,
		Example: `  evenkeel check mine.yaml
  evenkeel check mine.yaml --set model.epochs=2
  evenkeel check mine.yaml --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			def, err := f.definition(cmd, args)
			if err != nil {
				return search.InputError{Err: err}
			}
			return checkStudy(cmd, g, def, *format)
		},
	}
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "`KEY=VALUE`: a dotted key of the study file, the value as YAML; may be repeated")
	format = formatFlag(cmd)
	return cmd
}

// checkStudy checks the trainer of a study and prints what was found.
func checkStudy(cmd *cobra.Command, g *global, def *search.Definition, format string) error {
	w := begin(cmd, g, false)
	defer w.release()
	report := func(check.Finding) {}
	if format == "table" {
		report = func(f check.Finding) { printFinding(cmd.OutOrStdout(), f) }
	}
	findings, err := session.Check(w.ctx, w.stop, w.Config, def, report)
	if format != "table" && findings != nil {
		err = errors.Join(err, findingsResult(findings).write(cmd.OutOrStdout(), format))
	}
	return err
}

// stateWord is how a state stands at the head of its line.
func stateWord(s check.State) string {
	if s == check.OK {
		return "ok"
	}
	return strings.ToUpper(string(s))
}

// printFinding prints a finding on lines of at most 100 columns.
func printFinding(w io.Writer, f check.Finding) {
	const indent = 27
	head := fmt.Sprintf("%-8s %-17s ", stateWord(f.State), f.Name)
	text := wrap(f.Text, 100-indent)
	for i, line := range text {
		if i == 0 {
			fmt.Fprintf(w, "%s%s\n", head, line)
			continue
		}
		fmt.Fprintf(w, "%*s%s\n", indent, "", line)
	}
	for _, line := range wrap(f.Advice, 100-indent) {
		fmt.Fprintf(w, "%*s%s\n", indent, "", line)
	}
	if f.Log != "" {
		fmt.Fprintf(w, "%*sthe end of the trainer's log:\n", indent, "")
		for _, line := range lastLines(f.Log, 12) {
			fmt.Fprintf(w, "  | %s\n", line)
		}
	}
}

// findingsResult has one row per finding.
func findingsResult(findings []check.Finding) result {
	r := result{columns: []column{
		{name: "check", left: true}, {name: "state", left: true}, {name: "text", left: true}, {name: "advice", left: true}, {name: "log", hidden: true},
	}}
	for _, f := range findings {
		r.rows = append(r.rows, []any{f.Name, string(f.State), f.Text, f.Advice, f.Log})
	}
	return r
}

// wrap breaks a text into lines of at most so many runes; a longer word has a
// line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// lastLines returns the last lines of a text, without blanks at its ends.
func lastLines(text string, n int) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[max(0, len(lines)-n):]
}
