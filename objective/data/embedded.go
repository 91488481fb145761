package data

import (
	"crypto/sha256"
	_ "embed" // for the sample
	"encoding/hex"
	"fmt"
	"sync"

	"evenkeel/objective/data/internal/fashion"
)

//go:generate go run ./samplegen

// sampleFile is the compressed sample; fashion/PROVENANCE.md says where it
// comes from.
//
//go:embed fashion/sample.gz
var sampleFile []byte

// embeddedPreparation goes into the fingerprint before the uncompressed
// sample. Its number changes when the numbers made of the same bytes do.
const embeddedPreparation = "evenkeel data: fashion sample, preparation 1\n"

// embedded returns the embedded sample, decoded once.
var embedded = sync.OnceValues(func() (*Dataset, error) {
	s, err := fashion.Decode(sampleFile, fashion.Embedded)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write([]byte(embeddedPreparation))
	h.Write(s.Raw)
	return &Dataset{
		Source:      "embedded",
		Title:       "Fashion-MNIST sample",
		Classes:     fashionClasses(),
		Shape:       []int{1, fashion.Side, fashion.Side},
		Train:       prepare(s.Train),
		Test:        prepare(s.Test),
		Fingerprint: hex.EncodeToString(h.Sum(nil)),
	}, nil
})

// fashionClasses are the names of the classes of Fashion-MNIST.
func fashionClasses() []string {
	return []string{
		"T-shirt", "Trouser", "Pullover", "Dress", "Coat",
		"Sandal", "Shirt", "Sneaker", "Bag", "Boot",
	}
}

// FashionDir is where Debian's package dataset-fashion-mnist puts the official
// files of Fashion-MNIST.
const FashionDir = fashion.DefaultDir

// WholeFashion returns all 70,000 images of Fashion-MNIST from the official files
// in dir, reduced exactly as the images of the embedded sample are, for samples
// drawn again ([Dataset.Draw]). It fails if a file is missing or not the official one.
func WholeFashion(dir string) (*Dataset, error) {
	train, test, err := fashion.Whole(dir)
	if err != nil {
		return nil, err
	}
	h := newFingerprint("whole fashion, preparation 1")
	for _, p := range []fashion.Part{train, test} {
		h.Write(p.Labels)
		h.Write(p.Levels)
	}
	return &Dataset{
		Source: "fashion:" + dir, Title: "Fashion-MNIST, reduced", Classes: fashionClasses(),
		Shape: []int{1, fashion.Side, fashion.Side}, Train: prepare(train), Test: prepare(test), Fingerprint: sum(h),
	}, nil
}

// sampleLevels are the values of the levels 0 to 15: level/15.
var sampleLevels = levelsUpTo(fashion.Levels - 1)

// prepare returns a part of the sample, whose numbers are in [0, 1].
func prepare(p fashion.Part) Examples {
	return Examples{Y: widen(p.Labels), bytes: p.Levels, levels: sampleLevels}
}

// widen returns labels that were read as bytes.
func widen(labels []byte) []uint16 {
	y := make([]uint16, len(labels))
	for i, c := range labels {
		y[i] = uint16(c)
	}
	return y
}

// openEmbedded returns the embedded sample.
func openEmbedded(Source) (*Dataset, error) {
	ds, err := embedded()
	if err != nil {
		return nil, fmt.Errorf("source embedded: %w", err)
	}
	d := *ds
	return &d, nil
}
