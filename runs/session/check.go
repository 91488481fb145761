package session

import (
	"context"
	"errors"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// ErrUnfit ends a check that found a fault.
var ErrUnfit = errors.New("the trainer cannot be used in a search as it is; see the lines marked FAULT")

// checkSeeds is the number of training seeds that a check uses, the first ones of the
// study's own. Our choice.
const checkSeeds = 3

// Check checks the trainer of a study that is to be searched, about 15 trainings of which
// nothing is stored. Report gets every finding as it is made. With [ErrUnfit] the findings are
// there too.
func Check(ctx context.Context, stop <-chan struct{}, c Config, r SearchRequest, report func(check.Line)) (findings []check.Line, err error) {
	def := r.Definition
	ctx, done := untilStopped(ctx, stop)
	defer done()
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = ErrInterrupted
		}
	}()
	if def.Model.Trainer.Transport().Started {
		c.notify(notice.ProgramStarting{Program: def.Model.Trainer.Program(def.Folder)})
	}
	trainer, err := openTrainer(ctx, def, c.DB)
	if err != nil {
		return nil, err
	}
	defer c.closeTrainer(trainer)
	c.notify(notice.CheckBegan{Parallel: trainer.parallel})
	if findings, err = check.Run(ctx, trainer.Trainer, checkConfig(r, trainer), report); err != nil {
		return nil, err
	}
	if check.Worst(findings) == check.Fault {
		return findings, ErrUnfit
	}
	return findings, nil
}

// checkConfig returns what to check a study's trainer with.
func checkConfig(r SearchRequest, trainer *opened) check.Config {
	def, info := r.Definition, trainer.Info()
	cfg := check.Config{
		Spec: objective.Spec{
			Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics,
			Data: info.Data, Split: info.Split, Model: def.ReferenceModel(),
		},
		Apply: appliedByTrainer(def), WeightsFrom: def.SwitchesOnLate(),
		StepsPerEpoch: def.Steps(info, 1), OwnProgram: def.Model.Trainer.Transport().OwnData,
		SmallBatch: def.BatchCancels(), Parallel: trainer.parallel,
	}
	if def.Budget().Trials > 0 {
		var p notice.Planned
		r.count(&p)
		cfg.Trainings, cfg.Length = p.Models(), p.Trainings()
	}
	if cfg.Apply == nil {
		cfg.Apply = []string{objective.ApplyLoss}
	}
	for r := range checkSeeds {
		cfg.Seeds = append(cfg.Seeds, search.TrainingSeed(def.Search.Seed, r, search.PhaseSearch))
	}
	return cfg
}
