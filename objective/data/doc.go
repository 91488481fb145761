// Package data turns a source of labelled examples into the three parts a
// study works with.
//
// It does not train, does not know models or weights, and does not decide when
// the test part may be read. The one source is `embedded`: a sample of
// Fashion-MNIST, 10 classes of clothes, 14 x 14 pixels, 600 training and 400
// test images a class, which is part of the program.
//
// # How the parts relate
//
//	Open(source)        -> Dataset   everything a source has, with a Fingerprint
//	Split(dataset, how) -> Splits    training and validation part, and a sealed test part
//
// [Dataset.Fingerprint] and the [objective.Split] handed to [Split] together
// fix every number a trainer sees, so both are in a run's identity and nothing
// else about data is. Both steps are pure: the same arguments give the same
// bits on every machine.
//
// The test part is sealed: after Split only [Splits.OpenTest] reads it, and
// only a confirmation may ask. [Splits.Dataset] no longer has it.
//
// # Where to start
//
// Read [Dataset] and [Part], then [Split], whose comment has the exact rule:
//
//	ds, err := data.Open("embedded")
//	parts, err := data.Split(ds, objective.Split{Validation: 0.2, Seed: 1})
//	parts.Train.Len()        // 4800
//	parts.Val.Counts(10)     // 120 of each class
//
// # Folders
//
// fashion holds the embedded file, its license and PROVENANCE.md; samplegen is
// the command that makes it; internal/fashion has the rule and the format;
// internal/idx reads the files in which MNIST and its relatives are published.
package data
