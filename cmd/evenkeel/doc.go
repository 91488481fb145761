// Command evenkeel searches for the class-weighting scheme that evens out a
// classifier's per-class recall.
//
// This package is the program: one file per command, and the wiring that joins
// a study file, a trainer, the search and the trial history. Results go to
// standard output, everything else to standard error. Decisions, arithmetic and
// storage live in the packages below it.
package main
