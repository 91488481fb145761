// Package trained says whether models were trained at all: whether training ended long before
// it could show what the model can learn. What weights do to such a model says nothing about
// weights, so whoever shows its figures says this first.
//
// It is pure: [Judge] takes what the first runs of the unweighted model measured anyway, on
// several training seeds. Package check, the notices of a search, the leaderboard and package
// explain all use it, and its sentence.
//
// It is careful: a model that was trained enough on hard data must never be called untrained.
// So all of four things must be seen, and where one of them is not known nothing is said.
package trained
