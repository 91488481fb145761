package testfunc

import "evenkeel/search"

// Function is a function on a space whose minimum is known.
type Function struct {
	Name  string
	Space search.Space
	// Value is what is minimised, at a point of the space.
	Value func(search.Point) float64
	// Minimum is the smallest value, reached at each of Minimizers.
	Minimum    float64
	Minimizers []search.Point
}

// All returns every function of the package.
func All() []Function {
	return []Function{Branin(), Hartmann6(), Conditional()}
}
