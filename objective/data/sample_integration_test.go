//go:build integration

package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
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
