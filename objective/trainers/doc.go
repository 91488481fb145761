// Package trainers says what kinds of trainers there are and what a study file may
// say of each: its own keys, which of them change what a run computes, whether it must
// be started, how many trainings it does at once. It is the one list that the study
// file, the search and the commands read, and has no cgo.
//
// It trains nothing and opens nothing. Each trainer is a folder below this one, with an
// [Opener]; package all has the list of them.
//
// # To add a trainer
//
//   - Add its kind of model to the table in package models.
//   - Add its [Transport] and [Settings] in a file here, and the transport to the list in
//     transport.go.
//   - Write the folder with the objective.Trainer, which passes the suite in trainertest,
//     and its Opener.
//   - Add the opener to the list in package all.
package trainers
