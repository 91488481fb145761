// Package results says what the trial history means, as data: which arm leads and why
// none does, what a confirmation comes to after correction for several arms, the
// weights of a trial over its seeds, and the case of an arm for package explain. It
// decides and words nothing; package report lays the data out for people, and JSON has
// the same figures.
//
// [ReadOverview] returns everything that a leaderboard shows. [Confirmations] returns
// confirmed arms with their verdicts, [Conclude] what one of them comes to. [ReadArm] is
// how every command finds an arm that is named. [ReadVector] returns the weights to paste,
// [ReadCase] what explain needs, [Compare] arms side by side on common seeds, [Running]
// the studies that are being worked on.
package results
