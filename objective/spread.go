package objective

import (
	"fmt"
	"math"
	"slices"

	"evenkeel/schemes"
)

// Spread names a measure of how uneven the per-class recalls of one run are.
// Smaller is better and 0 is even (for [Worst] and [GMean]: even and perfect).
type Spread string

// The spreads. In the formulas r are the recalls of the K classes that have
// examples, and r̄ is their mean.
const (
	// StdDev is the population standard deviation, sqrt(mean((r - r̄)^2)): the
	// default, because every class counts in it and noise the least.
	StdDev Spread = "stddev"
	// Gap is max(r) - min(r).
	Gap Spread = "gap"
	// CV is the coefficient of variation, stddev / r̄.
	CV Spread = "cv"
	// Gini is the Gini coefficient, sum over all ordered pairs of
	// abs(r_i - r_j), over 2 K^2 r̄.
	Gini Spread = "gini"
	// Worst is 1 - min(r).
	Worst Spread = "worst"
	// GMean is 1 - the geometric mean of r.
	GMean Spread = "gmean"
)

// spreads describes every measure, in the order in which they are shown: what its
// figures are, the measure, the value that stands for "undefined" with a number of
// classes (see [Spread.Of]), and whether it averages over classes ([Spread.Averages]).
var spreads = []struct {
	name      Spread
	text      string
	of        func(sorted []float64) float64
	undefined func(classes int) float64
	averages  bool
}{
	{StdDev, "stddev of the recalls", stdDev, func(int) float64 { return 0.5 }, true},
	{Gap, "largest recall - smallest", gap, one, false},
	{CV, "stddev of the recalls / their mean", cv, func(classes int) float64 { return math.Sqrt(float64(max(classes-1, 1))) }, true},
	{Gini, "gini of the recalls", gini, one, true},
	{Worst, "1 - the worst recall", worst, one, false},
	{GMean, "1 - gmean of the recalls", gmean, one, false},
}

func one(int) float64 { return 1 }

// Spreads returns all measures, the default first.
func Spreads() []Spread {
	names := make([]Spread, len(spreads))
	for i, s := range spreads {
		names[i] = s.name
	}
	return names
}

// Text says what the figures of the measure are, as "largest recall - smallest";
// empty for an unknown one.
func (s Spread) Text() string {
	if i := s.index(); i >= 0 {
		return spreads[i].text
	}
	return ""
}

// Averages reports whether the measure averages over classes, so that noise in the
// recalls makes it larger as it makes their variance larger; false where single classes
// decide, and for an unknown measure.
func (s Spread) Averages() bool {
	i := s.index()
	return i >= 0 && spreads[i].averages
}

// index returns the place of s in spreads; -1 if it is not there.
func (s Spread) index() int {
	for i := range spreads {
		if spreads[i].name == s {
			return i
		}
	}
	return -1
}

// Of returns the spread of the recalls of one run, one entry per class, each
// from 0 to 1. Smaller is better. A recall that is NaN belongs to a class
// without examples and is left out. The order of the classes does not matter,
// not even for the last bit.
//
// Special cases: one class has gap, stddev, cv and gini 0; equal recalls have
// them exactly 0; gmean is 1 as soon as one recall is 0; where the measure is
// undefined (no class has examples; cv and gini when every recall is 0) the result
// is never NaN but a value that no defined one is above, by the number of classes K:
//
//	stddev 0.5    half of the recalls 0, half 1
//	gap    1
//	cv     sqrt(K - 1), at least 1: one class recognised, all others never
//	gini   1      approached as (K-1)/K, likewise
//	worst  1
//	gmean  1
//
// Of neither keeps nor changes recall. It panics if s is not one of [Spreads].
func (s Spread) Of(recall []float64) float64 {
	i := s.index()
	if i < 0 {
		panic(fmt.Sprintf("objective: unknown spread %q", string(s)))
	}
	sorted := make([]float64, 0, len(recall))
	for _, r := range recall {
		if !math.IsNaN(r) {
			sorted = append(sorted, r)
		}
	}
	slices.Sort(sorted)
	if len(sorted) > 0 {
		if v := spreads[i].of(sorted); !math.IsNaN(v) {
			return v
		}
	}
	return spreads[i].undefined(len(recall))
}

// The measures below take at least one recall, ascending. Products are rounded
// before they are added, so that no compiler fuses the two.

// meanOf anchors the sum at the smallest entry: equal entries have that mean exactly.
func meanOf(sorted []float64) float64 {
	var sum float64
	for _, r := range sorted {
		sum += r - sorted[0]
	}
	return sorted[0] + sum/float64(len(sorted))
}

func stdDev(sorted []float64) float64 {
	mean := meanOf(sorted)
	var sum float64
	for _, r := range sorted {
		sum += float64((r - mean) * (r - mean))
	}
	return math.Sqrt(sum / float64(len(sorted)))
}

func gap(sorted []float64) float64 { return sorted[len(sorted)-1] - sorted[0] }

func cv(sorted []float64) float64 { return stdDev(sorted) / meanOf(sorted) }

// gini uses that the gap between neighbours i and i+1 separates i * (K-i) pairs.
func gini(sorted []float64) float64 {
	k := len(sorted)
	var pairs float64
	for i := 1; i < k; i++ {
		pairs += float64(float64(i*(k-i)) * (sorted[i] - sorted[i-1]))
	}
	return pairs / float64(float64(k*k)*meanOf(sorted))
}

func worst(sorted []float64) float64 { return 1 - sorted[0] }

func gmean(sorted []float64) float64 {
	product := 1.0
	for _, r := range sorted {
		product *= schemes.Pow(r, 1/float64(len(sorted)))
	}
	return 1 - product
}
