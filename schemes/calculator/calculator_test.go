package calculator_test

import (
	"math"
	"strings"
	"testing"

	"evenkeel/schemes"
	"evenkeel/schemes/calculator"
)

// TestWeights compares with figures worked out by hand.
func TestWeights(t *testing.T) {
	half := []float64{0.5, 0.75}
	for _, c := range []struct {
		name    string
		request calculator.Request
		want    [2]float64
	}{
		{"errors .5 and .25, to a sum of 1", calculator.Request{Scheme: "error-power", Set: []string{"exponent=1"}, Normalize: schemes.NormalizeSum}, [2]float64{2. / 3, 1. / 3}},
		{"the same at mean 1", calculator.Request{Scheme: "error-power", Set: []string{"exponent=1"}}, [2]float64{4. / 3, 2. / 3}},
		{"a formula", calculator.Request{Formula: "(mean / x) ** k", Set: []string{"k=2"}, Normalize: schemes.NormalizeNone}, [2]float64{1.5625, 0.625 * 0.625 / 0.5625}},
		{"a ratio of e", calculator.Request{Formula: "x ** -k", Set: []string{"strength=1", "strength_of=k"}, Normalize: schemes.NormalizeMax}, [2]float64{1, 1 / math.E}},
	} {
		c.request.Recalls = half
		got, err := c.request.Weights()
		if err != nil || len(got) != 2 || math.Abs(got[0]-c.want[0]) > 1e-12 || math.Abs(got[1]-c.want[1]) > 1e-12 {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
	}
}

// TestWrongRequests: an error says what would be right.
func TestWrongRequests(t *testing.T) {
	for want, r := range map[string]calculator.Request{
		"neither --scheme nor --formula":      {},
		"both --scheme and --formula":         {Scheme: "uniform", Formula: "1/x"},
		"want mean, sum, max or none":         {Scheme: "uniform", Normalize: schemes.NormalizeSupport},
		"--set k=2: k is set twice":           {Formula: "x * k", Set: []string{"k=1", "k=2"}},
		"--set k=a: \"a\" is not a finite":    {Formula: "x * k", Set: []string{"k=a"}},
		"--set k: want NAME=VALUE":            {Formula: "x * k", Set: []string{"k"}},
		"both strength and exponent are set":  {Scheme: "mean-ratio", Set: []string{"exponent=2", "strength=1"}},
		"strength is ln(max w / min w); want": {Scheme: "mean-ratio", Set: []string{"strength=-1"}},
	} {
		r.Recalls = []float64{0.5, 0.75}
		if w, err := r.Weights(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, %v; want an error that says %q", r, w, err, want)
		}
	}
}
