package session

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/samplers"
)

// Planned is what a search would take and begin with, as far as that is known without
// training.
type Planned struct {
	Definition *search.Definition
	// Title names the data and Info describes it; both are empty where the study's own
	// program, which is not started, would say it.
	Title string
	Info  objective.Info
	// Parallel is the number of trainings at once.
	Parallel int
	// Until is the clock time at which the search must have ended, zero if there is none.
	Until time.Time
	// Reference and Trials are the trainings of the reference and, on average, of trials,
	// and Confirming how long confirming the leader takes at most, in trainings.
	Reference          int
	Trials, Confirming float64
	// Spent are the seconds that the study has taken, Left what its limits leave.
	Spent float64
	Left  search.TimeLeft
	// Each is the mean duration in seconds of the Known stored runs of the reference's
	// model, Fit how many trainings of that duration fit into what is left. Known is 0
	// where nothing limits the time.
	Each  float64
	Known int
	Fit   float64
	// First is the first step, as the sampler alone would have it, and Plan its trial's.
	First search.Step
	Plan  objective.Plan
}

// Trainings returns how many trainings there are in all.
func (p *Planned) Trainings() float64 { return float64(p.Reference) + p.Trials + p.Confirming }

// Plan says what a search would take, and starts nothing. Without a history (c.DB is ""),
// or one that is not there yet, it does not know what a training takes.
func Plan(ctx context.Context, c Config, r SearchRequest) (planned *Planned, err error) {
	now, def := time.Now(), r.Definition
	p := &Planned{Definition: def, Parallel: def.Model.Trainer.Parallel(def.Search.Parallel)}
	if !def.Model.Trainer.Transport().Started {
		o, err := openTrainer(ctx, def, c.DB)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, o.close()) }()
		p.Title, p.Info = o.title, o.Info()
	}
	sampler, err := samplers.New(def.Search.Sampler)
	if err != nil {
		return nil, err
	}
	if p.Until, err = search.Until(def.Search.Until, now); err != nil {
		return nil, search.Inputf("search.until: %w", err)
	}
	p.Reference, p.Trials = def.Budget()
	if r.Confirms() {
		// The leader's rounds are not known yet; its trainings count by their length.
		p.Confirming = confirm.Seeds * followup.Length(def, def.MaxRounds())
	}
	if err := p.limit(ctx, c, now); err != nil {
		return nil, err
	}
	policy := search.Policy{Definition: def, Sampler: sampler}
	if p.First, err = policy.Next(nil, 0); err != nil {
		return nil, err
	}
	p.Plan, err = def.Plan(p.First.Point)
	return p, err
}

// limit reads what fits where the time is limited.
func (p *Planned) limit(ctx context.Context, c Config, now time.Time) (err error) {
	config := p.Definition.Search
	if p.Left = config.TimeLeft(p.Until, 0, now); !p.Left.Limited {
		return nil
	}
	if err := p.read(ctx, c); err != nil {
		return err
	}
	p.Left = config.TimeLeft(p.Until, p.Spent, now)
	if p.Known > 0 {
		p.Fit = search.TrainingsThatFit(p.Left.Duration, p.Each, p.Parallel)
	}
	return nil
}

// read looks into the trial history, if there is one.
func (p *Planned) read(ctx context.Context, c Config) error {
	if _, err := os.Stat(c.DB); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := c.openReading(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	spec := objective.Spec{Data: p.Info.Data, Split: p.Info.Split, Model: p.Definition.ReferenceModel()}
	if p.Each, p.Known, err = db.RunSeconds(ctx, spec); err != nil {
		return err
	}
	_, p.Spent, err = db.Effort(ctx, p.Definition.Name)
	var none *runs.NoStudyError
	if errors.As(err, &none) {
		err = nil
	}
	return err
}
