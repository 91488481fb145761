package main

import (
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
	"evenkeel/runs/session"
	"evenkeel/search"
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
		Short: "Measure one trial on fresh seeds and the test part: the figures to quote",
		Long: `Trains a trial again on fresh seeds, with weights computed anew on each, and for
comparison: the unweighted model, the geometric mean of the weights as one fixed set
of weights, and the unweighted model with twice its epochs. It measures these models, and
what offsets on their logits do, on the test part, which only a confirmation uses.

Where the weights take two rounds or more, there is a control beside the options: the
unweighted model, trained for as long as an unweighted training and all rounds together
(in JSON, equal-cost). If it
is as even as the weights, their gain is that of longer training.

TRIAL is a number and means its best round; TRIAL/ROUND is another round; without it,
the leader of the leaderboard is confirmed. Every use of a test part is counted and
shown: choose on validation first, and confirm once. With --resplit every fresh seed
has a training and a validation part of its own, and the intervals include the noise
of the training data too; this uses the test part again, and its result is kept
beside the other. Ctrl-C keeps what is finished, and the same command continues;
repeated, it trains nothing and does not use the test part again.

` + optionsHelp,
		Example: `  evenkeel confirm
  evenkeel confirm 18/1 --seeds 20
  evenkeel confirm 18/1 --resplit
  evenkeel confirm --until 07:00 --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.seeds < confirm.FewestSeeds {
				return search.Inputf("--seeds %d: want at least %d; fewer are too few for an interval", f.seeds, confirm.FewestSeeds)
			}
			if f.seeds > confirm.MostSeeds {
				return search.Inputf("--seeds %d: want at most %d; more say nothing new on the same test examples", f.seeds, confirm.MostSeeds)
			}
			f.format = *format
			return runConfirm(cmd, g, args, f)
		},
	}
	cmd.Flags().StringVar(&f.study, "study", "", "`NAME`: the study; the newest is the default")
	cmd.Flags().IntVar(&f.seeds, "seeds", confirm.Seeds, "`N`: fresh training seeds, "+strconv.Itoa(confirm.FewestSeeds)+" to "+strconv.Itoa(confirm.MostSeeds))
	cmd.Flags().BoolVar(&f.resplit, "resplit", false, "split training and validation anew for every fresh seed; the test part stays the same")
	cmd.Flags().DurationVar(&f.time, "time", 0, "`DURATION`: how long it may take, such as 30m; it uses as many seeds as fit")
	cmd.Flags().StringVar(&f.until, "until", "", "`CLOCK`: when it must have ended, such as 07:00 or 2026-03-01T07:00:00Z")
	acceptCodeFlag(cmd, &f.sessionFlags)
	format = formatFlag(cmd)
	return cmd
}

// runConfirm confirms an arm and prints what came of it.
func runConfirm(cmd *cobra.Command, g *global, args []string, f confirmFlags) error {
	r := session.ConfirmRequest{Study: f.study, Seeds: f.seeds, Resplit: f.resplit}
	var err error
	if len(args) > 0 {
		if r.Arm, err = weightedArm(cmd, args[0], 0); err != nil {
			return err
		}
	}
	if r.Deadline, err = confirmDeadline(cmd, f, time.Now()); err != nil {
		return err
	}
	w := begin(cmd, g, f.acceptCode)
	defer w.release()
	confirmed, err := session.Confirm(w.ctx, w.stop, w.Config, r)
	w.done()
	if err != nil {
		return err
	}
	db, err := openReading(cmd, g)
	if err != nil {
		return err
	}
	arm := results.Arm{Trial: confirmed.Arm.Trial, Round: confirmed.Arm.Round}
	overview, err := readOverview(cmd, db, confirmed.Definition.Name)
	if err == nil {
		err = report.Confirmed(page(cmd, f.format), overview, arm, confirmed.Arm.Resplit)
	}
	return errors.Join(err, db.Close())
}

// confirmDeadline returns when a confirmation must have ended, the zero time if never.
func confirmDeadline(cmd *cobra.Command, f confirmFlags, now time.Time) (time.Time, error) {
	until, err := search.Until(f.until, now)
	if err != nil {
		return until, search.Inputf("--until: %w", err)
	}
	if !until.IsZero() && !until.After(now) {
		return until, search.Inputf("--until: %s is over; want a time in the future", f.until)
	}
	if !cmd.Flags().Changed("time") {
		return until, nil
	}
	if f.time <= 0 {
		return until, search.Inputf("--time %v: want a duration above 0, such as 30m", f.time)
	}
	if end := now.Add(f.time); until.IsZero() || end.Before(until) {
		return end, nil
	}
	return until, nil
}
