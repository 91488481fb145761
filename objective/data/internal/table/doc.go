// Package table reads labelled tables from CSV text (RFC 4180): a header line
// with the columns' names, a column with the classes, every other column a
// feature that is a number or, if it is asked for, a category.
//
// It knows neither files nor parts: package data opens what it reads and decides
// what is trained on. Nothing is guessed from the content but what the caller
// asks for: a text where a number must be is an error with its place.
//
// Start with [Learn], which reads a training part and finds out its classes and
// categories, and [Read], which reads another part by them:
//
//	train, err := table.Learn(file, "letter_train.csv", table.Options{Label: "label"})
//	test, err := table.Read(file, "letter_test.csv", train.Schema)
//	// train.X holds len(train.Y) rows of train.Schema.Width() numbers
//
// Errors begin with NAME:LINE or NAME:LINE:COLUMN; lines count from 1, columns
// are bytes of the line from 1, as editors and compilers count them.
package table
