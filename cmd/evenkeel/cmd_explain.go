package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs"
	"evenkeel/runs/session"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// explainFlags are the flags of explain: those of a study's arm, and those of
// figures that somebody brings along.
type explainFlags struct {
	sessionFlags
	study                   string
	round                   int
	measure                 bool
	weights, support, names string
	calculated              weightsFlags
}

// newExplain returns the command that says why weights did what they did.
func newExplain(g *global) *cobra.Command {
	var f explainFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "explain [TRIAL]",
		Short: "Why the weighting did, or did not, even the recalls out",
		Long: `Says in plain sentences why the weights of a trial did, or did not, even the
recalls out on validation, from what was recorded: the answer, numbered findings
(a * marks those that stand in the way) with what they are held against, and what
to try next, both in order of promise. TRIAL is a number, after its best round;
TRIAL/ROUND is another round; without it, the leader, else the best arm. Nothing
is trained, unless --measure asks for it.

With --measure it first trains on up to three of the trial's seeds, with its model
and way of applying weights: the worst class times 20 and divided by 20, and half a
nat more and less on up to six classes. That tells whether weights can work here at
all, which classes they move at whose cost, and which only trade. The at most 45
trainings are kept, belong to no trial, and never see the test part. Ctrl-C keeps
what is finished, and the same command continues; repeated, it trains nothing.

With --recall and --weights, or a scheme instead of weights as for evenkeel weights,
it needs no study and says what recalls alone can tell.`,
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
	flags.StringVar(&f.study, "study", "", "`NAME` of the study; the newest is the default")
	flags.IntVar(&f.round, "round", 0, "`R` of the trial; its best round is the default")
	flags.StringVar(&f.calculated.recall, "recall", "", "recall of each class without weights, a comma-separated `LIST` of numbers from 0 to 1")
	flags.StringVar(&f.weights, "weights", "", "weight of each class, a comma-separated `LIST`")
	flags.StringVar(&f.support, "support", "", "number of examples behind each recall, a comma-separated `LIST`")
	flags.StringVar(&f.names, "names", "", "names of the classes, a comma-separated `LIST`")
	flags.StringVar(&f.calculated.scheme, "scheme", "", "`NAME` of a scheme that makes the weights of the recalls")
	flags.StringVar(&f.calculated.formula, "formula", "", "`EXPR` that makes them, in the variables and functions that evenkeel schemes lists")
	flags.Float64Var(&f.calculated.exponent, "exponent", 0, "short for --set exponent=`K`")
	flags.StringArrayVar(&f.calculated.set, "set", nil, "`NAME=VALUE` of a parameter of the scheme or formula; may be repeated")
	flags.BoolVar(&f.measure, "measure", false, "train the few runs that say whether and where weights can work here")
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
		case changed("weights") == made:
			return search.Inputf("want --weights, or --scheme or --formula that make them of the recalls, and not both")
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
		_, _, err := weightedArm(cmd, args[0], f.round)
		return err
	}
	if changed("round") {
		return search.Inputf("--round without TRIAL; want the trial whose round to explain")
	}
	return nil
}

// ofTrial explains an arm of a study.
func (f explainFlags) ofTrial(cmd *cobra.Command, g *global, args []string, format string) error {
	e, err := f.read(cmd, g, args)
	if err != nil {
		return err
	}
	c := caseOf(e.evidence, e.def.Objective, e.plan)
	if e.newest != e.def.Name {
		c.Study = shellWord(e.def.Name)
	}
	if f.measure {
		w := begin(cmd, g, f.acceptCode)
		defer w.release()
		if c.Probed, err = session.Measure(w.ctx, w.stop, w.Config, session.MeasureRequest{Definition: e.def, Trial: e.trial, Case: c}); err != nil {
			return err
		}
	}
	report, err := explain.Explain(c)
	if err != nil {
		return fmt.Errorf("trial %d: %w", e.trial.Number, err)
	}
	recipe, err := recipeText(e.def, e.trial.Point)
	if err != nil {
		return err
	}
	t := e.trial
	head := fmt.Sprintf("%s, trial %d round %d: %s, max/min %s, %s on validation", t.Study.Name, t.Number, c.Round,
		recipe, ratioText(t.Arms[c.Round-1].WeightRatio), count(len(t.Replicates), "seed"))
	if t.Invalid != "" {
		head += " (declared invalid: " + t.Invalid + ")"
	}
	return explanation{head, e.confirmed(c.Round), report}.write(cmd.OutOrStdout(), format)
}

// told is an arm of a study with what is recorded of it.
type told struct {
	evidence *runs.Evidence
	trial    *runs.Trial
	def      *search.Definition
	plan     objective.Plan
	// newest is the name of the newest study, which commands take by default.
	newest string
	// arms are the confirmed arms of the study.
	arms []runs.ConfirmedArm
}

// confirmed says what a confirmation found of the trial's round, which counts for more
// than what validation says; "" if there is none.
func (e told) confirmed(round int) string {
	text := ""
	for _, a := range e.arms {
		if a.Trial != e.trial.Number || a.Round != round || a.Invalid || a.Resplit && text != "" {
			continue
		}
		if row := rowOf(a, followup.WhatRecipe, followup.WhatReference); row != nil {
			text = fmt.Sprintf("Confirmed on test: spread %s to %s, %s (95 %% %s to %s), %s. That is the figure to quote; what follows is read off validation, and may differ.",
				decimals(row.AgainstSpread, 3), decimals(row.Spread, 3), signed(row.Difference, 3), signed(row.DifferenceLow, 3), signed(row.DifferenceHigh, 3),
				verdictWord(confirmedPage{def: e.def, arms: e.arms}.verdict(a, *row)))
		}
	}
	return text
}

// read reads the arm to explain.
func (f explainFlags) read(cmd *cobra.Command, g *global, args []string) (e told, err error) {
	db, err := openReading(cmd, g)
	if err != nil {
		return e, err
	}
	defer db.Close()
	number, round, err := f.arm(cmd, db, args)
	if err != nil {
		return e, err
	}
	if e.evidence, err = db.Evidence(cmd.Context(), f.study, number, round); err != nil {
		return e, err
	}
	e.trial = e.evidence.Trial
	switch {
	case len(e.trial.Arms) == 0:
		return e, fmt.Errorf("trial %d has no results to explain: it is %s", number, e.trial.State)
	case round > len(e.trial.Arms):
		return e, search.Inputf("round %d: trial %d has rounds 1 to %d", round, number, len(e.trial.Arms))
	}
	if e.def, err = readDefinition(cmd.Context(), db, e.trial.Study.Name, nil); err != nil {
		return e, err
	}
	if e.plan, err = e.def.Plan(e.trial.Point); err != nil {
		return e, err
	}
	if e.arms, err = db.Confirmations(cmd.Context(), e.def.Name); err != nil {
		return e, err
	}
	newest, err := db.Definition(cmd.Context(), "")
	if err != nil {
		return e, err
	}
	e.newest = newest.Study
	return e, nil
}

// arm returns the trial to explain and its round, 0 for the best: the one named,
// else the leader, else the best arm.
func (f explainFlags) arm(cmd *cobra.Command, db *runs.DB, args []string) (trial, round int, err error) {
	if len(args) > 0 {
		return weightedArm(cmd, args[0], f.round)
	}
	board, err := db.Leaderboard(cmd.Context(), f.study, 0)
	if err != nil {
		return 0, 0, err
	}
	if len(board.Rows) == 0 {
		return 0, 0, fmt.Errorf("study %s has no arms to explain yet", board.Study.Name)
	}
	at := board.Leader()
	row := board.Rows[max(at, 0)]
	return row.Trial, row.Round, nil
}

// caseOf hands what was recorded of an arm over.
func caseOf(e *runs.Evidence, score objective.Score, plan objective.Plan) explain.Case {
	c := explain.Case{
		Classes: make([]string, e.Trial.Replicates[0].Rounds[0].Val.Classes()), Score: score, Trial: e.Trial.Number, Round: e.Round,
		Replicates: e.Trial.Replicates, Posthoc: plan.Apply == objective.ApplyPosthoc, OwnScript: e.Trial.Study.Model == "command", Noise: e.Noise,
	}
	for k := range c.Classes {
		c.Classes[k] = className(e.Trial, k)
	}
	for _, rep := range e.Trial.Reference.Replicates {
		c.References = append(c.References, rep.Reference.Spread)
	}
	for _, o := range e.Outputs {
		out := explain.Outputs{Weighted: partOf(o.After, o.Labels)}
		if out.Plain = partOf(o.Before, o.Labels); out.Plain == nil {
			out.Plain = partOf(o.Reference, o.Labels)
		}
		if o.Labels != nil {
			out.Labels, out.Before, out.After = o.Labels, o.Before.ValPredictions, o.After.ValPredictions
		}
		if o.Offsets != nil {
			out.Offsets = &explain.Offsets{Values: o.Offsets.Values, Val: o.Offsets.Val, Spread: o.Offsets.Spread, Drop: o.Offsets.Drop}
		}
		c.Outputs = append(c.Outputs, out)
	}
	return c
}

// partOf returns a run's logits with their labels, nil if they were not kept or
// are not fit to be shifted.
func partOf(r *objective.Result, labels []uint16) *posthoc.Part {
	if r.ValLogits == nil || labels == nil {
		return nil
	}
	part, err := posthoc.NewPart(r.Val.Classes(), r.ValLogits, labels)
	if err != nil {
		return nil
	}
	return part
}
