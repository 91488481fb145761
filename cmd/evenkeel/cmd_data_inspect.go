package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/search"
)

// fewValidation is the number of validation examples of a class below which a
// search is warned of: one example more or less moves its recall by 5 points.
const fewValidation = 20

// inspectFlags are the flags of data inspect, which stand for keys of a study
// file's data section.
type inspectFlags struct {
	label, testFile, oneHot string
	split                   objective.Split
	features                bool
}

// newDataInspect returns the command that looks into a source.
func newDataInspect(*global) *cobra.Command {
	var f inspectFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "inspect SOURCE",
		Short: "Print what a data source holds and how it would be split",
		Long: `Reads a source as a search would, and prints the examples of each class in each
part, what the features hold, and the fingerprint that is part of a run's
identity. Files that were published with SHA-1 sums (cifar10) are compared with
them. The flags are the keys of the study file's data section.`,
		Example: `  evenkeel data inspect embedded
  evenkeel data inspect csv:letter_train.csv --validation 0.3
  evenkeel data inspect csv:adult.csv --label income --one-hot true --features`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			src, err := f.source(cmd, args[0])
			if err != nil {
				return search.InputError{Err: err}
			}
			return inspect(cmd, src, f, *format)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.label, "label", data.DefaultLabel, "`COLUMN` with the classes (csv)")
	flags.StringVar(&f.testFile, "test-file", "", "`FILE` with the test part, or none; the twin X_test.csv if absent (csv)")
	flags.StringVar(&f.oneHot, "one-hot", "", "`COLUMNS` to encode, separated by commas, or true for all with text (csv)")
	flags.Float64Var(&f.split.Validation, "validation", 0.2, "`SHARE` of the training part held out for validation")
	flags.Float64Var(&f.split.Test, "test", 0.2, "`SHARE` held out first where a source has no test part of its own")
	flags.IntVar(&f.split.Limit, "limit", 0, "training examples kept per class, `N`; 0 = all")
	flags.Int64Var(&f.split.Seed, "seed", 1, "seed `N` of the split")
	flags.BoolVar(&f.features, "features", false, "print a row per feature instead of a row per class")
	format = formatFlag(cmd)
	return cmd
}

// source returns the source that argument and flags describe.
func (f inspectFlags) source(cmd *cobra.Command, text string) (data.Source, error) {
	src, err := data.ParseSource(text)
	if err != nil {
		return src, fmt.Errorf("source %w", err)
	}
	if kind, _ := data.LookupKind(src.Kind); !kind.Table {
		for _, name := range []string{"label", "test-file", "one-hot"} {
			if cmd.Flags().Changed(name) {
				return src, fmt.Errorf("--%s is for tables; source %s is none", name, src)
			}
		}
		return src, nil
	}
	src.Label, src.TestFile = f.label, f.testFile
	switch f.oneHot {
	case "true":
		src.OneHot.All = true
	case "", "false":
	default:
		for _, column := range strings.Split(f.oneHot, ",") {
			src.OneHot.Columns = append(src.OneHot.Columns, strings.TrimSpace(column))
		}
	}
	return src, nil
}

// inspect prints a source.
func inspect(cmd *cobra.Command, src data.Source, f inspectFlags, format string) error {
	ds, err := data.Open(src)
	if err != nil {
		return err
	}
	sums, err := data.PublishedSums(src)
	if err != nil {
		return err
	}
	counts, err := data.CountSplit(ds, f.split)
	if err != nil {
		return fmt.Errorf("%s: %w", src, err)
	}
	ranges := ds.Ranges()
	r := classCounts(ds, counts)
	if f.features {
		r = featureRanges(ranges)
	}
	if forPeople(format) {
		describe(cmd.OutOrStdout(), ds, f.split, counts, ranges, sums)
		err = r.writeBetween(cmd.OutOrStdout(), format)
	} else {
		err = r.write(cmd.OutOrStdout(), format)
	}
	warnings := sumWarnings(sums)
	if w := fewWarning(ds.Classes, counts.Validation); w != "" {
		warnings = append(warnings, w)
	}
	for _, w := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "evenkeel: warning:", w)
	}
	return err
}

// describe prints what holds for the source as a whole.
func describe(w io.Writer, ds *data.Dataset, split objective.Split, c data.Counts, ranges []data.Range, sums []data.FileSum) {
	what := count(len(ranges), "feature")
	if len(ds.Shape) == 3 {
		what = fmt.Sprintf("images of %d x %d pixels, %s", ds.Shape[1], ds.Shape[2], count(ds.Shape[0], "channel"))
	}
	fmt.Fprintf(w, "%s: %d classes, %s\n", ds.Title, len(ds.Classes), what)
	switch {
	case ds.TestFile != "":
		fmt.Fprintf(w, "test part: %s\n", ds.TestFile)
	case ds.Test.Len() > 0:
		fmt.Fprintln(w, "test part: the source's own")
	default:
		fmt.Fprintf(w, "test part: a share of %v, held out, as the source has none\n", split.Test)
	}
	fmt.Fprintf(w, "examples: %d for training, %d for validation, %d for test\n", sum(c.Train), sum(c.Validation), sum(c.Test))
	low, high := ranges[0].Min, ranges[0].Max
	var constant []string
	for _, r := range ranges {
		low, high = min(low, r.Min), max(high, r.Max)
		if r.Constant() {
			constant = append(constant, r.Name)
		}
	}
	fmt.Fprintf(w, "values: %.6g to %.6g\n", low, high)
	if len(constant) > 0 {
		fmt.Fprintf(w, "constant, and so of no use: %s\n", strings.Join(constant, ", "))
	}
	if len(sums) > 0 && len(sumWarnings(sums)) == 0 {
		fmt.Fprintf(w, "SHA-1: all %d files are the published ones\n", len(sums))
	}
	fmt.Fprintf(w, "fingerprint: %s\n", ds.Fingerprint)
}

// classCounts has one row per class.
func classCounts(ds *data.Dataset, c data.Counts) result {
	r := result{columns: []column{{name: "class", left: true}, {name: "train"}, {name: "validation"}, {name: "test"}}}
	for i, class := range ds.Classes {
		r.rows = append(r.rows, []any{class, c.Train[i], c.Validation[i], c.Test[i]})
	}
	return r
}

// featureRanges has one row per column or channel.
func featureRanges(ranges []data.Range) result {
	r := result{columns: []column{{name: "feature", left: true}, {name: "min"}, {name: "max"}, {name: "mean"}, {name: "stddev"}, {name: "constant", left: true}}}
	for _, f := range ranges {
		r.rows = append(r.rows, []any{f.Name, f.Min, f.Max, f.Mean, f.StdDev, f.Constant()})
	}
	return r
}

// sumWarnings says which files are not the published ones.
func sumWarnings(sums []data.FileSum) []string {
	var out []string
	for _, s := range sums {
		if s.SHA1 != s.Published {
			out = append(out, fmt.Sprintf("%s has SHA-1 %s; the published file has %s", s.Name, s.SHA1, s.Published))
		}
	}
	return out
}

// fewWarning says how many classes have too few validation examples, "" if none.
func fewWarning(classes []string, validation []int) string {
	few, fewest := 0, 0
	for i, n := range validation {
		if n < fewValidation {
			few++
		}
		if n < validation[fewest] {
			fewest = i
		}
	}
	if few == 0 {
		return ""
	}
	n := validation[fewest]
	text := fmt.Sprintf("fewer than %d validation examples in %d of %d classes, the fewest %d of %q",
		fewValidation, few, len(classes), n, classes[fewest])
	if n == 0 {
		return text
	}
	return text + fmt.Sprintf(": one example moves its recall by %.3g points", 100/float64(n))
}

// fewKnown is fewWarning of what a trainer says of itself, "" where it does not say
// which validation examples it has.
func fewKnown(info objective.Info) string {
	if info.ValLabels == nil {
		return ""
	}
	counts := make([]int, len(info.Classes))
	for _, c := range info.ValLabels {
		counts[c]++
	}
	return fewWarning(info.Classes, counts)
}

// sum adds up the examples of all classes.
func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}
