package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"evenkeel/objective/evidence/explain"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
	"evenkeel/runs/session"
	"evenkeel/search"
)

// explainFlags are the flags of explain: those of a study's arm, and those of
// figures that somebody brings along.
type explainFlags struct {
	sessionFlags
	study                   string
	round                   int
	measure, all, verbose   bool
	weights, support, names string
	calculated              weightsFlags
}

// explainHelp is the long help of the command.
const explainHelp = `Repeats what the study recommends (evenkeel recommend), and says in plain sentences
why the weights of a trial did, or did not, even the recalls out, from what was
recorded: the answer, and at most three findings, the most important first, each
with what to do, where something is to be done, and why. Where there is more (further
findings, more to try, what is not known), --all prints it; --verbose prints the
threshold behind each finding and where it is from. JSON and CSV always have all of it.

What a confirmation measured on the test part counts first, then what the search
measured on validation, of all trials together, then predictions, and last
thresholds; no finding contradicts what counts for more.

TRIAL is a number and means its best round; TRIAL/ROUND is another round; without
it, the one on rank 1 is explained. Nothing is trained, unless --measure asks for it.

With --measure it first trains on up to three of the trial's seeds, with its model
and way of applying weights: with the weight of the worst class times 20 and
divided by 20, and with the weight of each of up to six classes times 1.6 and
divided by 1.6. That shows whether weights can work here at all, which classes
they raise, which classes lose by it, and which two classes gain only what the
other loses. The at most 45 trainings are kept, belong to no trial, and never see
the test part. Ctrl-C keeps what is finished, and the same command continues;
repeated, it trains nothing.

With --recall and --weights, or a scheme instead of weights as for evenkeel weights,
it needs no study and says what recalls alone can show.`

// newExplain returns the command that says why weights did what they did.
func newExplain(g *global) *cobra.Command {
	var f explainFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "explain [TRIAL]",
		Short: "Why the weighting did, or did not, even the recalls out",
		Long:  explainHelp,
		Example: `  evenkeel explain
  evenkeel explain 7/2 --format json
  evenkeel explain 7/2 --measure
  evenkeel explain --recall .956,.737,.781 --weights .744,1.253,1.115 --names car,dog,cat
  evenkeel explain --recall .956,.737,.781 --scheme mean-ratio --exponent 2`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.mode(cmd, args); err != nil {
				return err
			}
			if cmd.Flags().Changed("recall") {
				return f.ofRecalls(cmd, *format)
			}
			return f.ofTrial(cmd, g, args, *format)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.study, "study", "", "`NAME`: the study; the newest is the default")
	flags.IntVar(&f.round, "round", 0, "`R`: a round of the trial; its best round is the default")
	flags.StringVar(&f.calculated.recall, "recall", "", "`LIST`: recall of each class without weights, from 0 to 1, separated by commas")
	flags.StringVar(&f.weights, "weights", "", "`LIST`: weight of each class, separated by commas")
	flags.StringVar(&f.support, "support", "", "`LIST`: number of examples of each class that its recall was measured on")
	flags.StringVar(&f.names, "names", "", "`LIST`: names of the classes, separated by commas")
	flags.StringVar(&f.calculated.scheme, "scheme", "", "`NAME`: a scheme that computes the weights from the recalls")
	flags.StringVar(&f.calculated.formula, "formula", "", "`EXPR`: a formula that computes them; evenkeel schemes lists its variables and functions")
	flags.Float64Var(&f.calculated.exponent, "exponent", 0, "`K`: short for --set exponent=K")
	flags.StringArrayVar(&f.calculated.set, "set", nil, "`NAME=VALUE`: a parameter of the scheme or formula; may be repeated")
	flags.BoolVar(&f.measure, "measure", false, "train the few runs that show whether and where weights can work here")
	flags.BoolVar(&f.all, "all", false, "print all findings and, where there are any, more to try and what is not known")
	flags.BoolVar(&f.verbose, "verbose", false, "print the threshold behind each finding and where it is from")
	acceptCodeFlag(cmd, &f.sessionFlags)
	format = formatFlag(cmd)
	return cmd
}

// mode says what is wrong with the flags together: they name an arm of a study or
// bring figures along.
func (f explainFlags) mode(cmd *cobra.Command, args []string) error {
	changed := cmd.Flags().Changed
	if changed("recall") {
		if f.measure {
			return search.Inputf("both --recall and --measure; recalls alone have no model to train, want a trial of a study")
		}
		if len(args) > 0 || changed("study") || changed("round") {
			return search.Inputf("both --recall and a trial; want recalls and weights, or an arm of a study")
		}
		made := changed("scheme") || changed("formula")
		switch {
		case changed("weights") && made:
			return search.Inputf("both --weights and a scheme or formula that computes them; want --weights, or one of --scheme and --formula")
		case !changed("weights") && !made:
			return search.Inputf("--recall also needs weights: give --weights, or one of --scheme and --formula")
		case changed("weights") && (changed("exponent") || changed("set")):
			return search.Inputf("--exponent and --set are parameters of a scheme, and --weights needs none")
		}
		return nil
	}
	for _, name := range []string{"weights", "support", "names", "scheme", "formula", "exponent", "set"} {
		if changed(name) {
			return search.Inputf("--%s without --recall; want --recall too, the recalls that the weights are made for", name)
		}
	}
	if f.acceptCode && !f.measure {
		return search.Inputf("--accept-code without --measure; nothing is trained, so no code matters")
	}
	if len(args) > 0 {
		_, err := weightedArm(cmd, args[0], f.round)
		return err
	}
	if changed("round") {
		return search.Inputf("--round without TRIAL; want the trial whose round to explain")
	}
	return nil
}

// ofTrial explains an arm of a study.
func (f explainFlags) ofTrial(cmd *cobra.Command, g *global, args []string, format string) error {
	c, overview, err := f.read(cmd, g, args)
	if err != nil {
		return err
	}
	out := page(cmd, format)
	c.Follow(overview)
	if c.Longer != nil {
		c.Longer.Command = report.LongerCommand(overview)
	}
	if c.Several {
		c.Study = report.ShellWord(c.Definition.Name)
	}
	if c.OwnModel {
		c.Reference = report.ReferenceWords(c.Definition)
	}
	c.BuiltIn = isBuiltIn(c.Definition)
	if f.measure {
		w := begin(cmd, g, f.acceptCode)
		defer w.release()
		request := session.MeasureRequest{Definition: c.Definition, Trial: c.Trial, Case: c.Case}
		c.Probed, err = session.Measure(w.ctx, w.stop, w.Config, request)
		if w.done(); err != nil {
			return err
		}
	}
	said, err := explain.Explain(c.Case)
	if err != nil {
		return fmt.Errorf("trial %d: %w", c.Trial.Number, err)
	}
	options := f.options()
	options.Before = report.RecommendationLines(out, overview)
	return report.Explanation(out, c, said, options)
}

// options say how much of the explanation is printed.
func (f explainFlags) options() report.ExplanationOptions {
	return report.ExplanationOptions{All: f.all, Verbose: f.verbose}
}

// read reads the arm to explain, the one named or else the leader, and what its study
// recommends.
func (f explainFlags) read(cmd *cobra.Command, g *global, args []string) (*results.Case, *results.Overview, error) {
	db, err := openStudyReading(cmd, g, f.study)
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	var arm results.Arm
	if len(args) > 0 {
		if arm, err = weightedArm(cmd, args[0], f.round); err != nil {
			return nil, nil, err
		}
	}
	c, err := results.ReadCase(cmd.Context(), db, f.study, arm)
	if err != nil {
		return nil, nil, err
	}
	o, err := readOverview(cmd, db, c.Definition.Name)
	return c, o, err
}
