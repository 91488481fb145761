package data

import (
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"strconv"

	"evenkeel/objective/data/internal/idx"
)

// openIDX reads a folder in the layout of MNIST. Classes are the labels of the
// training part in ascending order, named by their numbers. Pixels b become
// b/255. Without test files there is no test part. The fingerprint covers the
// decompressed content, so a file may be compressed or not.
func openIDX(src Source) (*Dataset, error) {
	if err := folder(src.Path); err != nil {
		return nil, err
	}
	train, err := readIDX(src.Path, "train")
	if err != nil {
		return nil, err
	}
	if train == nil {
		return nil, fmt.Errorf("%s has no train-images-idx3-ubyte (also train-images.idx3-ubyte, and either with .gz); want the files of the MNIST layout", src.Path)
	}
	test, err := readIDX(src.Path, "t10k")
	if err != nil {
		return nil, err
	}
	ds := &Dataset{Source: src.String(), Title: baseName(src.Path), Shape: []int{1, train.Height, train.Width}}
	var known [256]bool
	for _, label := range train.Labels {
		known[label] = true
	}
	var class [256]int // of each label; -1 for none
	for label := range class {
		class[label] = -1
		if known[label] {
			class[label] = len(ds.Classes)
			ds.Classes = append(ds.Classes, strconv.Itoa(label))
		}
	}
	h := newFingerprint("idx images, preparation 1")
	if ds.Train, err = train.examples(class, h); err != nil {
		return nil, err
	}
	if test != nil {
		if test.Height != train.Height || test.Width != train.Width {
			return nil, fmt.Errorf("%s has images of %d x %d pixels, %s of %d x %d; want one size",
				test.imageFile, test.Height, test.Width, train.imageFile, train.Height, train.Width)
		}
		if ds.Test, err = test.examples(class, h); err != nil {
			return nil, err
		}
	}
	ds.Fingerprint = sum(h)
	return ds, nil
}

// idxPart is one part of the layout and the files it was read from.
type idxPart struct {
	*idx.Set
	imageFile, labelFile string
}

// examples turns labels into classes and adds the part to the fingerprint.
func (p *idxPart) examples(class [256]int, h hash.Hash) (Examples, error) {
	fmt.Fprintf(h, "%d %d %d\n", len(p.Labels), p.Height, p.Width)
	h.Write(p.Labels)
	h.Write(p.Pixels)
	y := make([]uint16, len(p.Labels))
	for i, label := range p.Labels {
		if class[label] < 0 {
			return Examples{}, fmt.Errorf("%s: byte %d: label %d is not in the training part", p.labelFile, idx.LabelsStart+i, label)
		}
		y[i] = uint16(class[label])
	}
	return Examples{Y: y, bytes: p.Pixels, levels: pixelLevels}, nil
}

// readIDX reads the part whose file names begin with the prefix, "train" or
// "t10k"; nil if it has no file at all.
func readIDX(dir, prefix string) (*idxPart, error) {
	p := &idxPart{imageFile: findIDX(dir, prefix, "images", 3), labelFile: findIDX(dir, prefix, "labels", 1)}
	switch {
	case p.imageFile == "" && p.labelFile == "":
		return nil, nil
	case p.imageFile == "":
		return nil, fmt.Errorf("%s has no images to go with it; want %s-images-idx3-ubyte beside it", p.labelFile, prefix)
	case p.labelFile == "":
		return nil, fmt.Errorf("%s has no labels to go with it; want %s-labels-idx1-ubyte beside it", p.imageFile, prefix)
	}
	err := reading(p.imageFile, func(f *os.File) (err error) {
		p.Set, err = idx.ReadImages(f)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = reading(p.labelFile, func(f *os.File) (err error) {
		p.Labels, err = idx.ReadLabels(f)
		return err
	})
	if err != nil {
		return nil, err
	}
	if n := len(p.Pixels) / (p.Height * p.Width); n != len(p.Labels) {
		return nil, fmt.Errorf("%s has %d images but %s %d labels; want one label an image", p.imageFile, n, p.labelFile, len(p.Labels))
	}
	return p, nil
}

// findIDX returns the path of a file of the layout, "" if it is not there.
func findIDX(dir, prefix, what string, dims int) string {
	for _, separator := range []string{"-", "."} {
		for _, suffix := range []string{"", ".gz"} {
			path := filepath.Join(dir, fmt.Sprintf("%s-%s%sidx%d-ubyte%s", prefix, what, separator, dims, suffix))
			if exists(path) {
				return path
			}
		}
	}
	return ""
}
