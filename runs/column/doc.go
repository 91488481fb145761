// Package column writes lists, epochs, classes and logits into columns of the trial
// history, and reads them back to the bit. Lists of numbers are JSON, so that SQL can
// read them; one number for each example is a blob in one of numpy's formats.
//
// Each pair of functions has one name: [Floats] writes what [ParseFloats] reads.
package column
