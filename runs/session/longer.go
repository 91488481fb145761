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

// others measures at the end of a search what else than weights could be done: training
// longer, and fixed offsets; see [followup.Longer]. It does so once, on the leader's seeds,
// and makes up for what was cut short or failed, but not for a complete study in which it
// never began. A training that fails costs the search nothing.
func (s *searching) others(ctx context.Context, stop <-chan struct{}, study *runs.Study, deadline time.Time) error {
	o, err := readUnmeasured(ctx, s.db, s.def)
	if err != nil || o == nil || !o.begun && s.before == runs.StateDone && !s.worked.Load() {
		return err
	}
	l := followup.Longer{
		Definition: s.def, Store: study, Trainer: s.trainer, Parallel: s.trainer.parallel, Deadline: deadline, Clock: time.Now,
		Observe: s.observeLonger, Fitting: s.reserve.Fitting(), Reserve: s.kept, Stops: o.stops, Leader: o.leader, FixedKnown: o.fixedKnown,
	}
	each, err := visited{db: s.db, trainer: s.trainer}.seconds(ctx, s.def.ReferenceModel())
	if err != nil {
		return err
	}
	l.Each = time.Duration(each * float64(time.Second))
	starts := l.Starts()
	if o.begun && !starts && !s.worked.Load() {
		return nil // what is known stays
	}
	if model, reason := l.Model(); reason == "" && starts {
		epochs, _ := model["epochs"].(int64)
		s.notify(notice.LongerBegan{Study: s.def.Name, Epochs: int(epochs), Seeds: len(o.seeds)})
	}
	err = l.Run(ctx, stop, o.reference, o.seeds)
	switch {
	case err == nil:
		return nil
	case objective.IsInterruption(err):
		s.ended = runs.StateInterrupted
		return ErrInterrupted
	case search.IsClosed(stop) || ctx.Err() != nil || errors.Is(err, objective.ErrStorage):
		return err
	}
	s.notify(notice.LongerFailed{Err: fmt.Errorf("training longer without weights: %w", err)})
	return nil
}

// unmeasured is what [searching.others] measures.
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
	return isFixedMeasured(board, reference) && both != nil && both.Reason != followup.ReasonTime && (reason != "" || longer.Seeds == leader)
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

// observeLonger passes on what happens while the reference is trained longer.
func (s *searching) observeLonger(e followup.Event) {
	switch {
	case e.Kind != followup.EventRun:
	case e.Run.Kind == objective.RunTrained:
		s.worked.Store(true)
	case e.Run.Kind == objective.RunFailed:
		s.runFailed(e.Run)
	}
}
