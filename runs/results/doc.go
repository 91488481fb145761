// Package results says what the trial history means, as data: what to use ([Recommend]),
// which arm leads and why none does, verdicts after correction for several arms, the
// weights of a trial over its seeds, and the case of an arm for package explain. It words
// nothing; package report lays the data out for people, and JSON has
// the same figures.
//
// [ReadOverview] returns everything that a leaderboard shows. [Confirmations] returns
// confirmed arms with their verdicts. [ReadArm] is how every command finds an arm that is
// named. [ReadVector] returns the weights to paste,
// [ReadCase] what explain needs, [Compare] arms side by side on common seeds, [Running]
// the studies that are being worked on.
package results
