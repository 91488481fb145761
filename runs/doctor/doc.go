// Package doctor looks at everything that a search needs and that may be wrong without a
// message: the trial history, what killed programs have left, room, clock and processor. It
// changes nothing unless it is asked to put right what it can.
//
// # Where to start
//
//   - [Examine] makes all checks and returns one [Line] for each.
//   - history.go looks into the history, beside.go at the files beside it, machine.go at the
//     machine.
package doctor
