// Package trainers says what kinds of trainers there are and what a study file may
// say of each: its own keys, which of them change what a run computes, whether it must
// be started, how many trainings it does at once. It is the one list that the study
// file, the search and the commands read, and has no cgo.
//
// It trains nothing and opens nothing. Each trainer is a folder below this one, with an
// [Opener]; package all has the list of them.
// CONTRIBUTING.md says how to add one.
package trainers
