package data

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"
)

// Checksums of the embedded file (sha256sum) and of what it expands to
// (testdata/independent.py).
const (
	fileSHA256 = "13573e6c0ef45c5ec5c009f5b55d3bee36b579727f5a48ec8cbba7ac907ac119"
	rawSHA256  = "060ee4ff60f4877ffc0b273ead8ad8dbe4e6f4f3862897de391a74b29f49cd45"
)

func open(t testing.TB) *Dataset {
	t.Helper()
	ds, err := Open(Source{Kind: "embedded"})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func TestEmbeddedFile(t *testing.T) {
	sum := sha256.Sum256(sampleFile)
	if got := hex.EncodeToString(sum[:]); got != fileSHA256 {
		t.Errorf("fashion/sample.gz has SHA-256 %s; want %s", got, fileSHA256)
	}
}

func TestProvenanceHasTheChecksums(t *testing.T) {
	text, err := os.ReadFile("fashion/PROVENANCE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fileSHA256, rawSHA256, "561,424 bytes", "dataset-fashion-mnist", "git20200523.55506a9-1"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("PROVENANCE.md does not say %s", want)
		}
	}
	license, err := os.ReadFile("fashion/LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(license), "Zalando SE") || !strings.Contains(string(license), "Permission is hereby granted") {
		t.Error("fashion/LICENSE is not the notice of Fashion-MNIST")
	}
}

func TestOpenEmbedded(t *testing.T) {
	ds := open(t)
	wantClasses := []string{
		"T-shirt", "Trouser", "Pullover", "Dress", "Coat",
		"Sandal", "Shirt", "Sneaker", "Bag", "Boot",
	}
	if !slices.Equal(ds.Classes, wantClasses) {
		t.Errorf("classes %v; want %v", ds.Classes, wantClasses)
	}
	if ds.Source != "embedded" || ds.Title != "Fashion-MNIST sample" {
		t.Errorf("source %q, title %q", ds.Source, ds.Title)
	}
	if !slices.Equal(ds.Shape, []int{1, 14, 14}) || ds.Features() != 196 {
		t.Errorf("shape %v, %d features; want 1, 14, 14 and 196", ds.Shape, ds.Features())
	}
	// From testdata/independent.py.
	if want := "873058ead5ab32529201f722007f05bb80da094597fed48717acfb42614655c3"; ds.Fingerprint != want {
		t.Errorf("fingerprint %s; want %s", ds.Fingerprint, want)
	}
	for _, p := range []struct {
		name     string
		part     Part
		perClass int
		levels   int64 // sum, from testdata/independent.py
	}{{"train", wholeOf(ds.Train), 600, 5060657}, {"test", wholeOf(ds.Test), 400, 3350555}} {
		for c, n := range p.part.Counts(10) {
			if n != p.perClass {
				t.Errorf("%s has %d of class %d; want %d", p.name, n, c, p.perClass)
			}
		}
		if len(p.part.X) != 196*p.part.Len() {
			t.Fatalf("%s has %d numbers for %d examples", p.name, len(p.part.X), p.part.Len())
		}
		var sum int64
		for i, x := range p.part.X {
			level := int64(x*15 + 0.5)
			if x != float32(level)/15 || level < 0 || level > 15 {
				t.Fatalf("%s: number %d is %v; want a multiple of 1/15 in [0, 1]", p.name, i, x)
			}
			sum += level
		}
		if sum != p.levels {
			t.Errorf("%s: levels sum to %d; want %d", p.name, sum, p.levels)
		}
	}
}

// The first official training example is an ankle boot; as text it looks like
// one, which is how a mirrored or transposed image would be seen.
func TestEmbeddedImagesAreUpright(t *testing.T) {
	ds := open(t)
	if ds.Classes[ds.Train.Y[0]] != "Boot" {
		t.Fatalf("the first example is a %s; want a Boot", ds.Classes[ds.Train.Y[0]])
	}
	row := rowOf(ds.Train.gather([]int{0}), 0)
	ink := func(y0, y1, x0, x1 int) (sum float32) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				sum += row[y*14+x]
			}
		}
		return sum
	}
	shaft, toeTop := ink(2, 7, 7, 14), ink(2, 7, 0, 6)
	sole, sky := ink(9, 12, 0, 14), ink(0, 3, 0, 14)
	if shaft < 3*toeTop || sole < 3*sky {
		t.Errorf("shaft %v above the toes %v, sole %v below the sky %v: not an upright boot with its toes left", shaft, toeTop, sole, sky)
	}
}

func TestOpenSharesNoHeader(t *testing.T) {
	a, b := open(t), open(t)
	a.Title = "changed"
	if b.Title == "changed" || open(t).Title == "changed" {
		t.Error("changing one opened dataset changes another")
	}
	if &a.Train.bytes[0] != &b.Train.bytes[0] {
		t.Error("the sample is decoded more than once")
	}
}
