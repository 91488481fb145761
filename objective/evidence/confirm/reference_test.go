package confirm

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"evenkeel/objective"
)

// reference is what numpy and scipy computed, see testdata/reference.py.
type reference struct {
	Labels   []uint16      `json:"labels"`
	A        [][]uint16    `json:"a"`
	B        [][]uint16    `json:"b"`
	PlainA   float64       `json:"plain_a"`
	PlainB   float64       `json:"plain_b"`
	Spread   referenceOf   `json:"spread"`
	SmoothSE float64       `json:"smooth_se"`
	Balance  referenceOf   `json:"balanced"`
	Classes  []referenceOf `json:"classes"`
}

type referenceOf struct {
	A, B, Estimate, SE, Freedom, Low, High, P, Measurable, Bound float64
	SeedVariance                                                 float64 `json:"seed_variance"`
	SharedVariance                                               float64 `json:"image_variance"`
	SignFlip                                                     float64 `json:"sign_flip"`
}

func readReference(t testing.TB) reference {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// compare measures and compares, or ends the test.
func compare(t testing.TB, classes int, labels []uint16, a, b [][]uint16, f objective.Spread) Comparison {
	t.Helper()
	sample, err := NewSample(classes, labels)
	if err != nil {
		t.Fatal(err)
	}
	ma, err := sample.Measure(a)
	if err != nil {
		t.Fatal(err)
	}
	mb, err := sample.Measure(b)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Compare(ma, mb, f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// holds compares a difference with the reference.
func holds(t *testing.T, what string, got Difference, want referenceOf) {
	t.Helper()
	for _, v := range []struct {
		name      string
		got, want float64
	}{
		{"A", got.A, want.A},
		{"B", got.B, want.B},
		{"Estimate", got.Estimate, want.Estimate},
		{"SE", got.SE, want.SE},
		{"Freedom", got.Freedom, want.Freedom},
		{"Low", got.Low, want.Low},
		{"High", got.High, want.High},
		{"PValue", got.PValue, want.P},
		{"Measurable", got.Measurable, want.Measurable},
		{"SeedVariance", got.SeedVariance, want.SeedVariance},
		{"SharedVariance", got.SharedVariance, want.SharedVariance},
		{"SignFlip", got.SignFlip(), want.SignFlip},
	} {
		if !(math.Abs(v.got-v.want) <= 1e-8*math.Abs(v.want)+1e-15) {
			t.Errorf("%s: %s = %.12g; want %.12g", what, v.name, v.got, v.want)
		}
	}
}

// TestAgainstScipy compares with testdata/reference.json, where the standard error
// of the spread is the sum of seeds and images, and that of balanced accuracy the
// image variance of the mean.
func TestAgainstScipy(t *testing.T) {
	r := readReference(t)
	c := compare(t, 4, r.Labels, r.A, r.B, objective.StdDev)
	holds(t, "spread", c.Spread, r.Spread)
	holds(t, "balanced accuracy", c.BalancedAccuracy, r.Balance)
	for k, want := range r.Classes {
		got := c.Classes[k]
		if math.Abs(got.A-want.A) > 1e-12 || math.Abs(got.B-want.B) > 1e-12 || math.Abs(got.Estimate-want.Estimate) > 1e-12 {
			t.Errorf("class %d: %+v; want %+v", k, got, want)
		}
	}
	if math.Abs(c.Plain.A-r.PlainA) > 1e-12 || math.Abs(c.Plain.B-r.PlainB) > 1e-12 {
		t.Errorf("plain spreads %v, %v; want %v, %v", c.Plain.A, c.Plain.B, r.PlainA, r.PlainB)
	}
	if c.Spread.SE*c.Spread.SE > c.Spread.SeedVariance/7+c.Spread.SharedVariance+1e-12 ||
		c.BalancedAccuracy.SE*c.BalancedAccuracy.SE < c.BalancedAccuracy.SeedVariance/7+c.BalancedAccuracy.SharedVariance+1e-12 {
		t.Error("the reference no longer has both kinds of standard error")
	}
	// Differences at the scale of the noise are not the derivative, but near it.
	if math.Abs(c.Spread.SE-r.SmoothSE) > 0.05*r.SmoothSE {
		t.Errorf("standard error %v; with the derivative it is %v", c.Spread.SE, r.SmoothSE)
	}
	d := c.Tolerance(0.01)
	if math.Abs(d.High+r.Balance.Estimate-r.Balance.Bound) > 1e-9 || math.Abs(d.Low+r.Balance.Estimate+r.Balance.Bound) > 1e-9 {
		t.Errorf("bounds %v and %v; want %v ± %v", d.Low, d.High, -r.Balance.Estimate, r.Balance.Bound)
	}
}
