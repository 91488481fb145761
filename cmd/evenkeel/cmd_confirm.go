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
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// confirmFlags are the flags of confirm.
type confirmFlags struct {
	sessionFlags
	study, until string
	seeds        int
	resplit      bool
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
choose on validation first, and confirm once. With --resplit every fresh seed has a
training and a validation part of its own, and intervals answer for other training
data of the source too; that is another reading, kept beside one without. Ctrl-C
keeps what is finished, and the same command continues; repeated, it trains nothing
and is no other reading.`,
		Example: `  evenkeel confirm
  evenkeel confirm 18/1 --seeds 20
  evenkeel confirm 18/1 --resplit
  evenkeel confirm --until 07:00 --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.seeds < confirm.FewestSeeds {
				return search.Inputf("--seeds %d: want at least %d, with fewer no outcome whatever would say anything", f.seeds, confirm.FewestSeeds)
			}
			f.format = *format
			arm, err := readArm(cmd, g, f.study, args)
			if err != nil {
				return err
			}
			if arm.Resplit = f.resplit; f.resplit && arm.def.Model.Command != nil {
				return search.Inputf("--resplit: study %s trains with a program of its own (model.kind: command), which splits its data itself; confirm without --resplit", arm.def.Name)
			}
			return runConfirm(cmd, g, arm, f)
		},
	}
	cmd.Flags().StringVar(&f.study, "study", "", "`NAME` of the study; the newest is the default")
	cmd.Flags().IntVar(&f.seeds, "seeds", confirm.Seeds, "`N` fresh training seeds, at least "+strconv.Itoa(confirm.FewestSeeds))
	cmd.Flags().BoolVar(&f.resplit, "resplit", false, "draw training and validation part anew for every fresh seed; the test part stays")
	cmd.Flags().DurationVar(&f.time, "time", 0, "`DURATION` it may take, such as 30m: as many seeds as fit")
	cmd.Flags().StringVar(&f.until, "until", "", "`CLOCK`: when it must have ended, such as 07:00 or an RFC 3339 time")
	acceptCodeFlag(cmd, &f.sessionFlags)
	format = formatFlag(cmd)
	return cmd
}

// armToConfirm is an arm with its study.
type armToConfirm struct {
	followup.Arm
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
		leader, why := leaderOf(board, a.def)
		if why != "" {
			return a, search.Inputf("study %s has no leader to confirm: %s; name a trial to confirm it all the same", name, why)
		}
		args = []string{leader}
	}
	if err := a.read(cmd.Context(), db, args[0]); err != nil {
		return a, err
	}
	a.state, err = studyState(cmd, db, name)
	return a, err
}

// leaderOf returns the leader as TRIAL/ROUND, or why there is none.
func leaderOf(board *runs.Board, def *search.Definition) (leader, why string) {
	at := board.Leader()
	if at < 0 {
		verdict := boardPage{board: board, def: def}.verdict()
		return "", strings.TrimPrefix(strings.TrimSuffix(strings.ReplaceAll(verdict, "\n", " "), "."), "No leader: ")
	}
	return fmt.Sprintf("%d/%d", board.Rows[at].Trial, board.Rows[at].Round), ""
}

// read reads what is to be confirmed of TRIAL or TRIAL/ROUND of the study a.def.
func (a *armToConfirm) read(ctx context.Context, db *runs.DB, arg string) error {
	s, err := readSide(ctx, db, a.def.Name, arg)
	switch {
	case err != nil:
		return err
	case s.round < 1:
		return search.Inputf("%s: round 0 is unweighted; want a round from 1", arg)
	case s.trial.Invalid != "":
		return search.Inputf("trial %d was declared invalid: %s", s.trial.Number, s.trial.Invalid)
	}
	a.Trial, a.Round = s.trial.Number, s.round
	pasted := &vector{trial: s.trial, round: s.round}
	if err := pasted.average(); err != nil {
		return fmt.Errorf("trial %d, round %d: %w", a.Trial, a.Round, err)
	}
	a.Vector = pasted.weights
	if a.Plan, err = a.def.Plan(s.trial.Point); err != nil {
		return fmt.Errorf("trial %d: %w", a.Trial, err)
	}
	return nil
}

// runConfirm confirms an arm and prints what came of it.
func runConfirm(cmd *cobra.Command, g *global, arm armToConfirm, f confirmFlags) error {
	deadline, err := confirmDeadline(cmd, f, time.Now())
	if err != nil {
		return search.InputError{Err: err}
	}
	r := newRevisit(cmd, arm.def, arm.state, f.acceptCode)
	r.ready = func(t *opened) error { return hasTestPart(t.Trainer, arm.def) }
	if arm.Resplit {
		r.open = openRedrawable
	}
	c := confirmation{arm: arm, deadline: deadline, log: r.log}
	c.arm.Seeds = f.seeds
	if err := r.run(cmd, g.db, c.run); err != nil {
		return err
	}
	db, err := openReading(cmd, g)
	if err != nil {
		return err
	}
	arms, err := db.Confirmations(cmd.Context(), arm.def.Name)
	if err == nil {
		page := confirmedPage{def: arm.def, arms: arms, only: &c.arm.Arm}
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
	return search.Inputf("study %s has no test part to confirm on: its data source has none and data.test holds none out", def.Name)
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
	arm      armToConfirm
	deadline time.Time
	log      *eventLog
}

// run confirms the arm. It returns errInterrupted if a signal cut it short.
func (c *confirmation) run(ctx context.Context, v visited) error {
	confirmer := followup.Confirmer{
		Definition: c.arm.def, Store: v.study, Trainer: v.trainer, Parallel: v.trainer.parallel,
		Deadline: c.deadline, Clock: time.Now, Observe: c.observe, Redraw: v.trainer.redraw,
	}
	known, err := c.known(ctx, v)
	if err != nil {
		return err
	}
	if c.arm.Seeds <= known {
		c.keep(known)
		reading, err := confirmer.Reading(c.arm.Arm)
		if err != nil {
			return err
		}
		same, err := v.db.Confirmed(ctx, c.arm.def.Name, reading, c.arm.Vector)
		if err != nil {
			return err
		}
		if same {
			c.log.print("trial %d round %d of study %s stands confirmed on %d fresh seeds: nothing was trained",
				c.arm.Trial, c.arm.Round, c.arm.def.Name, known)
			return nil
		}
	}
	if err := c.fit(ctx, v, &confirmer, known); err != nil {
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
	_, err = confirmer.Run(ctx, v.stop, c.arm.Arm)
	switch {
	case err == nil || !objective.IsInterruption(err):
		return err
	case closed(v.stop) || c.deadline.IsZero():
		c.log.print("interrupted; nothing is claimed before all seeds are measured; the same command continues")
		return errInterrupted
	}
	return fmt.Errorf("time is over and fewer than %d seeds are complete, so nothing is claimed; what is trained is stored, and the same command with more time goes on", confirm.FewestSeeds)
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
func (c *confirmation) fit(ctx context.Context, v visited, confirmer *followup.Confirmer, known int) error {
	each, err := v.seconds(ctx, c.arm.def.ReferenceModel())
	if err != nil {
		return err
	}
	trainings, length := c.arm.Cost(c.arm.def)
	side := v.trainer.parallel
	if each *= length; each > 0 {
		fitting, err := confirmer.Fitting(ctx)
		if err != nil {
			return err
		}
		each += fitting.Seconds()
	}
	turns := func(seeds int) int { return turnsOf(seeds, side) }
	if each > 0 && !c.deadline.IsZero() {
		left := time.Until(c.deadline).Seconds()
		seeds := min(c.arm.Seeds, max(known, side*turnsThatFit(left, each, turns(c.arm.Seeds))))
		if seeds < confirm.FewestSeeds {
			return search.Inputf("a confirmation needs at least %d fresh seeds, about %s here, and there is %s; nothing was started",
				confirm.FewestSeeds, duration(each*float64(turns(confirm.FewestSeeds))), duration(max(0, left)))
		}
		if c.arm.Seeds = seeds; seeds <= known {
			c.deadline = time.Time{} // nothing is trained, and that is never too late
		}
	}
	text := fmt.Sprintf("confirming trial %d round %d of study %s on %d fresh seeds%s: at most %s",
		c.arm.Trial, c.arm.Round, c.arm.def.Name, c.arm.Seeds, ownParts(c.arm.Resplit), count(trainings*c.arm.Seeds, "training"))
	if each > 0 {
		text += ", about " + duration(each*float64(turns(c.arm.Seeds)))
	}
	c.log.print("%s", text)
	return nil
}

// keep goes on with the seeds that are confirmed already, which are not replaced by
// less.
func (c *confirmation) keep(known int) {
	if known > c.arm.Seeds {
		c.log.print("trial %d round %d is confirmed on %d fresh seeds already, and %d would replace it by less: it stays",
			c.arm.Trial, c.arm.Round, known, c.arm.Seeds)
	}
	c.arm.Seeds = known
}

// turnsOf returns how many turns seeds take, each with its trainings one after the
// other, where so many are at work at once.
func turnsOf(seeds, atOnce int) int { return (seeds + atOnce - 1) / atOnce }

// known returns on how many seeds the arm is confirmed already, in the same way: these
// need no training, and nothing of it is to be replaced by less.
func (c *confirmation) known(ctx context.Context, v visited) (seeds int, err error) {
	list, err := v.db.Confirmations(ctx, c.arm.def.Name)
	for _, a := range list {
		if a.Trial == c.arm.Trial && a.Round == c.arm.Round && a.Resplit == c.arm.Resplit {
			seeds = a.Seeds
		}
	}
	return seeds, err
}

// nearly is the share of a turn by which it may be too late to begin it: what is
// complete when time is over counts, and most trainings are not the slowest.
const nearly = 0.1

// turnsThatFit returns how many turns of so many seconds fit, at most as many as are
// wanted.
func turnsThatFit(left, each float64, most int) int {
	if left <= 0 {
		return 0
	}
	if fit := left/each + nearly; fit < float64(most) {
		return int(fit)
	}
	return most
}

// observe logs what happens.
func (c *confirmation) observe(e followup.Event) {
	switch {
	case e.Kind == followup.EventSeed:
		c.log.print("%d of %d fresh seeds measured", e.Done, e.Total)
	case e.Kind == followup.EventRun && e.Run.Kind == objective.RunFailed:
		c.log.print("run %.8s failed: %v", e.Run.Run, e.Run.Err)
	}
}
