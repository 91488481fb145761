package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/confirm"
	"evenkeel/search"
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
	// The best arm so far, of which the time to keep free depends.
	round, tier int
	difference  float64
}

// observe keeps the best arm.
func (l *leaderConfirmation) observe(e search.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range e.Arms {
		if l.round == 0 || a.Seeds > l.tier || a.Seeds == l.tier && a.Difference < l.difference {
			l.round, l.tier, l.difference = a.Round, a.Seeds, a.Difference
		}
	}
}

// reserve returns how much time to keep free before a deadline that is so far away
// when the search begins.
func (l *leaderConfirmation) reserve(def *search.Definition, parallel int, whole time.Duration) func(each time.Duration) time.Duration {
	return func(each time.Duration) time.Duration {
		l.mu.Lock()
		round := l.round
		l.mu.Unlock()
		if round == 0 {
			round = maxRounds(def)
		}
		return confirmReserve(time.Duration(float64(each)*def.ConfirmLength(round)/float64(parallel)), whole)
	}
}

// confirmReserve returns the time to keep free for a confirmation, given that of one
// fresh seed: for ten of them, but not more than half of the whole time; for the six
// without which nothing can be said, up to three quarters of it; else none. Our
// choice. A tenth is added, as [seedsThatFit] keeps it back.
func confirmReserve(seed, whole time.Duration) time.Duration {
	of := func(seeds int) time.Duration { return time.Duration(float64(seeds) * float64(seed) / inTime) }
	for seeds := confirm.Seeds; seeds > confirm.FewestSeeds; seeds-- {
		if of(seeds) <= whole/2 {
			return of(seeds)
		}
	}
	if fewest := of(confirm.FewestSeeds); fewest <= whole*3/4 {
		return fewest
	}
	return 0
}

// run confirms the leader of the session's study, unless there is none, or it is
// confirmed already. What prevents it costs the search nothing: it is said, and is an
// error only where the confirmation was asked for, the storage fails, or somebody
// interrupts.
func (l *leaderConfirmation) run(ctx context.Context, s *session, v visited, deadline time.Time) error {
	err := l.confirm(ctx, s, v, deadline)
	if err == nil || errors.Is(err, errInterrupted) || errors.Is(err, objective.ErrStorage) || l.asked {
		return err
	}
	s.log.print("the leader is not confirmed: %v", err)
	return nil
}

func (l *leaderConfirmation) confirm(ctx context.Context, s *session, v visited, deadline time.Time) error {
	board, err := s.db.Leaderboard(ctx, s.def.Name, 0)
	if err != nil {
		return err
	}
	leader, why := leaderOf(board, s.def)
	if why == "" && !(board.Rows[board.Leader()].Difference < 0) {
		why = "the leader is not more even than the unweighted model"
	}
	if why != "" {
		s.log.print("nothing to confirm: %s", why)
		return nil
	}
	if err := hasTestPart(s.trainer.Trainer, s.def); err != nil {
		return err
	}
	arm := armToConfirm{def: s.def}
	if err := arm.read(ctx, s.db, leader); err != nil {
		return err
	}
	known, err := s.db.Confirmations(ctx, s.def.Name)
	if err != nil {
		return err
	}
	for _, a := range known {
		if a.Trial == arm.Trial && a.Round == arm.Round && !a.Resplit {
			return nil
		}
	}
	arm.Seeds = confirm.Seeds
	c := confirmation{arm: arm, deadline: deadline, log: s.log}
	return c.run(ctx, v)
}
