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
// and not when somebody goes on with a study in which nothing was left to do. A training
// that fails costs the search nothing.
func (s *searching) others(ctx context.Context, stop <-chan struct{}, study *runs.Study, deadline time.Time) error {
	if s.before == runs.StateDone && !s.worked.Load() {
		return nil
	}
	board, err := s.db.Leaderboard(ctx, s.def.Name)
	if err != nil {
		return err
	}
	leader := results.LeaderOf(board)
	if leader.At < 0 {
		return nil
	}
	t, err := s.db.Trial(ctx, s.def.Name, board.Rows[leader.At].Trial)
	if err != nil {
		return err
	}
	l := followup.Longer{
		Definition: s.def, Store: study, Trainer: s.trainer, Parallel: s.trainer.parallel, Deadline: deadline, Clock: time.Now,
		Observe: s.observeLonger, Fitting: s.reserve.Fitting(), Reserve: s.kept,
	}
	if l.Leader.Plan, err = s.def.Plan(t.Point); err != nil {
		return err
	}
	l.Leader.Trial, l.Leader.Round = t.Number, board.Rows[leader.At].Round
	if l.Stops, err = s.db.ReferenceStops(ctx, s.def.Name); err != nil {
		return err
	}
	each, err := visited{db: s.db, trainer: s.trainer}.seconds(ctx, s.def.ReferenceModel())
	if err != nil {
		return err
	}
	l.Each = time.Duration(each * float64(time.Second))
	reference, seeds := replicates(board.Reference.Replicates), replicates(t.Replicates)
	model, reason := l.Model()
	if isMeasured(board, len(reference), len(seeds), reason) && (board.Optimism.Trial == 0 || board.Optimism.Trial == t.Number && board.Optimism.Round == l.Leader.Round) {
		return nil
	}
	if epochs, ok := model["epochs"].(int64); ok {
		s.notify(notice.LongerBegan{Study: s.def.Name, Epochs: int(epochs), Seeds: len(seeds)})
	}
	err = l.Run(ctx, stop, reference, seeds)
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

// isMeasured reports whether the board has what [followup.Longer] would measure.
func isMeasured(board *runs.Board, reference, leader int, reason followup.Reason) bool {
	fixed, longer, both := board.Offsets.Fixed, board.Longer.Searched, board.Longer.Offsets
	if fixed == nil || both == nil || fixed.Reason == followup.ReasonTime || both.Reason == followup.ReasonTime {
		return false
	}
	return (fixed.Reason != "" || fixed.Seeds == reference) && (reason != "" || longer.Seeds == leader)
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
	if e.Kind == followup.EventRun && e.Run.Kind == objective.RunFailed {
		s.notify(notice.RunFailed{Run: e.Run.Run, Err: e.Run.Err})
	}
}
