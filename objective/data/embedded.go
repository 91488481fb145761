package data

import (
	"crypto/sha256"
	_ "embed" // for the sample
	"encoding/hex"
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
		Source: "embedded",
		Title:  "Fashion-MNIST sample",
		Classes: []string{
			"T-shirt", "Trouser", "Pullover", "Dress", "Coat",
			"Sandal", "Shirt", "Sneaker", "Bag", "Boot",
		},
		Shape:       []int{1, fashion.Side, fashion.Side},
		Train:       prepare(s.Train),
		Test:        prepare(s.Test),
		Fingerprint: hex.EncodeToString(h.Sum(nil)),
	}, nil
})

// prepare returns a part with levels 0 to 15 as numbers level/15, in [0, 1].
func prepare(p fashion.Part) Part {
	out := Part{X: make([]float32, len(p.Levels)), Y: make([]uint16, len(p.Labels))}
	for i, level := range p.Levels {
		out.X[i] = float32(level) / (fashion.Levels - 1)
	}
	for i, c := range p.Labels {
		out.Y[i] = uint16(c)
	}
	return out
}
