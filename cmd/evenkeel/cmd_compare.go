package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
)

// newCompare returns the command that sets trials side by side.
func newCompare(g *global) *cobra.Command {
	var study string
	var format *string
	cmd := &cobra.Command{
		Use:   "compare TRIAL TRIAL...",
		Short: "Compare trials class by class, paired by seed",
		Long: `Sets the recalls of trials side by side on validation, over the training seeds
they have in common, and the difference of each to the first with its interval.
TRIAL is a number, after its best round; TRIAL/ROUND is another round, and
TRIAL/0 the trial's unweighted model. The intervals are 95 % each, by Student's t
over seeds; they know nothing of the noise of these validation images.`,
		Example: `  evenkeel compare 10 24
  evenkeel compare 10/0 10/1 24 --format csv`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			var sides []side
			for _, arg := range args {
				s, err := readSide(cmd.Context(), db, study, arg)
				if err != nil {
					return err
				}
				sides = append(sides, s)
			}
			c := comparison{sides: sides, seeds: common(sides)}
			if len(c.seeds) == 0 {
				return fmt.Errorf("the trials have no training seed in common; compare trials that are complete")
			}
			if !forPeople(*format) {
				return c.result().write(cmd.OutOrStdout(), *format)
			}
			return c.write(cmd.OutOrStdout(), *format)
		},
	}
	cmd.Flags().StringVar(&study, "study", "", "`NAME` of the study; the newest is the default")
	format = formatFlag(cmd)
	return cmd
}

// side is one of the things compared: a trial after one of its rounds.
type side struct {
	trial *runs.Trial
	round int
}

// name is what the side is called.
func (s side) name() string { return fmt.Sprintf("%d/%d", s.trial.Number, s.round) }

// at returns the side's round on a seed.
func (s side) at(replicate int) objective.Round {
	for _, rep := range s.trial.Replicates {
		if rep.Replicate == replicate {
			return rep.Rounds[s.round]
		}
	}
	return objective.Round{} // not reached: the seeds are common to all
}

// readSide reads TRIAL or TRIAL/ROUND.
func readSide(ctx context.Context, db *runs.DB, study, arg string) (side, error) {
	n, round, err := parseArm(arg)
	if err != nil {
		return side{}, err
	}
	t, err := db.Trial(ctx, study, n)
	if err != nil {
		return side{}, err
	}
	if t.Best == 0 {
		return side{}, fmt.Errorf("trial %d has no results to compare: it is %s", n, t.State)
	}
	switch {
	case round == bestRound:
		round = t.Best
	case round > len(t.Arms):
		return side{}, usagef("%q: trial %d has rounds 0 to %d", arg, n, len(t.Arms))
	}
	return side{trial: t, round: round}, nil
}

// common returns the replicates that all sides have.
func common(sides []side) []int {
	count := make(map[int]int)
	for _, s := range sides {
		for _, rep := range s.trial.Replicates {
			count[rep.Replicate]++
		}
	}
	var all []int
	for r, n := range count {
		if n == len(sides) {
			all = append(all, r)
		}
	}
	slices.Sort(all)
	return all
}

// comparison is sides over common seeds.
type comparison struct {
	sides []side
	seeds []int
}

// measure is something that is compared: the recall of a class, or a figure of
// the whole run.
type measure struct {
	name  string
	share bool // a share in points, not a spread
	of    func(objective.Round) float64
}

// measures returns the classes, then spread and accuracy.
func (c comparison) measures() []measure {
	var list []measure
	t := c.sides[0].trial
	for class := range t.Replicates[0].Rounds[0].Val.Classes() {
		list = append(list, measure{className(t, class), true, func(r objective.Round) float64 { return r.Val.Recall()[class] }})
	}
	return append(list,
		measure{"spread", false, func(r objective.Round) float64 { return r.Spread }},
		measure{"balanced accuracy", true, func(r objective.Round) float64 { return r.BalancedAccuracy }})
}

// values returns a measure of one side on every seed.
func (c comparison) values(s side, m measure) []float64 {
	x := make([]float64, len(c.seeds))
	for i, seed := range c.seeds {
		x[i] = m.of(s.at(seed))
	}
	return x
}

// write prints one row a measure, one pair of columns a side.
func (c comparison) write(w io.Writer, format string) error {
	first := c.sides[0]
	fmt.Fprintf(w, "%s, trial/round, %s in common. Recall on validation; change against %s,\n+- 95 %% for each, over seeds only.\n",
		first.trial.Study.Name, count(len(c.seeds), "seed"), first.name())
	r := result{columns: []column{{name: "class", left: true}, {name: first.name()}}}
	for _, s := range c.sides[1:] {
		r.columns = append(r.columns, column{name: s.name()}, column{name: "change"}, column{name: "+-"})
	}
	for _, m := range c.measures() {
		plain, change := percent, points
		if !m.share {
			plain = func(v float64) string { return decimals(v, 3) }
			change = func(v float64) string { return signed(v, 3) }
		}
		base := c.values(first, m)
		row := []any{m.name, plain(interval.Mean(base))}
		for _, s := range c.sides[1:] {
			x := c.values(s, m)
			d := interval.PairedDifference(base, x)
			row = append(row, plain(interval.Mean(x)), change(d.Mean), plain(d.High-d.Mean))
		}
		r.rows = append(r.rows, row)
	}
	return r.writeBetween(w, format)
}

// result has one row per measure and side, unrounded.
func (c comparison) result() result {
	r := result{columns: []column{
		{name: "study"}, {name: "measure"}, {name: "trial"}, {name: "round"}, {name: "against_trial"}, {name: "against_round"}, {name: "seeds"},
		{name: "value"}, {name: "against_value"}, {name: "difference"}, {name: "difference_low"}, {name: "difference_high"},
	}}
	first := c.sides[0]
	for _, m := range c.measures() {
		base := c.values(first, m)
		for _, s := range c.sides[1:] {
			x := c.values(s, m)
			d := interval.PairedDifference(base, x)
			r.rows = append(r.rows, []any{
				first.trial.Study.Name, m.name, s.trial.Number, s.round, first.trial.Number, first.round, len(c.seeds),
				interval.Mean(x), interval.Mean(base), d.Mean, d.Low, d.High,
			})
		}
	}
	return r
}
