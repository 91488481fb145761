package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/runs/report"
	"evenkeel/runs/results"
	"evenkeel/schemes"
	"evenkeel/schemes/calculator"
	"evenkeel/search"
)

// weightsFlags are the flags of the calculator, and those that take the weights
// from a trial.
type weightsFlags struct {
	study, trial                       string
	round                              int
	scheme, formula, recall, normalize string
	exponent                           float64
	set                                []string
	offsets, longer, thenOffsets       bool
}

// newWeights returns the calculator, weights from recalls given as numbers, which
// also prints the weights of a trial.
func newWeights(g *global) *cobra.Command {
	var f weightsFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "weights {--trial N | --offsets | --scheme NAME | --formula EXPR} ...",
		Short: "Print a trial's class weights, ready to paste, or calculate weights from recalls",
		Long: `Calculates the class weights that a scheme or a formula gives for the recalls of
--recall, without smoothing, as in round 1: the previous weights are all 1.
--set NAME=VALUE sets a parameter (see evenkeel schemes), or the strength, for a
formula with strength_of; --exponent K is short for --set exponent=K.

With --trial it prints the weights of a trial of a study, after its best round or
the one that --round or --trial TRIAL/ROUND names: the geometric mean over its
seeds, scaled to mean 1. The formats torch, keras and sklearn are Python to paste
into a training script, with comments on where the weights come from and how much
they differ from seed to seed. The code applies the weights as the study does: to the
loss, or to the logits in training (weighting.apply: logit) or after it (posthoc).

With --offsets it prints the offsets for the logits of the study's unweighted model:
the mean over the seeds of the search. evenkeel offsets says what they gain and cost.
With --longer too they are for the unweighted model that is trained twice as long. With
--trial and --then-offsets the offsets are printed that a confirmation measured for
models trained with the weights.

Where a confirmation measured exactly what is printed, its gain and cost are printed
too. In --format json the cost is balanced_accuracy_change with its 95 % interval, and
loss_probability, the probability that more than your limit is lost; else they are null.`,
		Example: `  evenkeel weights --trial 7 --format torch
  evenkeel weights --trial 7/2 --format keras
  evenkeel weights --offsets --format torch
  evenkeel weights --scheme mean-ratio --exponent 2 --recall 0.956,0.737,0.781
  evenkeel weights --scheme error-power --set strength=1.5 --recall 0.956,0.737,0.781 --format json
  evenkeel weights --formula '(mean / x) ** k' --set k=2 --recall 0.956,0.737,0.781`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.mode(cmd, *format); err != nil {
				return err
			}
			if f.offsets {
				return f.ofStudy(cmd, g, *format)
			}
			if cmd.Flags().Changed("trial") {
				return f.ofTrial(cmd, g, *format)
			}
			recalls, err := parseRecalls(f.recall)
			if err != nil {
				return search.InputError{Err: err}
			}
			weights, err := f.request(cmd, recalls).Weights()
			if err != nil {
				return search.InputError{Err: err}
			}
			return report.Calculated(page(cmd, *format), recalls, weights)
		},
	}
	f.add(cmd)
	format = formatFlag(cmd, report.PasteFormats()...)
	return cmd
}

// add adds the flags to the command.
func (f *weightsFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.scheme, "scheme", "", "`NAME`: a scheme; evenkeel schemes lists them")
	cmd.Flags().StringVar(&f.formula, "formula", "", "`EXPR`: a formula; evenkeel schemes lists its variables and functions")
	cmd.Flags().StringVar(&f.recall, "recall", "", "`LIST`: recall of each class, from 0 to 1, separated by commas")
	cmd.Flags().StringVar(&f.normalize, "normalize", string(schemes.NormalizeMean), "`SCALE`: scale of the weights: "+calculator.ScaleNames())
	cmd.Flags().Float64Var(&f.exponent, "exponent", 0, "`K`: short for --set exponent=K")
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "`NAME=VALUE`: a parameter; may be repeated")
	cmd.Flags().StringVar(&f.trial, "trial", "", "`TRIAL`: print the weights of this trial, or TRIAL/ROUND")
	cmd.Flags().IntVar(&f.round, "round", 0, "`R`: a round of the trial; its best round is the default")
	cmd.Flags().BoolVar(&f.offsets, "offsets", false, "print the offsets for the unweighted model's logits")
	cmd.Flags().BoolVar(&f.longer, "longer", false, "with --offsets: those of the unweighted model that is trained longer")
	cmd.Flags().BoolVar(&f.thenOffsets, "then-offsets", false, "with --trial: print the offsets for models trained with the weights too")
	cmd.Flags().StringVar(&f.study, "study", "", "`NAME`: the study of the trial or the offsets; the newest is the default")
}

// mode says what is wrong with the flags together: they calculate, or take the weights
// from a trial or the offsets from a study.
func (f weightsFlags) mode(cmd *cobra.Command, format string) error {
	changed := cmd.Flags().Changed
	calculate := []string{"scheme", "formula", "recall", "normalize", "exponent", "set"}
	if f.longer && !f.offsets {
		return search.Inputf("--longer without --offsets; want both, for the offsets of the model that is trained longer")
	}
	others, need := calculate, "both --trial and --%s; want the weights of a trial, or a calculation"
	switch {
	case f.offsets:
		others, need = append(calculate, "trial", "round", "then-offsets"), "both --offsets and --%s; want the offsets of the unweighted model alone"
	case !changed("trial"):
		others, need = []string{"round", "study", "then-offsets"}, "--%s without --trial; want --trial N, the trial whose weights to print"
		if slices.Contains(report.PasteFormats(), format) && !slices.ContainsFunc(others, changed) {
			return search.Inputf("--format %s prints what a study found; want --trial N or --offsets too", format)
		}
		if f.scheme == "" && f.formula == "" && !slices.ContainsFunc(others, changed) {
			return search.Inputf("nothing says which weights; want --trial N of a study, --scheme NAME (see evenkeel schemes) or --formula EXPR with --recall, or --offsets")
		}
	}
	for _, name := range others {
		if changed(name) {
			return search.Inputf(need, name)
		}
	}
	if changed("trial") {
		_, err := weightedArm(cmd, f.trial, f.round)
		return err
	}
	return nil
}

// ofStudy prints the offsets of a study's unweighted model.
func (f weightsFlags) ofStudy(cmd *cobra.Command, g *global, format string) error {
	db, err := openStudyReading(cmd, g, f.study)
	if err != nil {
		return err
	}
	defer db.Close()
	read := results.StoredOffsets
	if f.longer {
		read = results.LongerOffsets
	}
	offsets, err := read(cmd.Context(), db, f.study)
	if err != nil {
		return err
	}
	return report.StoredOffsets(page(cmd, format), offsets)
}

// ofTrial prints the weights of a trial.
func (f weightsFlags) ofTrial(cmd *cobra.Command, g *global, format string) error {
	arm, err := weightedArm(cmd, f.trial, f.round)
	if err != nil {
		return err
	}
	db, err := openStudyReading(cmd, g, f.study)
	if err != nil {
		return err
	}
	defer db.Close()
	read := results.ReadVector
	if f.thenOffsets {
		read = results.ReadVectorThenOffsets
	}
	weights, err := read(cmd.Context(), db, f.study, arm)
	if err != nil {
		return err
	}
	return report.Weights(page(cmd, format), weights)
}

// request returns what is to be calculated from recalls.
func (f weightsFlags) request(cmd *cobra.Command, recalls []float64) calculator.Request {
	set := f.set
	if cmd.Flags().Changed("exponent") {
		set = append(set, "exponent="+strconv.FormatFloat(f.exponent, 'g', -1, 64))
	}
	return calculator.Request{
		Scheme: f.scheme, Formula: f.formula, Set: set, Normalize: schemes.Normalization(f.normalize), Recalls: recalls,
	}
}

// parseRecalls reads a comma-separated list of numbers from 0 to 1.
func parseRecalls(text string) ([]float64, error) {
	if text == "" {
		return nil, fmt.Errorf("--recall is missing; want one number per class, such as 0.95,0.73,0.78")
	}
	var recalls []float64
	for i, word := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil || !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("--recall: entry %d is %q; want a number from 0 to 1, such as 0.73", i+1, word)
		}
		recalls = append(recalls, v)
	}
	return recalls, nil
}
