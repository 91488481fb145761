// Package cifar reads CIFAR-10 in its binary version: a file is a sequence of
// records, each a byte with the label, 0 to 9, and 3072 bytes with the image,
// 1024 red, then green, then blue, each row by row of 32.
//
// It is not a source of datasets: it knows neither files nor splits. Start with
// [Set], to which batches are added one after the other:
//
//	var s cifar.Set
//	n, err := s.ReadBatch(file) // for each of data_batch_1.bin to data_batch_5.bin
//	names, err := cifar.ReadNames(meta)
//
// Source of the format and of the sums: Alex Krizhevsky's page "The CIFAR-10
// dataset"; the SHA-1 sums of the unpacked files are those that MXNet's Gluon
// data sets check (python/mxnet/gluon/data/vision/datasets.py).
package cifar
