package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/confirm"
	"evenkeel/runs"
	"evenkeel/search"
)

// confirmFlags are the flags of confirm.
type confirmFlags struct {
	sessionFlags
	study, until string
	seeds        int
	time         time.Duration
}

// newConfirm returns the command that confirms one arm.
func newConfirm(g *global) *cobra.Command {
	f := confirmFlags{seeds: confirm.Seeds}
	var format *string
	cmd := &cobra.Command{
		Use:   "confirm [TRIAL]",
		Short: "The figures to quote: fresh seeds and the test part for one trial",
		Long: `Trains a trial again on fresh seeds, weights measured anew on each, together with
the unweighted model, the geometric mean of the weights as one fixed vector, and
the unweighted model trained as long as all rounds together, and measures all of
them, and fitted offsets, on the test part, which nothing else opens. Intervals
answer for other seeds and other test images at once.

TRIAL is a number, after its best round; TRIAL/ROUND is another round; without it,
the leader of the leaderboard. Every reading of a test part is counted and shown:
choose on validation first, and confirm once. Ctrl-C keeps what is finished, and
the same command continues; repeated, it trains nothing and is no other reading.`,
		Example: `  evenkeel confirm
  evenkeel confirm 18/1 --seeds 20
  evenkeel confirm --until 07:00 --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.seeds < confirm.FewestSeeds {
				return usagef("--seeds %d: want at least %d, with fewer no outcome whatever would say anything", f.seeds, confirm.FewestSeeds)
			}
			f.format = *format
			arm, err := readArm(cmd, g, f.study, args)
			if err != nil {
				return err
			}
			return runConfirm(cmd, g.db, arm, f)
		},
	}
	cmd.Flags().StringVar(&f.study, "study", "", "`NAME` of the study; the newest is the default")
	cmd.Flags().IntVar(&f.seeds, "seeds", confirm.Seeds, "`N` fresh training seeds, at least "+strconv.Itoa(confirm.FewestSeeds))
	cmd.Flags().DurationVar(&f.time, "time", 0, "`DURATION` it may take, such as 30m: as many seeds as fit")
	cmd.Flags().StringVar(&f.until, "until", "", "`CLOCK`: when it must have ended, such as 07:00 or an RFC 3339 time")
	acceptCodeFlag(cmd, &f.sessionFlags)
	format = formatFlag(cmd)
	return cmd
}

// armToConfirm is an arm with its study.
type armToConfirm struct {
	search.Fixed
	def *search.Definition
	// state is how the study's last invocation ended.
	state string
}

// readArm reads TRIAL or TRIAL/ROUND, or finds the leader.
func readArm(cmd *cobra.Command, g *global, study string, args []string) (a armToConfirm, err error) {
	db, err := openReading(cmd, g)
	if err != nil {
		return a, err
	}
	defer db.Close()
	board, err := db.Leaderboard(cmd.Context(), study, 0)
	if err != nil {
		return a, err
	}
	name := board.Study.Name
	if a.def, err = readDefinition(cmd.Context(), db, name, nil); err != nil {
		return a, err
	}
	if len(args) == 0 {
		page := boardPage{board: board, def: a.def}
		if len(board.Rows) == 0 || board.Leader() < 0 {
			return a, usagef("study %s has no leader to confirm: %s; name a trial to confirm it all the same", name, strings.TrimSuffix(strings.ReplaceAll(page.verdict(), "\n", " "), "."))
		}
		leader := board.Rows[board.Leader()]
		args = []string{fmt.Sprintf("%d/%d", leader.Trial, leader.Round)}
	}
	s, err := readSide(cmd, db, name, args[0])
	switch {
	case err != nil:
		return a, err
	case s.round < 1:
		return a, usagef("%s: round 0 is unweighted; want a round from 1", args[0])
	case s.trial.Invalid != "":
		return a, usagef("trial %d was declared invalid: %s", s.trial.Number, s.trial.Invalid)
	}
	a.Trial, a.Round = s.trial.Number, s.round
	pasted := &vector{trial: s.trial, round: s.round}
	if err := pasted.average(); err != nil {
		return a, fmt.Errorf("trial %d, round %d: %w", a.Trial, a.Round, err)
	}
	a.Vector = pasted.weights
	if a.Plan, err = a.def.Plan(s.trial.Point); err != nil {
		return a, fmt.Errorf("trial %d: %w", a.Trial, err)
	}
	list, err := db.Studies(cmd.Context())
	for _, row := range list {
		if row.Name == name {
			a.state = row.State
		}
	}
	return a, err
}

// runConfirm confirms an arm and prints what came of it.
func runConfirm(cmd *cobra.Command, path string, arm armToConfirm, f confirmFlags) (err error) {
	deadline, err := confirmDeadline(cmd, f, time.Now())
	if err != nil {
		return usageError{err}
	}
	log := newLog(cmd.ErrOrStderr(), time.Now)
	ctx, stop, release := watchSignals(cmd.Context(), log)
	defer release()
	if arm.def.Model.Command != nil {
		if _, err := peek(cmd.Context(), path, arm.def); err != nil {
			return err
		}
	}
	starting, started := untilStopped(ctx, stop)
	trainer, err := openTrainer(starting, arm.def, path)
	if err != nil && starting.Err() != nil {
		err = errInterrupted
	}
	started()
	if err != nil {
		return err
	}
	defer func() {
		if closing := trainer.close(); err == nil {
			err = closing
		}
	}()
	if err := hasTestPart(trainer.Trainer, arm.def); err != nil {
		return err
	}
	db, err := runs.Open(cmd.Context(), path, runs.Options{})
	if err != nil {
		return err
	}
	c := confirmation{arm: arm, db: db, trainer: trainer, deadline: deadline, acceptCode: f.acceptCode, log: log}
	c.arm.Seeds = f.seeds
	if err := c.run(ctx, stop); err != nil {
		return errors.Join(err, db.Close())
	}
	arms, err := db.Confirmations(cmd.Context(), arm.def.Name)
	if err == nil {
		page := confirmedPage{def: arm.def, arms: arms, only: &c.arm.Fixed}
		err = page.write(cmd.OutOrStdout(), f.format)
	}
	return errors.Join(err, db.Close())
}

// hasTestPart says why there is nothing to confirm on.
func hasTestPart(t objective.Trainer, def *search.Definition) error {
	counted, ok := t.(interface{ TestCounts() []int })
	if !ok {
		return nil // a program says so when it is asked
	}
	for _, n := range counted.TestCounts() {
		if n > 0 {
			return nil
		}
	}
	return usagef("study %s has no test part to confirm on: its data source has none and data.test holds none out", def.Name)
}

// confirmDeadline returns when a confirmation must have ended, the zero time if never.
func confirmDeadline(cmd *cobra.Command, f confirmFlags, now time.Time) (time.Time, error) {
	until, err := untilTime(f.until, now)
	if err != nil {
		return until, fmt.Errorf("--until: %q is neither a clock time such as 07:00 nor an RFC 3339 time", f.until)
	}
	if !until.IsZero() && !until.After(now) {
		return until, fmt.Errorf("--until: %s is over; want a time to come", f.until)
	}
	if !cmd.Flags().Changed("time") {
		return until, nil
	}
	if f.time <= 0 {
		return until, fmt.Errorf("--time %v: want a duration above 0, such as 30m", f.time)
	}
	if end := now.Add(f.time); until.IsZero() || end.Before(until) {
		return end, nil
	}
	return until, nil
}

// confirmation is one invocation's work on confirming an arm.
type confirmation struct {
	arm        armToConfirm
	db         *runs.DB
	trainer    *opened
	deadline   time.Time
	acceptCode bool
	log        *eventLog
}

// run opens the study for writing and confirms the arm. It returns errInterrupted
// if a signal cut it short. The study's own state stays as the search left it.
func (c *confirmation) run(ctx context.Context, stop <-chan struct{}) (err error) {
	study, _, err := c.db.OpenStudy(ctx, c.arm.def, runs.Invocation{Program: programVersion(), AcceptCode: c.acceptCode})
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}
	defer func() {
		ended := c.arm.state
		if ended == "running" {
			ended = "killed" // by somebody, since we have its lock
		}
		if closing := study.Close(ended); err == nil {
			err = closing
		}
	}()
	var changed *runs.CodeChangedError
	if err := study.Describe(ctx, c.trainer.title, c.trainer.Info()); errors.As(err, &changed) {
		return usageError{err}
	} else if err != nil {
		return err
	}
	if err := c.fit(ctx); err != nil {
		return err
	}
	confirmer := search.Confirmer{
		Definition: c.arm.def, Store: study, Trainer: c.trainer, Parallel: c.trainer.parallel,
		Deadline: c.deadline, Clock: time.Now, Observe: c.observe,
	}
	if !c.deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, c.deadline)
		defer cancel()
	}
	_, err = confirmer.Run(ctx, stop, c.arm.Fixed)
	switch {
	case err == nil || !objective.IsInterruption(err):
		return err
	case closed(stop) || c.deadline.IsZero():
		c.log.print("interrupted; nothing is claimed before all seeds are measured; the same command continues")
		return errInterrupted
	}
	return fmt.Errorf("time is over and not all seeds are measured, so nothing is claimed; what is trained is stored, and the same command with more time goes on")
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// fit says what is about to be trained, and takes fewer seeds where the time is
// short; below the fewest it refuses to start.
func (c *confirmation) fit(ctx context.Context) error {
	info := c.trainer.Info()
	mean, known, err := c.db.RunSeconds(ctx, objective.Spec{Model: c.arm.def.ReferenceModel(), Data: info.Data, Split: info.Split})
	if err != nil {
		return err
	}
	trainings, length := c.arm.Cost(c.arm.def)
	each := mean * length / float64(c.trainer.parallel)
	if known > 0 && !c.deadline.IsZero() {
		left := time.Until(c.deadline).Seconds()
		seeds := seedsThatFit(left, each, c.arm.Seeds)
		if seeds < confirm.FewestSeeds {
			return usagef("a confirmation needs at least %d fresh seeds, about %s here, and there is %s; nothing was started",
				confirm.FewestSeeds, duration(each*confirm.FewestSeeds), duration(max(0, left)))
		}
		c.arm.Seeds = seeds
	}
	text := fmt.Sprintf("confirming trial %d round %d of study %s on %d fresh seeds: at most %s",
		c.arm.Trial, c.arm.Round, c.arm.def.Name, c.arm.Seeds, count(trainings*c.arm.Seeds, "training"))
	if known > 0 {
		text += ", about " + duration(each*float64(c.arm.Seeds))
	}
	c.log.print("%s", text)
	return nil
}

// seedsThatFit returns how many seeds of so many seconds each fit, with a tenth of
// the time in reserve, and at most as many as were asked for.
func seedsThatFit(left, each float64, most int) int {
	if left <= 0 {
		return 0
	}
	if fit := 0.9 * left / each; fit < float64(most) {
		return int(fit)
	}
	return most
}

// observe logs what happens.
func (c *confirmation) observe(e search.Event) {
	switch {
	case e.Kind == search.EventFreshSeed:
		c.log.print("%d of %d fresh seeds measured", e.Done, e.Total)
	case e.Kind == search.EventRun && e.Run.Kind == objective.RunFailed:
		c.log.print("run %.8s failed: %v", e.Run.Run, e.Run.Err)
	}
}
