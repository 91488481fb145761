package fashion

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"evenkeel/objective/data/internal/idx"
)

// DefaultDir is where Debian's package dataset-fashion-mnist puts the files.
const DefaultDir = "/usr/share/datasets/fashion-mnist"

// official are the four files and their SHA-256, as Debian's package
// dataset-fashion-mnist 0.0~git20200523.55506a9-1 installs them. The README of
// Fashion-MNIST gives the MD5 of the same files.
var official = [...]struct{ name, sha256 string }{
	{"train-images-idx3-ubyte.gz", "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7"},
	{"train-labels-idx1-ubyte.gz", "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056"},
	{"t10k-images-idx3-ubyte.gz", "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa"},
	{"t10k-labels-idx1-ubyte.gz", "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05"},
}

// Build returns the uncompressed sample, made from the official files in dir.
// It fails if one is missing or has another checksum.
func Build(dir string) ([]byte, error) {
	train, test, err := read(dir)
	if err != nil {
		return nil, err
	}
	return encode(train, test, Embedded)
}

// Whole returns all images of the official files in dir, 60,000 for training and
// 10,000 for testing, reduced as those of the sample are. It fails as [Build] does.
func Whole(dir string) (train, test Part, err error) {
	trainSet, testSet, err := read(dir)
	if err != nil {
		return train, test, err
	}
	if err := errors.Join(checkSize("training", trainSet), checkSize("test", testSet)); err != nil {
		return train, test, err
	}
	return reduce(trainSet, upTo(len(trainSet.Labels))), reduce(testSet, upTo(len(testSet.Labels))), nil
}

// upTo returns 0, 1, .. n-1.
func upTo(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	return x
}

// read returns the official files in dir, once their checksums are right.
func read(dir string) (train, test *idx.Set, err error) {
	var files [len(official)][]byte
	for i, f := range official {
		path := filepath.Join(dir, f.name)
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, fmt.Errorf("official file (Debian's package dataset-fashion-mnist installs it in %s): %w", DefaultDir, err)
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != f.sha256 {
			return nil, nil, fmt.Errorf("%s has SHA-256 %x; want the official file, %s", path, sum, f.sha256)
		}
		files[i] = b
	}
	train, err = idx.ReadSet(bytes.NewReader(files[0]), bytes.NewReader(files[1]))
	if err != nil {
		return nil, nil, fmt.Errorf("official training files: %w", err)
	}
	test, err = idx.ReadSet(bytes.NewReader(files[2]), bytes.NewReader(files[3]))
	if err != nil {
		return nil, nil, fmt.Errorf("official test files: %w", err)
	}
	return train, test, nil
}

// encode returns the uncompressed sample of the first examples of each class.
func encode(train, test *idx.Set, l Layout) ([]byte, error) {
	var labels, images []byte
	for _, part := range []struct {
		name     string
		set      *idx.Set
		perClass int
	}{{"training", train, l.Train}, {"test", test, l.Test}} {
		if err := checkSize(part.name, part.set); err != nil {
			return nil, err
		}
		chosen, err := firstOfEachClass(part.set.Labels, part.perClass)
		if err != nil {
			return nil, fmt.Errorf("%s labels: %w", part.name, err)
		}
		reduced := reduce(part.set, chosen)
		labels = append(labels, reduced.Labels...)
		for i := range chosen {
			images = pack(images, (*[Side * Side]byte)(reduced.Levels[i*Side*Side:]))
		}
	}
	return append(labels, images...), nil
}

// checkSize says whether the images have another size than the official ones.
func checkSize(name string, set *idx.Set) error {
	if set.Height != officialSide || set.Width != officialSide {
		return fmt.Errorf("%s images of %d x %d pixels; want %d x %d", name, set.Height, set.Width, officialSide, officialSide)
	}
	return nil
}

// reduce returns the chosen examples of a set of official images as the sample
// has them.
func reduce(set *idx.Set, chosen []int) Part {
	p := Part{Labels: make([]byte, 0, len(chosen)), Levels: make([]byte, 0, len(chosen)*Side*Side)}
	for _, i := range chosen {
		levels := shrink(set.Image(i))
		p.Labels = append(p.Labels, set.Labels[i])
		p.Levels = append(p.Levels, levels[:]...)
	}
	return p
}

// firstOfEachClass returns the indices, ascending, of the first n examples of
// each class.
func firstOfEachClass(labels []byte, n int) ([]int, error) {
	var counts [Classes]int
	chosen := make([]int, 0, n*Classes)
	for i, c := range labels {
		if c >= Classes {
			return nil, fmt.Errorf("example %d is of class %d; want 0 to %d", i, c, Classes-1)
		}
		if counts[c] < n {
			counts[c]++
			chosen = append(chosen, i)
		}
	}
	for c, have := range counts {
		if have < n {
			return nil, fmt.Errorf("%d examples of class %d; want at least %d", have, c, n)
		}
	}
	return chosen, nil
}

// Compress returns raw as a gzip stream without name or time, at the best
// level. The bytes are the same on every machine, though another release of Go
// may compress differently; what they expand to never changes.
func Compress(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(raw); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
