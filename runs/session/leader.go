package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/runs/notice"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// UnconfirmedError says why a search that was to end with a confirmation did not. The
// search itself is done, and has a leaderboard.
type UnconfirmedError struct{ Reason error }

// Error returns the reason.
func (e *UnconfirmedError) Error() string {
	return fmt.Sprintf("the leader is not confirmed: %v", e.Reason)
}

// leaderConfirmation is the confirmation that a search ends with.
type leaderConfirmation struct {
	// asked says that somebody asked for it: what prevents it is an error then.
	asked bool
	// anyCost says that it may take more trainings than the search did.
	anyCost bool
}

// run confirms the leader of the study, unless the search found no option that is better
// than the unweighted model, or it is confirmed already. What prevents it costs the search
// nothing: it is a notice, and an [*UnconfirmedError] where the confirmation was asked
// for.
func (l *leaderConfirmation) run(ctx context.Context, s *searching, v visited, deadline time.Time) error {
	err := l.confirm(ctx, s, v, deadline)
	if err != nil && ctx.Err() != nil || errors.Is(err, ErrInterrupted) {
		s.ended = runs.StateInterrupted // so that the next one goes on with it
		return ErrInterrupted
	}
	if err == nil || errors.Is(err, objective.ErrStorage) {
		return err
	}
	var unconfirmed *UnconfirmedError
	if !errors.As(err, &unconfirmed) {
		unconfirmed = &UnconfirmedError{err}
	}
	if l.asked {
		return unconfirmed
	}
	s.notify(notice.LeaderNotConfirmed{Err: unconfirmed})
	return nil
}

func (l *leaderConfirmation) confirm(ctx context.Context, s *searching, v visited, deadline time.Time) error {
	arm, nothing, err := awaiting(ctx, s.db, s.def, l.asked)
	if nothing != nil && l.anyCost {
		s.notify(*nothing)
	}
	if err != nil || arm == nil {
		return err
	}
	// Nobody opens a test part by going on with a study in which nothing is left to do.
	begun, err := s.db.TestOpened(ctx, s.def.Name, arm.Trial, arm.Round)
	if err != nil || !l.asked && !s.worked.Load() && !begun {
		return err
	}
	if err := hasTestPart(s.trainer.Trainer, s.def); err != nil {
		return err
	}
	arm.Seeds = confirm.Seeds
	if dear, err := l.tooDear(ctx, s, v, *arm); err != nil || dear && !begun {
		return err
	}
	c := confirming{Config: s.Config, def: s.def, arm: *arm, deadline: deadline}
	if err = c.run(ctx, v); err == nil {
		s.worked.Store(true)
	}
	return err
}

// tooDear reports, and says, that confirming an arm takes more trainings than the search
// did, where that decides.
func (l *leaderConfirmation) tooDear(ctx context.Context, s *searching, v visited, arm followup.Arm) (bool, error) {
	if l.anyCost {
		return false, nil
	}
	trained, _, err := s.db.Effort(ctx, s.def.Name)
	if err != nil {
		return false, err
	}
	trainings, length := arm.Cost(s.def)
	if length*float64(arm.Seeds) <= float64(trained) {
		return false, nil
	}
	each, err := v.seconds(ctx, s.def.ReferenceModel())
	if err != nil {
		return false, err
	}
	several, err := results.Several(ctx, s.db)
	s.notify(notice.ConfirmationTooDear{
		Study: s.def.Name, Several: several, Trainings: trainings * arm.Seeds, Searched: trained,
		Seconds: followup.Seconds(arm.Seeds, v.trainer.parallel, each*length),
	})
	return true, err
}

// awaiting returns the leader of a study if it is still to be confirmed, or why there is
// nothing to confirm: no arm leads, or no option is better than the unweighted model.
// Neither is returned where the leader is confirmed, or where fresh seeds would fail as
// other seeds did and nobody asked for them. Where somebody asked and the model is one of
// which nothing can be said, the error is an [*UnconfirmedError] with the reason.
func awaiting(ctx context.Context, db *runs.DB, def *search.Definition, asked bool) (*followup.Arm, *notice.NothingToConfirm, error) {
	o, err := results.ReadOverview(ctx, db, def.Name)
	if err != nil {
		return nil, nil, err
	}
	if o.Leader.At < 0 || o.Recommendation.Chosen == objective.OptionNothing {
		nothing := &notice.NothingToConfirm{Why: o.Leader.Why}
		if o.Recommendation.State == results.NoRecommendation {
			nothing.None = o.Recommendation.Why
		}
		if asked && o.Leader.At >= 0 && nothing.None != "" {
			return nil, nil, &UnconfirmedError{errors.New(string(nothing.None))}
		}
		return nil, nothing, nil
	}
	if o.OnlyFirstSeeds() && !asked {
		return nil, nil, nil
	}
	row := o.Board.Rows[o.Leader.At]
	arm, err := results.ArmToConfirm(ctx, db, def, results.Arm{Trial: row.Trial, Round: row.Round})
	if err != nil || results.Find(o.Confirmed, arm.Trial, arm.Round, false) != nil {
		return nil, nil, err
	}
	return &arm, nil, nil
}

// awaitsConfirmation reports whether a complete study is still to be confirmed, as far
// as its history says: because somebody asks for it, or began it.
func (s *searching) awaitsConfirmation(ctx context.Context) (bool, error) {
	db, err := s.openReading(ctx)
	if err != nil {
		return false, err
	}
	defer db.Close()
	arm, _, err := awaiting(ctx, db, s.def, s.asked())
	switch {
	case err != nil && !s.asked():
		return false, nil // the leaderboard is there all the same
	case err != nil || arm == nil || s.asked():
		return arm != nil, err
	}
	return db.TestOpened(ctx, s.def.Name, arm.Trial, arm.Round)
}
