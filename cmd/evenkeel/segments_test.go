package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// writeSegments writes a table of the kind that the UCI repository has many of:
// 2,000 rows, 7 classes, 19 features on scales from 0.01 to 10,000, one of them
// constant. Classes are Gaussian clouds; the last two lie close together, so that
// their recalls are worse than the others'. usage: segments FILE.
func writeSegments(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: segments FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(segments()), 0o600))
}

// segments returns the table, the same at every call.
func segments() string {
	const rows, features, constant = 2000, 19, 2
	classes := []string{"brickface", "cement", "foliage", "grass", "path", "sky", "window"}
	rng := rand.New(rand.NewPCG(7, 19))
	centres := make([][]float64, len(classes))
	for c := range centres {
		centres[c] = make([]float64, features)
		for j := range centres[c] {
			centres[c][j] = 1.5 * rng.NormFloat64()
			if c == len(classes)-1 {
				centres[c][j] = centres[c-1][j] + 0.35*rng.NormFloat64()
			}
		}
	}
	var b strings.Builder
	for j := range features {
		fmt.Fprintf(&b, "f%d,", j)
	}
	b.WriteString("label\n")
	for i := range rows {
		c := i % len(classes)
		scale := 0.01
		for j := range features {
			if j == constant {
				b.WriteString("9,")
				continue
			}
			fmt.Fprintf(&b, "%.5g,", scale*(centres[c][j]+rng.NormFloat64()))
			scale *= 2.2 // to 10,000 over 18 columns
		}
		b.WriteString(classes[c] + "\n")
	}
	return b.String()
}
