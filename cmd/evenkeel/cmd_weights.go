package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/schemes"
	"evenkeel/schemes/formula"
)

// weightsFlags are the flags of the calculator.
type weightsFlags struct {
	scheme, formula, recall, normalize string
	exponent                           float64
	set                                []string
}

// newWeights returns the calculator: weights from recalls given as numbers.
func newWeights(*global) *cobra.Command {
	var f weightsFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "weights --scheme NAME|--formula EXPR --recall R1,R2,...",
		Short: "Calculate class weights from recalls",
		Long: `Calculates the class weights that a scheme or a formula gives for recalls you
name, without smoothing and without any history: round 1, previous weights all 1.
--set NAME=VALUE sets a parameter (see evenkeel schemes), or strength, for a
formula with strength_of; --exponent K is short for --set exponent=K.`,
		Example: `  evenkeel weights --scheme mean-ratio --exponent 2 --recall 0.956,0.737,0.781
  evenkeel weights --scheme error-power --set strength=1.5 --recall 0.956,0.737,0.781 --format json
  evenkeel weights --formula '(mean / x) ** k' --set k=2 --recall 0.956,0.737,0.781`,
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
	cmd.Flags().StringVar(&f.formula, "formula", "", "`EXPR` in the variables and functions that evenkeel schemes lists")
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

// recipe returns the scheme or formula with the parameters that were set.
func (f weightsFlags) recipe() (schemes.Recipe, error) {
	r := schemes.Recipe{
		Signal: schemes.Recall, Smoothing: schemes.NoSmoothing,
		Update: schemes.Replace, Normalize: schemes.Normalization(f.normalize),
	}
	if r.Normalize == schemes.NormalizeSupport {
		return r, fmt.Errorf("--normalize support needs training counts, which the calculator does not have; want mean, sum, max or none")
	}
	set, err := parseSettings(f.set)
	if err != nil {
		return r, err
	}
	switch {
	case f.scheme == "" && f.formula == "":
		return r, fmt.Errorf("--scheme is missing; want the name of a scheme, see evenkeel schemes, or --formula and an expression")
	case f.scheme != "" && f.formula != "":
		return r, fmt.Errorf("both --scheme and --formula; want one of the two")
	case f.formula != "":
		r.Scheme, err = set.formula(f.formula)
	default:
		r.Scheme, err = set.named(f.scheme)
	}
	if err != nil {
		return r, err
	}
	r.Values, r.Strength = set.values, set.strength
	if _, both := set.values[r.Scheme.StrengthOf]; both && r.Strength != 0 {
		return r, fmt.Errorf("both strength and %s are set; strength solves for %s, so want one of them", r.Scheme.StrengthOf, r.Scheme.StrengthOf)
	}
	return r, r.Validate()
}

// settings are what --set said.
type settings struct {
	values     schemes.Values
	strength   float64
	strengthOf string
}

// parseSettings reads the values of --set.
func parseSettings(set []string) (settings, error) {
	s := settings{values: schemes.Values{}}
	seen := make(map[string]bool)
	for _, text := range set {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return s, fmt.Errorf("--set %s: want NAME=VALUE", text)
		}
		if seen[name] {
			return s, fmt.Errorf("--set %s: %s is set twice", text, name)
		}
		seen[name] = true
		if name == "strength_of" {
			s.strengthOf = value
			continue
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return s, fmt.Errorf("--set %s: %q is not a finite number", text, value)
		}
		if name != "strength" {
			s.values[name] = v
			continue
		}
		if s.strength = v; !(v > 0) {
			return s, fmt.Errorf("--set %s: strength is ln(max w / min w); want a number above 0", text)
		}
	}
	if s.strengthOf != "" && s.strength == 0 {
		return s, fmt.Errorf("--set strength_of=%s without strength; want --set strength=S too", s.strengthOf)
	}
	return s, nil
}

// named returns a scheme of the catalogue.
func (s settings) named(name string) (*schemes.Scheme, error) {
	if s.strengthOf != "" {
		return nil, fmt.Errorf("--set strength_of is for formulas; a scheme of the catalogue says itself what strength solves for")
	}
	return schemes.Lookup(name)
}

// formula returns a formula as a scheme, with everything that was set as its
// parameters.
func (s settings) formula(text string) (*schemes.Scheme, error) {
	if s.strength != 0 && s.strengthOf == "" {
		return nil, fmt.Errorf("--set strength of a formula: want --set strength_of=NAME too, the parameter that is solved for")
	}
	params := slices.Sorted(maps.Keys(s.values))
	if _, given := s.values[s.strengthOf]; s.strengthOf != "" && !given {
		params = append(params, s.strengthOf)
	}
	f, err := formula.Parse(text, params)
	if err != nil {
		hint := ""
		if strings.Contains(err.Error(), " has no value") {
			hint = "; --set NAME=VALUE gives a parameter its value"
		}
		return nil, fmt.Errorf("--formula: %w%s", err, hint)
	}
	for _, name := range params {
		if !f.Uses(name) {
			return nil, fmt.Errorf("--set %s: the formula does not use it", name)
		}
	}
	for _, name := range []string{"precision", "f1", "support", "total"} {
		if f.Uses(name) {
			return nil, fmt.Errorf("--formula: it reads %s, and the calculator knows nothing but recalls", name)
		}
	}
	return f.Scheme(s.strengthOf), nil
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
