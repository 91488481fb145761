package search

// Kind is the type of a parameter.
type Kind string

// The kinds of parameters.
const (
	Real        Kind = "real"
	Int         Kind = "int"
	Categorical Kind = "categorical"
)

// Param is one dimension of a [Space].
type Param struct {
	// Name is the dotted key of the study file, such as "model.learning_rate"
	// or "weighting.scheme.0.exponent".
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Low and High bound Real and Int parameters, both included.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	// Log says that the logarithm is uniform; Step, when not 0, is the grid
	// Low, Low+Step, ..., High.
	Log  bool    `json:"log,omitempty"`
	Step float64 `json:"step,omitempty"`
	// Choices are the values of a Categorical parameter, unordered: string,
	// bool, int64, float64 or []int64. For "weighting.scheme" they are labels.
	Choices []any `json:"choices,omitempty"`
	// When, if not nil, says in which points the parameter exists.
	When *Condition `json:"when,omitempty"`
}

// Condition holds where the categorical parameter Param has one of the choices In.
type Condition struct {
	Param string `json:"param"`
	In    []int  `json:"in"`
}

// Space is the set of points a study searches. A parameter follows the one its
// condition names.
type Space struct {
	Params []Param `json:"params"`
}

// Point is one element of a [Space]: a number for every parameter that exists
// in it. Categorical parameters hold the index of the choice, integers their value.
type Point map[string]float64
