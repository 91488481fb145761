package main

import (
	"errors"

	"github.com/spf13/cobra"

	"evenkeel/objective/evidence/check"
	"evenkeel/runs/report"
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
	out, print := page(cmd, format), func(check.Line) {}
	if format == "table" {
		print = func(l check.Line) { report.CheckLine(out, l) }
	}
	lines, err := session.Check(w.ctx, w.stop, w.Config, def, print)
	if format != "table" && lines != nil {
		err = errors.Join(err, report.Checked(out, lines))
	}
	return err
}
