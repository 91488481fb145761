package schemes

// Scheme is one formula that turns a per-class signal into raw class weights,
// with everything a person needs to know about it. A scheme is a value in a
// list (see [All]): the command line, the study file, the search space and the
// tests all read the same entry.
type Scheme struct {
	// Name is the fixed name used in commands and study files.
	Name string
	// Aliases are other names that mean exactly this scheme.
	Aliases []string
	// Title is one line for the catalogue.
	Title string
	// Formula is the raw formula as text, in the symbols of the package comment.
	Formula string
	// Params are the parameters, in the order in which they are shown.
	Params []Param
	// StrengthOf names the parameter that `strength` solves for; empty when the
	// scheme has no parameter that moves the weight ratio monotonically.
	StrengthOf string
	// ReadsPrevious reports that the formula reads the previous weights itself,
	// so that `update: accumulate` is refused.
	ReadsPrevious bool
	// Reads names what the formula reads beside the selected signal, out of
	// "recall", "precision", "f1" and "support": [Recipe.Next] refuses a round in
	// which one of these is not known.
	Reads []string
	// Strict makes it an error of [Recipe.Next] if the raw weights are negative,
	// not finite or all 0, or cannot reach the strength. Otherwise equal weights
	// take their place.
	Strict bool
	// Source cites where the formula comes from.
	Source string
	// Raw returns the raw weights, one per class, before any modifier. It must
	// not keep or change its arguments. It may return zeros and values that are
	// not finite; [Recipe.Next] deals with both.
	Raw func(in Input, p Values) []float64
}

// Param is one numeric parameter of a [Scheme].
type Param struct {
	Name string
	Doc  string
	// Min and Max bound the values that are accepted, both included.
	Min, Max float64
	// Low and High are the range worth searching, both included; Log says that
	// it should be searched on a logarithmic scale.
	Low, High float64
	Log       bool
	// Default is used where a study file is silent.
	Default float64
}

// Values maps parameter names to values.
type Values map[string]float64

// Input is the input of a formula. All slices have one entry per class.
type Input struct {
	// Signal is the smoothed, not yet floored signal that the recipe selected.
	Signal []float64
	// Recall, Precision and F1 are all three signals, smoothed alike. Without
	// counts only the selected one is known; the others are nil.
	Recall, Precision, F1 []float64
	// Support is the number of training examples of each class; nil if not known.
	Support []int
	// Previous holds the weights of the previous round at mean 1 (all 1 in round
	// 1). Under precision, where the weights become the reciprocals of the raw
	// ones, it holds the reciprocals of the previous weights.
	Previous []float64
	// Round is the round the weights are for, from 1.
	Round int
}
