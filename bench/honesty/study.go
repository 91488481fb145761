package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/samplers"
)

// errBrokenOff ends an experiment that a signal cut short.
var errBrokenOff = errors.New("interrupted; complete repetitions are in the file, and the same command continues")

// study is one search in a history of its own, which is gone when it is closed.
type study struct {
	def     *search.Definition
	trainer objective.Trainer
	folder  string
	db      *runs.DB
	history *runs.Study
}

// openStudy makes the history of a search.
func openStudy(ctx context.Context, def *search.Definition, t objective.Trainer, title string) (s *study, err error) {
	s = &study{def: def, trainer: t}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err = def.SettleEpochs(t.Info()); err != nil {
		return s, err
	}
	if s.folder, err = os.MkdirTemp("", "honesty-"); err != nil {
		return s, err
	}
	if s.db, err = runs.Open(ctx, filepath.Join(s.folder, "study.db"), runs.Options{NoSync: true}); err != nil {
		return s, err
	}
	if s.history, _, err = s.db.OpenStudy(ctx, def, runs.Invocation{Program: "honesty"}); err != nil {
		return s, err
	}
	return s, s.history.Describe(ctx, title, t.Info())
}

// close removes the history.
func (s *study) close() error {
	var errs []error
	if s.history != nil {
		errs = append(errs, s.history.Close(runs.StateDone))
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.folder != "" {
		errs = append(errs, os.RemoveAll(s.folder))
	}
	return errors.Join(errs...)
}

// effort is what a search or a confirmation took.
type effort struct {
	trainings int
	seconds   float64
}

// meter measures an effort, and keeps the notices.
type meter struct {
	began     time.Time
	trainings atomic.Int64
	mu        sync.Mutex
	notices   []string
}

func startMeter() *meter { return &meter{began: time.Now()} }

// followUp takes in the events of a confirmation.
func (m *meter) followUp(e followup.Event) {
	if e.Kind == followup.EventRun && e.Run.Kind == objective.RunTrained {
		m.trainings.Add(1)
	}
}

// observe takes in the events of a search.
func (m *meter) observe(e search.Event) {
	switch {
	case e.Kind == search.EventRun && e.Run.Kind == objective.RunTrained:
		m.trainings.Add(1)
	case e.Kind == search.EventNotice:
		m.mu.Lock()
		m.notices = append(m.notices, e.Text)
		m.mu.Unlock()
	}
}

func (m *meter) effort() effort {
	return effort{int(m.trainings.Load()), time.Since(m.began).Seconds()}
}

// searched is what a search ended with.
type searched struct {
	effort
	// arm is the leader as a confirmation takes it, nil if no arm leads.
	arm *followup.Arm
	// text says which it is.
	text    string
	notices []string
}

// search performs the whole search.
func (s *study) search(ctx context.Context, workers int) (out searched, err error) {
	sampler, err := samplers.New(s.def.Search.Sampler)
	if err != nil {
		return out, err
	}
	m := startMeter()
	driver := search.Driver{
		Definition: s.def, Store: s.history, Trainer: s.trainer, Sampler: sampler,
		Parallel: workers, Clock: time.Now, Observe: m.observe,
		KeepGoing: true, // also where weights are made to have no effect
	}
	summary, err := driver.Run(ctx, nil)
	if err == nil && summary.End != search.EndComplete {
		err = errBrokenOff
	}
	if err != nil {
		return out, fmt.Errorf("search: %w", err)
	}
	out.effort, out.notices = m.effort(), m.notices
	if out.arm, err = s.leader(ctx, workers); err == nil && out.arm != nil {
		out.text = fmt.Sprintf("trial %d round %d of %s", out.arm.Trial, out.arm.Round, out.arm.Plan.Recipe.Scheme.Name)
	}
	return out, err
}

// leader returns the arm that `evenkeel confirm` would take, nil without one, once it is
// measured what else could be done, as at the end of every search.
func (s *study) leader(ctx context.Context, workers int) (*followup.Arm, error) {
	board, err := s.db.Leaderboard(ctx, s.def.Name)
	if err != nil {
		return nil, err
	}
	at := board.Leader()
	if at < 0 {
		return nil, nil
	}
	led := results.Arm{Trial: board.Rows[at].Trial, Round: board.Rows[at].Round}
	trial, err := s.db.Trial(ctx, s.def.Name, led.Trial)
	if err != nil {
		return nil, err
	}
	numbers := func(list []objective.Replicate) (all []int) {
		for _, rep := range list {
			all = append(all, rep.Replicate)
		}
		return all
	}
	others := followup.Longer{Definition: s.def, Store: s.history, Trainer: s.trainer, Parallel: workers, Clock: time.Now}
	others.Leader.Trial, others.Leader.Round = led.Trial, led.Round
	if others.Leader.Plan, err = s.def.Plan(trial.Point); err != nil {
		return nil, err
	}
	if err := others.Run(ctx, nil, numbers(board.Reference.Replicates), numbers(trial.Replicates)); err != nil {
		return nil, err
	}
	arm, err := results.ArmToConfirm(ctx, s.db, s.def, led)
	return &arm, err
}

// confirm confirms an arm on fresh seeds and the drawn test part.
func (s *study) confirm(ctx context.Context, arm followup.Arm, workers int) (*followup.Confirmation, effort, error) {
	m := startMeter()
	c := followup.Confirmer{
		Definition: s.def, Store: s.history, Trainer: s.trainer, Parallel: workers, Clock: time.Now, Observe: m.followUp,
	}
	out, err := c.Run(ctx, nil, arm)
	if objective.IsInterruption(err) {
		err = errBrokenOff
	}
	if err != nil {
		return nil, effort{}, fmt.Errorf("confirmation: %w", err)
	}
	return out, m.effort(), nil
}

// conclude performs the whole study, its confirmation on so many fresh seeds included, and
// returns what it recommends.
func (s *study) conclude(ctx context.Context, seeds, workers int) (c concluded, err error) {
	if c.searched, err = s.search(ctx, workers); err != nil {
		return c, err
	}
	if c.arm == nil {
		return c, fmt.Errorf("no arm leads")
	}
	c.arm.Seeds = seeds
	said, confirmed, err := s.confirm(ctx, *c.arm, workers)
	if err != nil {
		return c, err
	}
	c.confirmed = confirmed
	if err := s.history.Confirm(ctx, said); err != nil {
		return c, err
	}
	if err := s.history.Flush(ctx); err != nil {
		return c, err
	}
	view, err := results.ReadOverview(ctx, s.db, s.def.Name)
	if err == nil {
		c.said = view.Recommendation
	}
	return c, err
}

// concluded is what a whole study ended with.
type concluded struct {
	searched
	confirmed effort
	said      *results.Recommendation
}
