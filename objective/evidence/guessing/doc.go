// Package guessing says whether models predict classes better than guessing does, and
// whether they predict one class for nearly everything. Nothing else that is measured of
// such models means anything, so whoever shows their figures says this first.
//
// It is pure: [Judge] takes the confusion matrices of one model on several training seeds.
// Package check, the notices of a search and package explain all use it, and its sentence.
package guessing
