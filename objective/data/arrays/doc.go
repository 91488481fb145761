// Package arrays reads what some model gave for the examples of one part of the data, and
// their true classes, from .npy, .npz and .csv files.
//
// It is not a data source: there is nothing to train on in these files, and no split. It
// does not judge the model either. What it returns is ready for posthoc.NewLogits.
//
// # Where to start
//
// [Read] is all there is; [Options] and [Pair] say what it takes and gives.
//
//	pair, err := arrays.Read("val_logits.npy", "val_labels.npy", arrays.Options{})
//	part, err := posthoc.NewLogits(pair.Classes, pair.Logits, pair.Labels)
//
// # What is refused
//
// Errors name the file, the place and what would be right: wrong shapes, lengths that
// differ, numbers that are not finite, labels out of range, classes with few examples,
// objects (they would have to be unpickled, which can run code), and probabilities where
// logits are wanted. Files come from outside. Memory grows with what is read of them, up
// to [MaxElements] numbers, never with what a header claims.
package arrays
