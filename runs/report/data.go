package report

import (
	"fmt"
	"io"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/evidence/check"
	"evenkeel/search"
)

// Inspected prints a data source: a row a class, or a row a feature.
func Inspected(out Out, i *data.Inspection, features bool) error {
	r := classCounts(i.Dataset, i.Counts)
	if features {
		r = featureRanges(i.Ranges)
	}
	if !out.forPeople() {
		return out.write(r)
	}
	describe(out.W, i.Dataset, i.Split, i.Counts, i.Ranges, i.Sums)
	return out.writeBetween(r)
}

// InspectionWarnings says what is to be looked at before a search of the source.
func InspectionWarnings(i *data.Inspection) []string {
	warnings := sumWarnings(i.Sums)
	if few := fewWarning(i.Dataset.Classes, i.Counts.Validation); few != "" {
		warnings = append(warnings, few)
	}
	return warnings
}

// DataKinds prints the kinds of data sources.
func DataKinds(out Out, kinds []data.Kind) error {
	r := result{columns: []column{{name: "source", left: true}, {name: "example", left: true}, {name: "reads", left: true}}}
	for _, k := range kinds {
		r.rows = append(r.rows, []any{k.Form(), k.Example, k.Doc})
	}
	return out.write(r)
}

// describe prints what holds for the source as a whole.
func describe(w io.Writer, ds *data.Dataset, split objective.Split, c data.Counts, ranges []data.Range, sums []data.FileSum) {
	what := count(len(ranges), "feature")
	if len(ds.Shape) == 3 {
		what = fmt.Sprintf("images of %d x %d pixels, %s", ds.Shape[1], ds.Shape[2], count(ds.Shape[0], "channel"))
	}
	fmt.Fprintf(w, "%s: %d classes, %s\n", objective.Printable(ds.Title), len(ds.Classes), what)
	switch {
	case ds.TestFile != "":
		fmt.Fprintf(w, "test part: %s\n", objective.Printable(ds.TestFile))
	case ds.Test.Len() > 0:
		fmt.Fprintln(w, "test part: the source's own")
	default:
		fmt.Fprintf(w, "test part: a share of %v of the examples, held out, since the source has none\n", split.Test)
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
	fmt.Fprintf(w, "values of the features: %.6g to %.6g\n", low, high)
	if len(constant) > 0 {
		fmt.Fprintf(w, "constant, so without information: %s\n", objective.Printable(strings.Join(constant, ", ")))
	}
	if len(sums) > 0 && len(sumWarnings(sums)) == 0 {
		fmt.Fprintf(w, "SHA-1: all %d files are the published ones\n", len(sums))
	}
	fmt.Fprintf(w, "fingerprint of the data: %s\n", ds.Fingerprint)
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
	few, fewest := data.Few(validation)
	if few == 0 {
		return ""
	}
	n := validation[fewest]
	text := fmt.Sprintf("fewer than %d validation examples in %d of %d classes, the fewest %d of %q",
		data.FewValidation, few, len(classes), n, classes[fewest])
	if n == 0 {
		return text
	}
	return text + fmt.Sprintf(": one example moves its recall by %.3g points", 100/float64(n))
}

// fewExamples says how many classes of a trainer's data have too few validation
// examples, "" if none or where the trainer does not say which it has.
func fewExamples(info objective.Info) string {
	if info.ValLabels == nil {
		return ""
	}
	counts := make([]int, len(info.Classes))
	for _, c := range info.ValLabels {
		counts[c]++
	}
	return fewWarning(info.Classes, counts)
}

// settledEpochs says how many epochs were chosen for a study whose file names none, "" where that
// is the default.
func settledEpochs(def *search.Definition, info objective.Info) string {
	epochs := def.Model.SettledEpochs
	if epochs == 0 {
		return ""
	}
	return fmt.Sprintf("model.epochs is not in the study file: %d, for %d optimiser steps on %s", epochs, def.Steps(info, epochs),
		count(sum(info.TrainCounts), "training example"))
}

// smallBatch warns of a batch in which weights cancel themselves in part, "" if there is none.
func smallBatch(def *search.Definition) string {
	batch := def.BatchCancels()
	if batch == 0 {
		return ""
	}
	line := check.SmallBatchLine(batch)
	return "WARNING: " + line.Text + ". " + line.Advice
}

// sum adds up the examples of all classes.
func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}
