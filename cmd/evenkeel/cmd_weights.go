package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/schemes"
)

// weightsFlags are the flags of the calculator.
type weightsFlags struct {
	scheme, recall, normalize string
	exponent                  float64
	set                       []string
}

// newWeights returns the calculator: weights from recalls given as numbers.
func newWeights(*global) *cobra.Command {
	var f weightsFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "weights --scheme NAME --recall R1,R2,...",
		Short: "Calculate class weights from recalls",
		Long: `Calculates the class weights that a scheme gives for recalls you name, without
smoothing and without any history. --set NAME=VALUE sets a parameter of the
scheme (see evenkeel schemes), or strength; --exponent K is short for
--set exponent=K.`,
		Example: `  evenkeel weights --scheme mean-ratio --exponent 2 --recall 0.956,0.737,0.781
  evenkeel weights --scheme error-power --set strength=1.5 --recall 0.956,0.737,0.781 --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("exponent") {
				f.set = append(f.set, "exponent="+strconv.FormatFloat(f.exponent, 'g', -1, 64))
			}
			r, err := f.calculate()
			if err != nil {
				return usageError{err}
			}
			return r.write(cmd.OutOrStdout(), *format)
		},
	}
	cmd.Flags().StringVar(&f.scheme, "scheme", "", "`NAME` of a scheme of the catalogue")
	cmd.Flags().StringVar(&f.recall, "recall", "", "recall of each class, a comma-separated `LIST` of numbers from 0 to 1")
	cmd.Flags().StringVar(&f.normalize, "normalize", "mean", "`SCALE` of the weights: mean, sum, max or none")
	cmd.Flags().Float64Var(&f.exponent, "exponent", 0, "short for --set exponent=`K`")
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "`NAME=VALUE` of a parameter; may be repeated")
	format = formatFlag(cmd)
	return cmd
}

// calculate returns the weights as a result.
func (f weightsFlags) calculate() (result, error) {
	recipe, err := f.recipe()
	if err != nil {
		return result{}, err
	}
	recalls, err := parseRecalls(f.recall)
	if err != nil {
		return result{}, err
	}
	step, err := recipe.FromSignal(recalls, nil, nil)
	if err != nil {
		return result{}, err
	}
	r := result{columns: []column{{name: "class"}, {name: "recall", text: shortest}, {name: "weight", text: shortest}}}
	for c := range recalls {
		r.rows = append(r.rows, []any{c, recalls[c], step.Shown[c]})
	}
	return r, nil
}

// recipe returns the scheme with the parameters that were set.
func (f weightsFlags) recipe() (schemes.Recipe, error) {
	if f.scheme == "" {
		return schemes.Recipe{}, fmt.Errorf("--scheme is missing; want the name of a scheme, see evenkeel schemes")
	}
	s, err := schemes.Lookup(f.scheme)
	if err != nil {
		return schemes.Recipe{}, err
	}
	r := schemes.Recipe{
		Scheme: s, Values: schemes.Values{}, Signal: schemes.Recall, Smoothing: schemes.NoSmoothing,
		Update: schemes.Replace, Normalize: schemes.Normalization(f.normalize),
	}
	if r.Normalize == schemes.NormalizeSupport {
		return r, fmt.Errorf("--normalize support needs training counts, which the calculator does not have; want mean, sum, max or none")
	}
	seen := make(map[string]bool)
	for _, text := range f.set {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return r, fmt.Errorf("--set %s: want NAME=VALUE", text)
		}
		if seen[name] {
			return r, fmt.Errorf("--set %s: %s is set twice", text, name)
		}
		seen[name] = true
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return r, fmt.Errorf("--set %s: %q is not a finite number", text, value)
		}
		if name == "strength" {
			r.Strength = v
			if !(v > 0) {
				return r, fmt.Errorf("--set %s: strength is ln(max w / min w); want a number above 0", text)
			}
			continue
		}
		r.Values[name] = v
	}
	if r.Strength != 0 && seen[s.StrengthOf] {
		return r, fmt.Errorf("both strength and %s are set; strength solves for %s, so want one of them", s.StrengthOf, s.StrengthOf)
	}
	return r, r.Validate()
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

// shortest writes a number with as many digits as it takes to read it back.
func shortest(v any) string {
	return strconv.FormatFloat(v.(float64), 'g', -1, 64)
}
