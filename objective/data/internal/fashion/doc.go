// Package fashion makes and reads the sample of Fashion-MNIST that is built
// into the program: 600 training and 400 test images of each of the 10
// classes, 14 x 14 pixels, 16 grey levels.
//
// [Build] makes the sample from the four official files, whose checksums it
// verifies; [Decode] reads it back; [Whole] reduces all official images in the
// same way. The sample's only other use is package
// data, which turns levels into numbers and embeds the file. Nothing here
// splits or trains.
//
// # From 28 x 28 to 14 x 14
//
// shrink.go has the exact rule. In integers, for the four pixels p of a 2 x 2
// block, each 0 to 255:
//
//	mean  = (p0 + p1 + p2 + p3 + 2) / 4   rounded half up, 0 to 255
//	level = (mean + 8) / 17               nearest of 0, 17, .. 255; 0 to 15
//
// where / drops the remainder. 17 is odd, so the second rounding has no ties.
//
// # The file
//
// A gzip stream of exactly Size bytes:
//
//	labels of the training part   1 byte an example, 0 to 9
//	labels of the test part       likewise
//	images of the training part   98 bytes an example
//	images of the test part       likewise
//
// Examples keep the order of the official files. Each image is stored column
// by column, a byte for two pixels that lie one above the other, the upper one
// in the high half. Columns rather than rows make the compressed file 7 %
// smaller (clothes are taller than wide: 549 against 592 kB of deflate).
//
//	raw, err := fashion.Build("/usr/share/datasets/fashion-mnist")
//	file, err := fashion.Compress(raw)
//	sample, err := fashion.Decode(file, fashion.Embedded)
package fashion
