package calculator

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"evenkeel/schemes"
	"evenkeel/schemes/formula"
)

// Request says which weights to calculate.
type Request struct {
	// Scheme is a name or alias of the catalogue, Formula the text of a formula; one of the
	// two is empty.
	Scheme, Formula string
	// Set are parameters as texts NAME=VALUE. strength and strength_of are among the names.
	Set []string
	// Normalize is one of [Scales]; "" is the mean.
	Normalize schemes.Normalization
	// Recalls has the recall of each class, from 0 to 1.
	Recalls []float64
}

// Weights returns the weights, one for each recall, as in round 1 and without smoothing.
func (r Request) Weights() ([]float64, error) {
	recipe, err := r.recipe()
	if err != nil {
		return nil, err
	}
	step, err := recipe.FromSignal(r.Recalls, nil, nil)
	return step.Shown, err
}

// Scales returns the normalizations that need no training counts, the default first.
func Scales() []schemes.Normalization {
	return slices.DeleteFunc(schemes.Normalizations(), func(n schemes.Normalization) bool { return n == schemes.NormalizeSupport })
}

// ScaleNames names them in a sentence.
func ScaleNames() string {
	var names []string
	for _, n := range Scales() {
		names = append(names, string(n))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// recipe returns the scheme or formula with the parameters that were set.
func (r Request) recipe() (schemes.Recipe, error) {
	recipe := schemes.Recipe{
		Signal: schemes.Recall, Smoothing: schemes.NoSmoothing,
		Update: schemes.Replace, Normalize: r.Normalize,
	}
	if r.Normalize == schemes.NormalizeSupport {
		return recipe, fmt.Errorf("--normalize support needs training counts, which the calculator does not have; want %s", ScaleNames())
	}
	set, err := parseSettings(r.Set)
	if err != nil {
		return recipe, err
	}
	switch {
	case r.Scheme == "" && r.Formula == "":
		return recipe, errors.New("neither --scheme nor --formula; want one of the two")
	case r.Scheme != "" && r.Formula != "":
		return recipe, errors.New("both --scheme and --formula; want one of the two")
	case r.Formula != "":
		recipe.Scheme, err = set.formula(r.Formula)
	default:
		recipe.Scheme, err = set.named(r.Scheme)
	}
	if err != nil {
		return recipe, err
	}
	recipe.Values, recipe.Strength = set.values, set.strength
	solved := recipe.Scheme.StrengthOf
	if _, both := set.values[solved]; both && recipe.Strength != 0 {
		return recipe, fmt.Errorf("both strength and %s are set; strength solves for %s, so want one of them", solved, solved)
	}
	return recipe, recipe.Validate()
}

// settings are what was set.
type settings struct {
	values     schemes.Values
	strength   float64
	strengthOf string
}

// parseSettings reads texts NAME=VALUE.
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
		var faults formula.Faults
		if errors.As(err, &faults) && slices.ContainsFunc(faults, func(f formula.Fault) bool { return f.Unknown != "" }) {
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
