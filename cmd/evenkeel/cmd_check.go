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
		Short: "Check a trainer: does it react to weights, is it reproducible, how long does it take",
		Long: `Trains about 15 times and says whether the study's trainer is fit to be searched
over: whether one seed gives one result, whether a class gains recall when its
weight is 20 times as large, whether multiplying all weights by ten changes
nothing, what a training costs and how long the study will take. A confirmation
that is not certain comes on top (evenkeel search --dry-run has both). How a
recall varies from seed to seed is the root mean square over all classes. Every
line is ok, a WARNING or a FAULT, and says what to fix. Nothing is stored except
the trainer's log, and the test part is not used. Exit status 1 if there is a fault.`,
		Example: `  evenkeel check mine.yaml
  evenkeel check mine.yaml --set model.epochs=2
  evenkeel check mine.yaml --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			def, err := f.definition(cmd, args)
			if err != nil {
				return search.InputError{Err: err}
			}
			return f.place(cmd, args, checkStudy(cmd, g, def, *format))
		},
	}
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "`KEY=VALUE`: sets a key of the study file, such as model.epochs; the value as YAML; may be repeated")
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
	lines, err := session.Check(w.ctx, w.stop, w.Config, session.SearchRequest{Definition: def, BuiltIn: isBuiltIn(def)}, print)
	if format != "table" && lines != nil {
		err = errors.Join(err, report.Checked(out, lines))
	}
	return err
}
