// Package testfunc holds functions with known minima, on which samplers are
// compared: they cost nothing, and how far a sampler stayed from the minimum is
// known exactly.
//
// It is for tests and benchmarks. It does not compare samplers itself; package
// tpe does.
//
// Start with [All], or with one of [Branin], [Hartmann6] and [Conditional]:
//
//	f := testfunc.Branin()
//	regret := f.Value(point) - f.Minimum
//
// All values are minimised. A point that is not one of the space makes Value
// meaningless; see search.Space.Contains.
package testfunc
