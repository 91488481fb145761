//go:build integration

package data

import (
	"math"
	"slices"
	"testing"

	"evenkeel/objective/data/internal/fashion"
)

// The official files of Fashion-MNIST, as Debian's package dataset-fashion-mnist
// installs them; without it this test fails. Its README gives the sizes; mean
// .2860 and deviation .3530 of the training pixels are what its users normalise
// by.
func TestOpenFashionMNIST(t *testing.T) {
	ds := mustOpen(t, Source{Kind: "idx", Path: fashion.DefaultDir})
	if !slices.Equal(ds.Shape, []int{1, 28, 28}) || len(ds.Classes) != 10 || ds.Classes[9] != "9" || ds.Train.Y[0] != 9 {
		t.Errorf("shape %v, classes %v, first label %d; want 28 x 28, 0 to 9, an ankle boot", ds.Shape, ds.Classes, ds.Train.Y[0])
	}
	for c := range 10 {
		if train, test := ds.Train.counts(10)[c], ds.Test.counts(10)[c]; train != 6000 || test != 1000 {
			t.Errorf("class %d has %d and %d examples; want 6000 and 1000", c, train, test)
		}
	}
	r := ds.Ranges()[0]
	if r.Name != "grey" || r.Min != 0 || r.Max != 1 || math.Abs(r.Mean-0.2860) > 5e-5 || math.Abs(r.StdDev-0.3530) > 5e-5 {
		t.Errorf("pixels %+v; want mean .2860, deviation .3530", r)
	}
}
