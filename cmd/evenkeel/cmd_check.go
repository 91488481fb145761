package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
	"evenkeel/search"
)

// checkSeeds is the number of training seeds that a check uses, the first ones
// of the study's own.
const checkSeeds = 3

// errUnfit ends a check that found a fault.
var errUnfit = errors.New("the trainer is not fit to be searched over as it is; see the lines marked FAULT")

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
				return usageError{err}
			}
			return checkStudy(cmd, g.db, def, *format)
		},
	}
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "`KEY=VALUE`: a dotted key of the study file, the value as YAML; may be repeated")
	format = formatFlag(cmd)
	return cmd
}

// checkStudy checks the trainer of a study and prints what was found.
func checkStudy(cmd *cobra.Command, db string, def *search.Definition, format string) (err error) {
	log := newLog(cmd.ErrOrStderr(), time.Now)
	ctx, stop, release := watchSignals(cmd.Context(), log)
	defer release()
	ctx, done := untilStopped(ctx, stop)
	defer done()
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = errInterrupted
		}
	}()
	if def.Model.Trainer.Transport().Started {
		log.print("starting %s", def.Model.Trainer.Program(def.Folder))
	}
	trainer, err := openTrainer(ctx, def, db)
	if err != nil {
		return err
	}
	log.print("about 15 trainings, %d at once", trainer.parallel)
	defer func() {
		if closing := trainer.close(); err == nil {
			err = closing
		}
	}()
	w := cmd.OutOrStdout()
	report := func(check.Finding) {}
	if format == "table" {
		report = func(f check.Finding) { printFinding(w, f) }
	}
	findings, err := check.Run(ctx, trainer, checkConfig(def, trainer), report)
	if err != nil {
		return err
	}
	if format != "table" {
		if err := findingsResult(findings).write(w, format); err != nil {
			return err
		}
	}
	if check.Worst(findings) == check.Fault {
		return errUnfit
	}
	return nil
}

// checkConfig returns what to check a study's trainer with.
func checkConfig(def *search.Definition, trainer *opened) check.Config {
	info := trainer.Info()
	cfg := check.Config{
		Spec: objective.Spec{
			Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics,
			Data: info.Data, Split: info.Split, Model: def.ReferenceModel(),
		},
		Apply: appliedByTrainer(def), WeightsFrom: usesWeightsFrom(def),
		Trainings: def.Trainings(), Parallel: trainer.parallel,
	}
	if cfg.Apply == nil {
		cfg.Apply = []string{objective.ApplyLoss}
	}
	for r := range checkSeeds {
		cfg.Seeds = append(cfg.Seeds, search.TrainingSeed(def.Search.Seed, r, "search"))
	}
	return cfg
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
