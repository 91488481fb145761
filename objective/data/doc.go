// Package data turns a source of labelled examples into the three parts a
// study works with. [Kinds] lists the kinds of sources.
//
// It does not train, does not know models or weights, and does not decide when
// the test part may be read.
//
// # How the parts relate
//
//	ParseSource(text)   -> Source    a kind, a path, and how a table is read
//	Open(source)        -> Dataset   everything a source has, with a Fingerprint
//	Split(dataset, how) -> Splits    training and validation part, and a sealed test part
//
// [Dataset.Fingerprint] and the [objective.Split] handed to [Split] together
// fix every number a trainer sees, so both are in a run's identity and nothing
// else about data is. Both steps are pure: the same content and arguments give
// the same bits on every machine.
//
// A dataset keeps images as the bytes they were published as; Split makes
// numbers of the examples that a study uses, each once. [Deal] only says which
// example is in which part, and [Dealt.Redraw] draws training and validation part
// anew beside the same test part.
//
// The test part is sealed: after Split only [Splits.OpenTest] reads it, and
// only a confirmation may ask. [Splits.Dataset] has no examples any more.
//
// [Dataset.Draw] draws a smaller sample and keeps what stays outside, to hold what
// a study says of the sample against the truth (bench/honesty).
//
// # Where to start
//
// Read [Source], [Dataset] and [Part], then [Split], whose comment has the exact
// rule:
//
//	ds, err := data.Open(data.Source{Kind: "embedded"})
//	parts, err := data.Split(ds, objective.Split{Validation: 0.2, Seed: 1})
//	parts.Train.Len()        // 4800
//	parts.Val.Counts(10)     // 120 of each class
//
// # Files and folders
//
// Each kind has a file. What is read from outside is parsed below internal, in a folder
// for each format, without knowledge of files, splits or each other. fashion holds the
// embedded file, its license and PROVENANCE.md; samplegen is the command that makes it;
// internal/fashion has the rule and the format. arrays is no source: it reads what some
// model gave, for evenkeel offsets.
package data
