//go:build integration

package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"slices"
	"testing"

	"evenkeel/objective/data/internal/fashion"
)

// The embedded sample, made again from the official files. There is no way to
// skip this test: without Debian's package dataset-fashion-mnist it fails.
func TestSampleIsReproducible(t *testing.T) {
	raw, err := fashion.Build(fashion.DefaultDir)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	if got := hex.EncodeToString(sum[:]); got != rawSHA256 {
		t.Errorf("uncompressed sample has SHA-256 %s; want %s", got, rawSHA256)
	}
	embedded, err := fashion.Decode(sampleFile, fashion.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, embedded.Raw) {
		t.Error("the embedded sample expands to other bytes")
	}
	again, err := fashion.Compress(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, sampleFile) {
		t.Errorf("compressed, the sample is not the embedded file; if only this fails, "+
			"the compressor of %s is another than that of Go 1.26: run go generate and record the checksum", runtime.Version())
	}
}

// The first 600 and 400 images a class of all images are the embedded sample.
func TestWholeFashionHasTheSample(t *testing.T) {
	whole, err := WholeFashion(FashionDir)
	if err != nil {
		t.Fatal(err)
	}
	sample, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		name          string
		whole, sample Examples
		all, perClass int
	}{{"training", whole.Train, sample.Train, 60000, 600}, {"test", whole.Test, sample.Test, 10000, 400}} {
		if p.whole.Len() != p.all {
			t.Fatalf("%s part of %d images; want %d", p.name, p.whole.Len(), p.all)
		}
		var rows []int
		counts := make([]int, len(whole.Classes))
		for i, c := range p.whole.Y {
			if counts[c] < p.perClass {
				counts[c]++
				rows = append(rows, i)
			}
		}
		got, want := p.whole.gather(rows), wholeOf(p.sample)
		if !slices.Equal(got.Y, want.Y) || !slices.Equal(got.X, want.X) {
			t.Errorf("the %s part of the sample is not what all images begin with", p.name)
		}
	}
}
