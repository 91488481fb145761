// Package tpe is the sampler of tree-structured Parzen estimators: it makes one
// density of the points that turned out good and one of all others, draws
// candidates from the first, and suggests the one whose ratio of the two is
// largest.
//
// It keeps no state: the densities are made anew of the history it is handed.
// It is no model of the values; it looks at their order alone.
//
// # Where to start
//
// [Sampler.Suggest]:
//
//	point, err := tpe.New().Suggest(space, history, search.Rand(seed, trial, "suggest"))
//
// Its three parts are in history.go (what is good, and where it lies), axis.go
// with mixture.go (the densities), and normal.go (the truncated normal).
// docs/samplers.md says why it is as it is, how it departs from the papers and
// from Optuna, and what it was measured against.
//
// # Symbols
//
//	n        trials in a density; an arm of a trial with R rounds is 1/R of one
//	d        parameters that a point has, on average
//	l, g     the densities of good and bad points
//	x        a value's place on its parameter's own scale, from 0 to 1
//	sigma    width of a normal kernel on that scale, 0.1 n^(-1/(d+4))
//
// # Reproducible
//
// The same arguments give the same point on every machine: the exponential, the
// logarithm and the normal distribution are this package's own, and every
// product that is added to something is rounded first, so that no compiler
// fuses the two.
//
// Sources: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for
// hyper-parameter optimization", NIPS 24 (2011), section 4; J. Bergstra, D.
// Yamins, D. D. Cox, "Making a science of model search", ICML (2013); S.
// Falkner, A. Klein, F. Hutter, "BOHB: robust and efficient hyperparameter
// optimization at scale", ICML (2018), for the joint density.
package tpe
