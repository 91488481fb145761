package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/data/arrays"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs/report"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// offsetsFlags are the flags of offsets.
type offsetsFlags struct {
	study, spread string
	tolerance     float64
	names         []string
	probabilities bool
}

// offsetsPenalty is the charge for each unit of balanced accuracy lost beyond the
// tolerance, that of a study file that does not say another.
const offsetsPenalty = 2

// newOffsets returns the command that fits offsets to any model's logits.
func newOffsets(g *global) *cobra.Command {
	var f offsetsFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "offsets {LOGITS [LABELS] | --study NAME}",
		Short: "Offsets that even out a trained model's recalls, from its validation logits",
		Long: `Fits offsets, one number a class to add to the logits, that even out the recalls of
a model that is trained already. LOGITS are its outputs for validation examples, one
row an example and one column a class; LABELS are their true classes, in the same
order. Both are .npy, .npz (arrays logits and labels; one file may have both) or
.csv. Labels are numbers from 0, or in .csv names, which --names, the header of the
logits or else their sorted order maps to columns. Nothing is trained and no study
is needed.

The offsets are fitted to all examples. What they gain and cost is measured on
examples that had no part in the fit, with 95 % intervals. With --study, the logits
are those that the study keeps of its unweighted model, the offsets the mean over
its seeds, and tolerance and spread the study's own.

The formats torch, keras and sklearn are Python to paste.`,
		Example: `  evenkeel offsets val_logits.npy val_labels.npy
  evenkeel offsets val.npz --tolerance 0.02 --format torch
  evenkeel offsets proba.csv labels.csv --probabilities --names cat,dog,fish
  evenkeel offsets --study default`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.fit(cmd, g, args)
			if err != nil {
				return err
			}
			return report.FittedOffsets(page(cmd, *format), o, commandLine(cmd, args))
		},
		ValidArgsFunction: files("npy", "npz", "csv"),
	}
	cmd.Flags().StringVar(&f.study, "study", "", "take the unweighted model of the study `NAME`")
	cmd.Flags().StringVar(&f.spread, "spread", string(objective.StdDev), "measure unevenness by `MEASURE`: "+spreadNames())
	cmd.Flags().Float64Var(&f.tolerance, "tolerance", 0.01, "balanced accuracy that may be lost without charge, a `SHARE`")
	cmd.Flags().StringSliceVar(&f.names, "names", nil, "the classes are `NAMES`, in the order of the columns, separated by commas")
	cmd.Flags().BoolVar(&f.probabilities, "probabilities", false, "LOGITS are probabilities: take their log, of at least 1e-12")
	format = formatFlag(cmd, report.PasteFormats()...)
	return cmd
}

// spreadNames lists the measures of unevenness.
func spreadNames() string {
	var names []string
	for _, s := range objective.Spreads() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

// fit returns the offsets that the arguments ask for.
func (f offsetsFlags) fit(cmd *cobra.Command, g *global, args []string) (*results.Offsets, error) {
	if cmd.Flags().Changed("study") {
		return f.ofStudy(cmd, g, args)
	}
	switch {
	case len(args) == 0:
		return nil, search.Inputf("no logits; want evenkeel offsets LOGITS LABELS, or --study NAME for those of a study")
	case !strings.Contains(" "+strings.ReplaceAll(spreadNames(), ",", "")+" ", " "+f.spread+" "):
		return nil, search.Inputf("--spread %s is not known; want one of %s", f.spread, spreadNames())
	case !(f.tolerance >= 0 && f.tolerance < 1):
		return nil, search.Inputf("--tolerance %v: want a share from 0 below 1, such as 0.01 for one point", f.tolerance)
	}
	labels := ""
	if len(args) == 2 {
		labels = args[1]
	}
	pair, err := arrays.Read(args[0], labels, arrays.Options{Names: f.names, Probabilities: f.probabilities, Least: posthoc.LeastExamples})
	if err != nil {
		return nil, search.InputError{Err: err}
	}
	return results.FitOffsets(args[0], pair, objective.Score{Spread: objective.Spread(f.spread), Tolerance: f.tolerance, Penalty: offsetsPenalty})
}

// ofStudy returns the offsets of a study's unweighted model.
func (f offsetsFlags) ofStudy(cmd *cobra.Command, g *global, args []string) (*results.Offsets, error) {
	if len(args) > 0 {
		return nil, search.Inputf("both %s and --study; want the logits of a file or of a study", args[0])
	}
	for _, name := range []string{"spread", "tolerance", "names", "probabilities"} {
		if cmd.Flags().Changed(name) {
			return nil, search.Inputf("both --study and --%s; a study has its own", name)
		}
	}
	db, err := openReading(cmd, g)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return results.StudyOffsets(cmd.Context(), db, f.study)
}

// commandLine writes the command line again, without --format.
func commandLine(cmd *cobra.Command, args []string) string {
	words := []string{cmd.CommandPath()}
	for _, arg := range args {
		words = append(words, report.ShellWord(arg))
	}
	flags := cmd.Flags()
	for _, name := range []string{"db", "study", "spread"} {
		if flags.Changed(name) {
			words = append(words, "--"+name, report.ShellWord(flags.Lookup(name).Value.String()))
		}
	}
	if flags.Changed("tolerance") {
		t, _ := flags.GetFloat64("tolerance")
		words = append(words, "--tolerance", strconv.FormatFloat(t, 'g', -1, 64))
	}
	if flags.Changed("names") {
		names, _ := flags.GetStringSlice("names")
		words = append(words, "--names", report.ShellWord(strings.Join(names, ",")))
	}
	if flags.Changed("probabilities") {
		words = append(words, "--probabilities")
	}
	return strings.Join(words, " ")
}
