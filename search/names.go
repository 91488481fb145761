package search

import "strings"

// The names of keys of a study file, and so of parameters of a [Space], that decide more
// than the value of one field.
const (
	// KeyKind is the kind of model.
	KeyKind = modelPrefix + "kind"
	// KeyBatch is the number of examples in an optimiser step of a built-in model.
	KeyBatch = modelPrefix + "batch"
	// KeyScheme is the list of schemes; a parameter's choices are their labels.
	KeyScheme = weightingPrefix + "scheme"
	// KeyRounds is the number of rounds, so of the arms of a trial.
	KeyRounds = weightingPrefix + "rounds"
	// KeyApply says how weights are applied, see [objective.Ways].
	KeyApply = weightingPrefix + "apply"
	// KeyWeightsFrom is the share of the epochs from which on weights act.
	KeyWeightsFrom = weightingPrefix + "weights_from"
)

// The sections of which keys may be searched.
const (
	modelPrefix     = "model."
	weightingPrefix = "weighting."
)

// ModelKey returns the key of the model that the parameter sets, and whether it sets one.
func (p Param) ModelKey() (key string, ok bool) { return strings.CutPrefix(p.Name, modelPrefix) }

// param returns the parameter of a name, and whether the space has it.
func (s Space) param(name string) (Param, bool) {
	for _, p := range s.Params {
		if p.Name == name {
			return p, true
		}
	}
	return Param{}, false
}

// Ways returns the names of every way in which trials of the study apply weights.
func (d *Definition) Ways() []string { return d.words(KeyApply) }

// Kinds returns the kind of model of every trial, or the kinds that are searched.
func (d *Definition) Kinds() []string { return d.words(KeyKind) }

// words returns the values of a key whose values are words.
func (d *Definition) words(name string) []string {
	var words []string
	for _, v := range d.Values(name) {
		words = append(words, v.(string))
	}
	return words
}

// SwitchesOnLate reports whether weights of some trial act only from a share of the
// epochs on.
func (d *Definition) SwitchesOnLate() bool {
	for _, v := range d.Values(KeyWeightsFrom) {
		if v != 0.0 {
			return true
		}
	}
	return false
}

// SearchesModel reports whether models differ between trials, so that each has an
// unweighted round of its own.
func (d *Definition) SearchesModel() bool {
	for _, p := range d.Space.Params {
		if _, ok := p.ModelKey(); ok {
			return true
		}
	}
	return false
}
