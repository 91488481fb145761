// Package idx reads the IDX files in which MNIST and its relatives are
// published: a big-endian header (two zero bytes, an element type, the number
// of dimensions, one 32-bit size a dimension), then the elements row by row.
//
// Only the two kinds that image classification sets use are read: images
// (unsigned bytes, 3 dimensions: example, row, column) and labels (unsigned
// bytes, 1 dimension). Files may be compressed with gzip or plain; which is
// seen from their first bytes, not from their names.
//
// It is not a source of datasets: it knows neither class names nor splits.
// Start with [ReadSet], which reads an image file and its label file:
//
//	set, err := idx.ReadSet(imageFile, labelFile)
//	// set.Pixels holds len(set.Labels) images of set.Height x set.Width bytes
//
// The format is described at the end of Yann LeCun's page "The MNIST database
// of handwritten digits".
package idx
