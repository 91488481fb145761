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
	"evenkeel/runs/notice"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/samplers"
)

// Plan says what a search would take, and starts nothing. Without a history (c.DB is ""),
// or one that is not there yet, it does not know what a training takes.
func Plan(ctx context.Context, c Config, r SearchRequest) (planned *notice.Planned, err error) {
	now, def := time.Now(), r.Definition
	p := &notice.Planned{Definition: def, Parallel: def.Model.Trainer.Parallel(def.Search.Parallel)}
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
	r.count(p)
	if err := c.limit(ctx, p, now); err != nil {
		return nil, err
	}
	policy := search.Policy{Definition: def, Sampler: sampler}
	if p.First, err = policy.Next(nil, 0); err != nil {
		return nil, err
	}
	p.Plan, err = def.Plan(p.First.Point)
	return p, err
}

// count says about how many trainings a search takes.
func (r SearchRequest) count(p *notice.Planned) {
	p.Budget = r.Definition.Budget()
	p.Longer, p.Confirming = r.followUps()
	p.PerSeed, p.ConfirmSeeds = followup.SharesOf(r.Definition, r.Definition.MaxRounds()), confirm.Seeds
	if r.Confirms() && p.Confirming == 0 && confirm.Seeds*followup.Length(r.Definition, 1) <= p.Budget.All() {
		p.PerhapsConfirming = confirm.Seeds * followup.SharesOf(r.Definition, 1).Trainings()
	}
}

// followUps returns about how many trainings come after the trials: those of the unweighted
// model that is trained longer, and those that confirm the leader.
func (r SearchRequest) followUps() (longer, confirming float64) {
	// The leader's rounds are not known yet; its trainings count by their length.
	all := confirm.Seeds * followup.Length(r.Definition, r.Definition.MaxRounds())
	if r.Confirms() && (r.anyCost() || all <= r.Definition.Budget().All()) {
		confirming = all
	}
	return followup.LongerLength(r.Definition), confirming
}

// limit reads what fits where the time is limited.
func (c Config) limit(ctx context.Context, p *notice.Planned, now time.Time) (err error) {
	config := p.Definition.Search
	if p.Left = config.TimeLeft(p.Until, 0, now); !p.Left.Limited {
		return nil
	}
	if err := c.known(ctx, p); err != nil {
		return err
	}
	p.Left = config.TimeLeft(p.Until, p.Spent, now)
	if p.Known > 0 {
		p.Fit = search.TrainingsThatFit(p.Left.Duration, p.Each, p.Parallel)
	}
	return nil
}

// known looks into the trial history, if there is one.
func (c Config) known(ctx context.Context, p *notice.Planned) error {
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
