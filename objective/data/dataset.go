package data

// Dataset is a labelled set of examples from one source, before splitting.
type Dataset struct {
	// Source is the text it was opened from, such as "embedded".
	Source string
	// Title is a short human name, such as "Fashion-MNIST sample".
	Title string
	// Classes are the class names; labels index them.
	Classes []string
	// Shape is channels, height, width for images and {features} for tables.
	Shape []int
	// Train is the training part, from which validation is held out. Test is
	// the source's own test part; it is empty if the source has none.
	Train, Test Part
	// Fingerprint is the hex SHA-256 over the raw examples and the preparation
	// version: it changes when the numbers a trainer sees could change.
	Fingerprint string
}

// Part is a set of examples: X holds len(Y) rows of Features() numbers, row by
// row (channel, height, width for images); Y holds the true classes.
type Part struct {
	X []float32
	Y []uint16
}

// Len returns the number of examples.
func (p Part) Len() int { return len(p.Y) }

// Splits are the three parts a study works with. The test part is sealed: only
// OpenTest reads it, and only a confirmation asks.
type Splits struct {
	Dataset    *Dataset
	Train, Val Part
	test       Part
}
