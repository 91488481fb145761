package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/studyfile"
)

// confirmFlag adds --confirm to a command that searches.
func confirmFlag(cmd *cobra.Command, f *sessionFlags) {
	cmd.Flags().BoolVar(&f.confirm, "confirm", false,
		"confirm the leader at the end, as evenkeel confirm does; on for the built-in study and where time is limited, which keeps time free for it")
}

// confirms reports whether a search ends with a confirmation of its leader, and
// whether somebody said so: it does by default in the built-in study, and where the
// time is limited, since nobody is there then to start it in the morning.
func confirms(cmd *cobra.Command, def *search.Definition, f sessionFlags) (yes, asked bool) {
	if flag := cmd.Flags().Lookup("confirm"); flag != nil && flag.Changed {
		return f.confirm, f.confirm
	}
	return def.Search.Time > 0 || def.Search.Until != "" || isBuiltIn(def), false
}

// isBuiltIn reports whether a study is the built-in one but for its budget.
func isBuiltIn(def *search.Definition) bool {
	own, err := studyfile.Parse(defaultName, defaultStudy, def.Folder, nil)
	return err == nil && search.BudgetOnly(search.Diff(own, def))
}

// leaderConfirmation is the confirmation that a search ends with.
type leaderConfirmation struct {
	// asked says that --confirm was given: what prevents it is an error then.
	asked bool

	mu sync.Mutex
	// best is the arm that would lead so far, of which the time to keep free depends.
	best *objective.Arm
	// offsets is how long fitting offsets takes on a fresh seed, by the quickest so far:
	// others may have shared their processor.
	offsets time.Duration
}

// observe keeps the best arm, and how long offsets take.
func (l *leaderConfirmation) observe(e search.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Offsets > 0 && (l.offsets == 0 || e.Offsets < l.offsets) {
		l.offsets = e.Offsets
	}
	for _, a := range e.Arms {
		if b := l.best; b == nil || a.Seeds > b.Seeds || a.Seeds == b.Seeds &&
			(a.Holds && !b.Holds || a.Holds == b.Holds && a.Difference < b.Difference) {
			l.best = &a
		}
	}
}

// inTime is the share of the time kept free that is planned with: trainings may take
// longer than those before.
const inTime = 0.9

// reserve returns how much time to keep free before the deadline of a search that
// begins now.
func (l *leaderConfirmation) reserve(def *search.Definition, parallel int, deadline time.Time, clock func() time.Time) func(each time.Duration) time.Duration {
	whole := deadline.Sub(clock())
	return func(each time.Duration) time.Duration {
		l.mu.Lock()
		best, offsets := l.best, l.offsets
		l.mu.Unlock()
		if best == nil {
			return 0 // nothing to confirm without a first trial
		}
		seed := time.Duration(float64(each)*followup.Length(def, best.Round)) + offsets
		return confirmReserve(seed, parallel, whole, deadline.Sub(clock()))
	}
}

// confirmReserve returns the time to keep free for a confirmation, given that of one
// fresh seed and how many are at work at once: for ten of them, but not more than half
// of the whole time; for the six without which nothing can be said, up to three
// quarters of it; none where these do not fit into what is left. Our choice.
func confirmReserve(seed time.Duration, parallel int, whole, left time.Duration) time.Duration {
	of := func(seeds int) time.Duration {
		return time.Duration(float64(turnsOf(seeds, parallel)) * float64(seed) / inTime)
	}
	fewest := of(confirm.FewestSeeds)
	if fewest > left || fewest > whole*3/4 {
		return 0
	}
	for seeds := confirm.Seeds; seeds > confirm.FewestSeeds; seeds-- {
		if of(seeds) <= whole/2 {
			return of(seeds)
		}
	}
	return fewest
}

// unconfirmedError says why a search that was to end with a confirmation did not. The
// search itself is done, and its leaderboard is printed.
type unconfirmedError struct{ reason error }

func (e unconfirmedError) Error() string {
	return fmt.Sprintf("the leader is not confirmed: %v", e.reason)
}

// run confirms the leader of the session's study, unless there is none that is more
// even than the unweighted model, or it is confirmed already. What prevents it costs
// the search nothing: it is said, and is an [unconfirmedError] where the confirmation
// was asked for.
func (l *leaderConfirmation) run(ctx context.Context, s *session, v visited, deadline time.Time) error {
	err := l.confirm(ctx, s, v, deadline)
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	switch {
	case err == nil || errors.Is(err, errInterrupted) || errors.Is(err, objective.ErrStorage):
		return err
	case l.asked:
		return unconfirmedError{err}
	}
	s.log.print("%v", unconfirmedError{err})
	return nil
}

func (l *leaderConfirmation) confirm(ctx context.Context, s *session, v visited, deadline time.Time) error {
	arm, why, err := awaiting(ctx, s.db, s.def)
	if err != nil || arm == nil {
		if why != "" {
			s.log.print("nothing to confirm: %s", why)
		}
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
	c := confirmation{arm: *arm, deadline: deadline, log: s.log}
	if err = c.run(ctx, v); err == nil {
		s.worked.Store(true)
	}
	return err
}

// awaiting returns the leader of a study if it is still to be confirmed, or why there
// is nothing to confirm: no arm leads, or none that is more even than the unweighted
// model. Neither is there where it is confirmed.
func awaiting(ctx context.Context, db *runs.DB, def *search.Definition) (arm *armToConfirm, why string, err error) {
	board, err := db.Leaderboard(ctx, def.Name, 0)
	if err != nil {
		return nil, "", err
	}
	leader, why := leaderOf(board, def)
	if why == "" && !(board.Rows[board.Leader()].Difference < 0) {
		why = "the leader is not more even than the unweighted model"
	}
	if why != "" {
		return nil, why, nil
	}
	arm = &armToConfirm{def: def}
	if err := arm.read(ctx, db, leader); err != nil {
		return nil, "", err
	}
	known, err := db.Confirmations(ctx, def.Name)
	if slices.ContainsFunc(known, func(a runs.ConfirmedArm) bool {
		return a.Trial == arm.Trial && a.Round == arm.Round && !a.Resplit
	}) {
		arm = nil
	}
	return arm, "", err
}

// awaitsConfirmation reports whether a complete study is still to be confirmed, as far
// as its history says: because somebody asks for it, or began it.
func awaitsConfirmation(ctx context.Context, path string, def *search.Definition, asked bool) (bool, error) {
	db, err := runs.Open(ctx, path, runs.Options{ReadOnly: true})
	if err != nil {
		return false, err
	}
	defer db.Close()
	arm, _, err := awaiting(ctx, db, def)
	switch {
	case err != nil && !asked:
		return false, nil // the leaderboard is there all the same
	case err != nil || arm == nil || asked:
		return arm != nil, err
	}
	return db.TestOpened(ctx, def.Name, arm.Trial, arm.Round)
}
