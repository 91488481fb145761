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
	"evenkeel/runs/report"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// ConfirmRequest names an arm to confirm.
type ConfirmRequest struct {
	// Study is the study's name, "" for the newest.
	Study string
	// Arm is what to confirm; the leader, if it names no trial.
	Arm results.Arm
	// Seeds is the number of fresh seeds, at least [confirm.FewestSeeds].
	Seeds int
	// Resplit draws training and validation part anew for every seed.
	Resplit bool
	// Deadline, if not zero, is when it must have ended: as many seeds as fit.
	Deadline time.Time
}

// Confirmed is the arm that was confirmed.
type Confirmed struct {
	Definition *search.Definition
	Arm        followup.Arm
}

// Confirm confirms an arm on fresh seeds and the test part, and records what it found;
// see [followup.Confirmer]. An arm that is confirmed in the same way on as many seeds is
// not confirmed again, and one that is on more keeps these.
func Confirm(ctx context.Context, stop <-chan struct{}, c Config, r ConfirmRequest) (Confirmed, error) {
	w, err := c.prepareConfirming(ctx, r)
	if err != nil {
		return Confirmed{}, err
	}
	v := visit{Config: c, def: w.def, open: openTrainer, ready: func(t *opened) error { return hasTestPart(t.Trainer, w.def) }}
	if r.Resplit {
		v.open = openRedrawable
	}
	err = v.run(ctx, stop, w.run)
	return Confirmed{Definition: w.def, Arm: w.arm}, err
}

// prepareConfirming reads the arm from the history.
func (c Config) prepareConfirming(ctx context.Context, r ConfirmRequest) (*confirming, error) {
	db, err := c.openReading(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	overview, err := results.ReadOverview(ctx, db, r.Study)
	if err != nil {
		return nil, err
	}
	def := overview.Definition
	if r.Arm.Trial == 0 {
		if r.Arm, err = leaderToConfirm(overview); err != nil {
			return nil, err
		}
	}
	w := &confirming{Config: c, def: def, deadline: r.Deadline, compares: true}
	if w.arm, err = results.ArmToConfirm(ctx, db, def, r.Arm); err != nil {
		return nil, err
	}
	if of := def.Model.Trainer.Transport(); r.Resplit && !of.Redraws {
		return nil, search.Inputf("--resplit: training and validation part of study %s cannot be drawn again: %s; confirm without --resplit", def.Name, of.FixedParts)
	}
	w.arm.Seeds, w.arm.Resplit = r.Seeds, r.Resplit
	return w, nil
}

// leaderToConfirm returns the leader of a study. Where nothing can be recommended, its
// confirmation would only read the test part, and somebody has to name the trial.
func leaderToConfirm(o *results.Overview) (results.Arm, error) {
	leader := o.Leader
	switch {
	case o.Failure != "" && o.Board.Study.Trials == 0:
		return results.Arm{}, search.Inputf("study %s has no trial to confirm: the search failed: %s", o.Definition.Name, o.Failure)
	case leader.At < 0:
		return results.Arm{}, search.Inputf("study %s has no leader to confirm: %s; name a trial to confirm it all the same", o.Definition.Name, report.NoLeader(leader.Why))
	case o.Recommendation.State == results.NoRecommendation:
		return results.Arm{}, search.Inputf("study %s has nothing to confirm: %s; name a trial to confirm it all the same", o.Definition.Name, report.WhyNone(o))
	}
	row := o.Board.Rows[leader.At]
	return results.Arm{Trial: row.Trial, Round: row.Round}, nil
}

// confirming is one invocation's work on confirming an arm.
type confirming struct {
	Config
	def      *search.Definition
	arm      followup.Arm
	deadline time.Time
	// compares says to make up, before, for what the search did not measure of other options.
	compares bool
}

// compare makes up for what the search did not measure of other options than weights, where the
// fewest seeds of the confirmation fit all the same: what is confirmed of longer training are
// the offsets that the search found for it.
func (c *confirming) compare(ctx context.Context, v visited, confirmer *followup.Confirmer, fewest int) error {
	o, err := readUnmeasured(ctx, v.db, c.def)
	if err != nil || o == nil {
		return err
	}
	of := comparison{Config: c.Config, def: c.def, deadline: c.deadline}
	if !c.deadline.IsZero() {
		each, fitting, err := c.seconds(ctx, v, confirmer)
		if err != nil {
			return err
		}
		keep := time.Duration(followup.Seconds(fewest, v.trainer.parallel, each) * float64(time.Second))
		of.fitting, of.reserve = fitting, func(time.Duration, bool) time.Duration { return keep }
	}
	if err := v.study.Begin(ctx, runs.Confirming); err != nil {
		return err
	}
	if err := of.run(ctx, v, o); err != nil {
		return err
	}
	return results.ReadLongerOffsets(ctx, v.db, c.def.Name, &c.arm)
}

// seconds returns how long a fresh seed takes, 0 where that is not known, and in it fitting
// offsets to one model.
func (c *confirming) seconds(ctx context.Context, v visited, confirmer *followup.Confirmer) (each float64, fitting time.Duration, err error) {
	if each, err = v.seconds(ctx, c.def.ReferenceModel()); err != nil || each == 0 {
		return 0, 0, err
	}
	if fitting, err = fittingTime(ctx, confirmer); err != nil {
		return 0, 0, err
	}
	_, length := c.arm.Cost(c.def)
	return each*length + float64(c.arm.Fits())*fitting.Seconds(), fitting, nil
}

// fittingTime is [followup.Confirmer.Fitting]. It returns ErrInterrupted if it was stopped.
func fittingTime(ctx context.Context, confirmer *followup.Confirmer) (time.Duration, error) {
	fitting, err := confirmer.Fitting(ctx)
	if objective.IsInterruption(err) {
		err = ErrInterrupted
	}
	return fitting, err
}

// run confirms the arm. It returns ErrInterrupted if it was stopped.
func (c *confirming) run(ctx context.Context, v visited) error {
	confirmer := followup.Confirmer{
		Definition: c.def, Store: v.study, Trainer: v.trainer, Parallel: v.trainer.parallel,
		Deadline: c.deadline, Clock: time.Now, Observe: c.observe, Redraw: v.trainer.redraw,
	}
	recorded, err := c.recorded(ctx, v)
	if err != nil {
		return err
	}
	fewest := max(confirm.FewestSeeds, recorded.seeds) // fewer would not replace these
	if c.compares {
		if err := c.compare(ctx, v, &confirmer, fewest); err != nil {
			if errors.Is(err, ErrInterrupted) {
				c.notify(notice.ConfirmingInterrupted{})
			}
			return err
		}
	}
	asked := max(c.arm.Seeds, recorded.seeds)
	known, err := c.known(ctx, v, &confirmer, recorded.seeds)
	if err != nil {
		return err
	}
	if c.arm.Seeds <= recorded.seeds {
		c.keep(recorded)
		if known == recorded.seeds {
			c.notify(notice.AlreadyConfirmed{Study: c.def.Name, Trial: c.arm.Trial, Round: c.arm.Round, Seeds: known})
			return nil
		}
	}
	if err := c.fit(ctx, v, &confirmer, known, fewest); err != nil {
		return err
	}
	confirmer.Deadline = c.deadline
	if err := v.study.Begin(ctx, runs.Confirming); err != nil {
		return err
	}
	if !confirmer.Deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, c.deadline)
		defer cancel()
	}
	found, err := confirmer.Run(ctx, v.stop, c.arm)
	var failed *followup.FreshSeedsError
	if errors.As(err, &failed) {
		err = errors.Join(err, v.study.FreshSeedsFailed(runs.FreshFailures{
			Trial: c.arm.Trial, Round: c.arm.Round, Resplit: c.arm.Resplit, Asked: failed.Asked, NotTried: failed.NotTried,
			Failures: []followup.Failure{failed.Failed},
		}))
	}
	switch {
	case err == nil:
		return c.measured(found, recorded, asked)
	case !objective.IsInterruption(err):
		return err
	case search.IsClosed(v.stop) || c.deadline.IsZero():
		c.notify(notice.ConfirmingInterrupted{})
		return ErrInterrupted
	}
	err = timeOver(fewest)
	if failed != nil {
		err = fmt.Errorf("%w; %w", err, failed)
	}
	return err
}

// timeOver says that too few seeds were complete when the time was over.
func timeOver(fewest int) error {
	return fmt.Errorf("time limit reached with fewer than %d seeds complete, so nothing is claimed; what is trained is stored, and the same command with more time continues", fewest)
}

// measured says which of the seeds that were asked for were left out, because a training
// failed or the time was over, or that an earlier confirmation stays.
func (c *confirming) measured(found *followup.Confirmation, had recorded, asked int) error {
	out, stays := found.LeftOut(), runs.Keeps(had.seeds, had.leftOut, found)
	switch {
	case stays && out.Seeds == 0:
		return timeOver(had.seeds)
	case stays:
		late := ""
		if n := found.NotTried(); n > 0 {
			late = fmt.Sprintf(" and %d were not measured before the time limit", n)
		}
		return fmt.Errorf("%d of %d fresh seeds failed%s, and the earlier confirmation on %d stays, since %d are complete: %s",
			out.Seeds, found.Asked, late, had.seeds, found.Seeds, out.Cause)
	case out.Seeds > 0:
		c.notify(notice.FreshSeedsLeftOut{
			Study: c.def.Name, Trial: c.arm.Trial, Round: c.arm.Round, Seeds: found.Seeds, Asked: found.Asked, Failed: out.Seeds, Cause: out.Cause,
		})
	}
	if found.Seeds+out.Seeds < asked {
		c.notify(notice.ConfirmingCutShort{
			Study: c.def.Name, Trial: c.arm.Trial, Round: c.arm.Round, Seeds: found.Seeds, Asked: asked, Resplit: c.arm.Resplit,
		})
	}
	return nil
}

// recorded is on how many seeds an arm is confirmed already, and how many more were left out.
type recorded struct{ seeds, leftOut int }

// recorded returns on how many seeds the arm is confirmed already, in the same way: nothing of
// it is to be replaced by less.
func (c *confirming) recorded(ctx context.Context, v visited) (r recorded, err error) {
	list, err := results.Confirmations(ctx, v.db, c.def.Name)
	if err != nil {
		return r, err
	}
	failures, err := v.db.FreshFailures(ctx, c.def.Name)
	if a := results.Find(list, c.arm.Trial, c.arm.Round, c.arm.Resplit); a != nil {
		r.seeds = a.Seeds
		r.leftOut = runs.FailedIn(failures, c.arm.Trial, c.arm.Round, c.arm.Resplit, false).Of("").Seeds
	}
	return r, err
}

// known returns how many of the recorded seeds need no training: all where the confirmation on
// them would only repeat the recorded one, else none. One of an earlier version, or with
// another vector or other offsets, may need some on every seed.
func (c *confirming) known(ctx context.Context, v visited, confirmer *followup.Confirmer, recorded int) (int, error) {
	if recorded == 0 {
		return 0, nil
	}
	arm := c.arm
	arm.Seeds = recorded
	reading, err := confirmer.Reading(arm)
	if err != nil {
		return 0, err
	}
	if same, err := v.db.Confirmed(ctx, c.def.Name, reading, arm); err != nil || !same {
		return 0, err
	}
	return recorded, nil
}

// keep goes on with the seeds that are confirmed already, which are not replaced by
// less, and with those that were left out.
func (c *confirming) keep(had recorded) {
	if had.seeds > c.arm.Seeds {
		c.notify(notice.LargerKept{Trial: c.arm.Trial, Round: c.arm.Round, Seeds: had.seeds, Asked: c.arm.Seeds})
	}
	c.arm.Seeds = had.seeds + had.leftOut
}

// fit says what is about to be trained, and takes fewer seeds where the time is
// short; below the fewest it refuses to start. Of known seeds nothing is trained.
func (c *confirming) fit(ctx context.Context, v visited, confirmer *followup.Confirmer, known, fewest int) error {
	each, _, err := c.seconds(ctx, v, confirmer)
	if err != nil {
		return err
	}
	trainings, _ := c.arm.Cost(c.def)
	side := v.trainer.parallel
	if each > 0 && !c.deadline.IsZero() {
		left := time.Until(c.deadline).Seconds()
		seeds := followup.Fit(c.arm.Seeds, known, side, each, left)
		if seeds < fewest {
			return search.InputError{Err: &TooLittleTimeError{Seeds: fewest, Need: followup.Seconds(fewest, side, each), Left: max(0, left)}}
		}
		if c.arm.Seeds = seeds; seeds <= known {
			c.deadline = time.Time{} // nothing is trained, and that is never too late
		}
	}
	c.notify(notice.ConfirmingBegan{
		Study: c.def.Name, Trial: c.arm.Trial, Round: c.arm.Round, Seeds: c.arm.Seeds, Resplit: c.arm.Resplit,
		Trainings: trainings * c.arm.Seeds, Seconds: followup.Seconds(c.arm.Seeds, side, each),
	})
	return nil
}

// TooLittleTimeError says that the fewest seeds of a confirmation do not fit into the
// time that is left. Nothing was started.
type TooLittleTimeError struct {
	// Seeds is how many it needs: more than [confirm.FewestSeeds] where the arm is confirmed on
	// more already, which fewer do not replace.
	Seeds int
	// Need and Left are in seconds.
	Need, Left float64
}

// Error says how long the fewest seeds take.
func (e *TooLittleTimeError) Error() string {
	why := ""
	if e.Seeds > confirm.FewestSeeds {
		why = ", as many as it is confirmed on already"
	}
	return fmt.Sprintf("a confirmation needs at least %d fresh seeds%s, about %s here, and %s are left; nothing was started",
		e.Seeds, why, report.Duration(e.Need), report.Duration(e.Left))
}

// observe passes on what happens.
func (c *confirming) observe(e followup.Event) {
	switch {
	case e.Kind == followup.EventSeed:
		c.notify(notice.SeedMeasured{Done: e.Done, Total: e.Total, Fresh: true})
	case e.Kind == followup.EventRun && e.Run.Kind == objective.RunFailed:
		c.runFailed(e.Run)
	}
}
