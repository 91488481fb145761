package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
	"evenkeel/runs/report"
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
				return search.InputError{Err: err}
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
	log := report.NewLog(cmd.ErrOrStderr(), time.Now)
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
		log.Print("starting %s", def.Model.Trainer.Program(def.Folder))
	}
	trainer, err := openTrainer(ctx, def, db)
	if err != nil {
		return err
	}
	log.Print("about 15 trainings, %d at once", trainer.parallel)
	defer func() {
		if closing := trainer.close(); err == nil {
			err = closing
		}
	}()
	out, line := page(cmd, format), func(check.Line) {}
	if format == "table" {
		line = func(f check.Line) { report.CheckLine(out, f) }
	}
	findings, err := check.Run(ctx, trainer, checkConfig(def, trainer), line)
	if err != nil {
		return err
	}
	if format != "table" {
		if err := report.Checked(out, findings); err != nil {
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
