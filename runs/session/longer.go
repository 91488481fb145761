package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/notice"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// others measures at the end of a search what else than weights could be done; see
// [comparison]. It makes up for what was cut short or failed, but not for a complete study in
// which it never began.
func (s *searching) others(ctx context.Context, stop <-chan struct{}, study *runs.Study, deadline time.Time) error {
	o, err := readUnmeasured(ctx, s.db, s.def)
	if err != nil || o == nil || !o.begun && s.before == runs.StateDone && !s.worked.Load() {
		return err
	}
	c := comparison{
		Config: s.Config, def: s.def, deadline: deadline, reserve: s.kept, fitting: s.reserve.Fitting(),
		trained: func() { s.worked.Store(true) },
	}
	err = c.run(ctx, visited{db: s.db, study: study, trainer: s.trainer, stop: stop}, o)
	if errors.Is(err, ErrInterrupted) {
		s.ended = runs.StateInterrupted
	}
	return err
}

// comparison measures what else than weights could be done: training longer, and fixed
// offsets; see [followup.Longer]. It does so on the leader's seeds of the search, as far as that
// is not known, and time allows.
type comparison struct {
	Config
	def *search.Definition
	// deadline is when it must have ended, zero if never, with what reserve keeps free, nil for
	// nothing.
	deadline time.Time
	reserve  followup.Kept
	// fitting is how long fitting offsets to one model takes, 0 where that is not known.
	fitting time.Duration
	// trained, if not nil, is called when something is trained, from several goroutines.
	trained func()
}

// run measures it. A training that fails costs no more than what it was for. It returns
// ErrInterrupted if it was stopped.
func (c comparison) run(ctx context.Context, v visited, o *unmeasured) error {
	each, err := v.seconds(ctx, c.def.ReferenceModel())
	if err != nil {
		return err
	}
	if c.fitting == 0 && !c.deadline.IsZero() {
		timing := followup.Confirmer{Definition: c.def, Store: v.study, Trainer: v.trainer, Deadline: c.deadline, Clock: time.Now}
		if c.fitting, err = fittingTime(ctx, &timing); err != nil {
			return err
		}
	}
	l := followup.Longer{
		Definition: c.def, Store: v.study, Trainer: v.trainer, Parallel: v.trainer.parallel, Deadline: c.deadline, Clock: time.Now,
		Each: time.Duration(each * float64(time.Second)), Fitting: c.fitting, Reserve: c.reserve, Stops: o.stops, Leader: o.leader,
		FixedKnown: o.fixedKnown, Recorded: o.recorded,
	}
	model, _ := l.Model()
	epochs, _ := model["epochs"].(int64)
	l.Observe = func(e followup.Event) { c.observe(e, int(epochs)) }
	err = l.Run(ctx, v.stop, o.reference, o.seeds)
	switch {
	case err == nil:
		return nil
	case objective.IsInterruption(err):
		return ErrInterrupted
	case search.IsClosed(v.stop) || ctx.Err() != nil || errors.Is(err, objective.ErrStorage):
		return err
	}
	c.notify(notice.LongerFailed{Err: fmt.Errorf("training longer without weights: %w", err)})
	return nil
}

// observe passes on what happens while the reference is trained longer, for so many epochs.
func (c comparison) observe(e followup.Event, epochs int) {
	switch {
	case e.Kind == followup.EventLonger:
		c.notify(notice.LongerBegan{Study: c.def.Name, Epochs: epochs, Seeds: e.Total})
	case e.Kind != followup.EventRun:
	case e.Run.Kind == objective.RunTrained && c.trained != nil:
		c.trained()
	case e.Run.Kind == objective.RunFailed:
		c.runFailed(e.Run)
	}
}

// unmeasured is what a [comparison] measures.
type unmeasured struct {
	leader followup.Arm
	// reference and seeds are the training seeds of the reference and the leader, by their
	// replicates.
	reference, seeds []int
	// stops says that the reference ends by its own early stopping.
	stops bool
	// begun says that there are figures, or reasons why there are none; fixedKnown is
	// [followup.Longer.FixedKnown].
	begun, fixedKnown bool
	// recorded is [followup.Longer.Recorded].
	recorded map[objective.Option]int
}

// readUnmeasured returns nil where no arm leads or all is measured.
func readUnmeasured(ctx context.Context, db *runs.DB, def *search.Definition) (*unmeasured, error) {
	board, err := db.Leaderboard(ctx, def.Name)
	if err != nil {
		return nil, err
	}
	leader := results.LeaderOf(board)
	if leader.At < 0 {
		return nil, nil
	}
	t, err := db.Trial(ctx, def.Name, board.Rows[leader.At].Trial)
	if err != nil {
		return nil, err
	}
	o := unmeasured{
		leader:    followup.Arm{Trial: t.Number, Round: board.Rows[leader.At].Round},
		reference: replicates(board.Reference.Replicates), seeds: replicates(t.Replicates), begun: board.Offsets.Fixed != nil,
	}
	o.recorded = map[objective.Option]int{objective.OptionLonger: board.Longer.Seeds}
	for _, s := range []*followup.Searched{board.Offsets.Fixed, board.Longer.Offsets} {
		if s != nil {
			o.recorded[s.Option] = s.Seeds
		}
	}
	o.fixedKnown = isFixedMeasured(board, len(o.reference))
	if o.leader.Plan, err = def.Plan(t.Point); err != nil {
		return nil, err
	}
	if o.stops, err = db.ReferenceStops(ctx, def.Name); err != nil {
		return nil, err
	}
	_, reason := (&followup.Longer{Definition: def, Stops: o.stops}).Model()
	if isMeasured(board, len(o.reference), len(o.seeds), reason) && (board.Optimism.Trial == 0 || board.Optimism.Trial == t.Number && board.Optimism.Round == o.leader.Round) {
		return nil, nil
	}
	return &o, nil
}

// isMeasured reports whether the board has what [followup.Longer] would measure.
func isMeasured(board *runs.Board, reference, leader int, reason followup.Reason) bool {
	longer, both := board.Longer.Searched, board.Longer.Offsets
	return isFixedMeasured(board, reference) && both != nil && both.Reason != followup.ReasonTime && (both.Reason != "" || both.Seeds == leader) &&
		(reason != "" || longer.Seeds == leader)
}

// isFixedMeasured reports whether the board has fixed offsets for the reference on so many
// seeds, or why it cannot have them.
func isFixedMeasured(board *runs.Board, reference int) bool {
	fixed := board.Offsets.Fixed
	return fixed != nil && fixed.Reason != followup.ReasonTime && (fixed.Reason != "" || fixed.Seeds == reference)
}

// owesLonger reports whether a complete study has to make up for longer training that was cut
// short or failed, as far as its history says, and has time for it.
func (s *searching) owesLonger(ctx context.Context) (bool, error) {
	db, err := s.openReading(ctx)
	if err != nil {
		return false, err
	}
	defer db.Close()
	o, err := readUnmeasured(ctx, db, s.def)
	if err != nil || o == nil || !o.begun {
		return false, err
	}
	_, spent, err := db.Effort(ctx, s.def.Name)
	left := s.def.Search.TimeLeft(s.clock, spent, time.Now())
	return !left.Limited || left.Duration > 0, err
}

// replicates returns the numbers of training seeds.
func replicates(list []objective.Replicate) []int {
	numbers := make([]int, len(list))
	for i, rep := range list {
		numbers[i] = rep.Replicate
	}
	return numbers
}
