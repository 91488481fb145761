package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/runs/report"
	"evenkeel/search"
)

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
		Short: "Print what a data source has and how it would be split",
		Long: `Reads a source as a search would, and prints the examples of each class in each
part, the range of the features, and a fingerprint of the data: results are
reused only where it is the same. Files that were published with SHA-1 sums
(cifar10) are compared with them. The flags are keys of the study file's data
section.`,
		Example: `  evenkeel data inspect embedded
  evenkeel data inspect csv:letter_train.csv --validation 0.3
  evenkeel data inspect csv:adult.csv --label income --one-hot true --features`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			src, err := f.source(cmd, args[0])
			if err != nil {
				return search.InputError{Err: err}
			}
			found, err := data.Inspect(src, f.split)
			if err != nil {
				return err
			}
			if err := report.Inspected(page(cmd, *format), found, f.features); err != nil {
				return err
			}
			for _, warning := range report.InspectionWarnings(found) {
				fmt.Fprintln(cmd.ErrOrStderr(), "evenkeel: warning:", warning)
			}
			return nil
		},
	}
	flags, split := cmd.Flags(), data.DefaultSplit()
	flags.StringVar(&f.label, "label", data.DefaultLabel, "`COLUMN`: the column with the classes (csv)")
	flags.StringVar(&f.testFile, "test-file", "", "`FILE`: the test part, or none; X_test.csv beside X.csv or X_train.csv if not given (csv)")
	flags.StringVar(&f.oneHot, "one-hot", "", "`COLUMNS`: text columns to one-hot encode, separated by commas, or true for all of them (csv)")
	flags.Float64Var(&f.split.Validation, "validation", split.Validation, "`SHARE`: share of the training part held out for validation")
	flags.Float64Var(&f.split.Test, "test", split.Test, "`SHARE`: share held out for test, where a source has no test part")
	flags.IntVar(&f.split.Limit, "limit", split.Limit, "`N`: training examples kept per class; 0 is all")
	flags.Int64Var(&f.split.Seed, "seed", split.Seed, "`N`: seed of the split")
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
	if !src.Table() {
		for _, key := range data.TableKeys() {
			name := strings.ReplaceAll(key, "_", "-")
			if cmd.Flags().Changed(name) {
				return src, fmt.Errorf("--%s is for tables; source %s is not one", name, src)
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
