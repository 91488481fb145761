package confirm

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestVerdict takes the rows of the leaderboard's illustration.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		b, estimate, p float64
		want           Verdict
	}{
		{.104, -.025, .003, Better},
		{.086, -.007, .03, SlightlyBetter},
		{.104, -.018, .01, Better},
		{.104, -.018, .06, NoDifference},
		{.104, .018, .06, NoDifference},
		{.104, .002, .04, Worse},
		{.1, -.0100001, .05, Better},
		{.1, 0, 1, NoDifference},
		{.1, -.05, math.NaN(), NoDifference},
	} {
		if got := (Difference{B: c.b, Estimate: c.estimate}).Verdict(c.p); got != c.want {
			t.Errorf("%v against %v at p = %v is %q; want %q", c.estimate, c.b, c.p, got, c.want)
		}
	}
}

// TestTolerance: Student's one-sided 95 % quantile for 9 degrees of freedom is
// 1.833 in every table.
func TestTolerance(t *testing.T) {
	for _, c := range []struct {
		gain, se, tolerance float64
		want                Holding
	}{
		{-.015, .002, .01, NotHeld},
		{-.012, .002, .01, Undecided},
		{-.008, .002, .01, Undecided},
		{-.006, .002, .01, Held},
		{.01, .002, 0, Held},
		{-.01, 0, .01, Held}, // exactly the tolerance, without noise
		{-.0101, 0, .01, NotHeld},
	} {
		d := Comparison{BalancedAccuracy: Difference{Estimate: c.gain, SE: c.se, Freedom: 9}}.Tolerance(c.tolerance)
		if d.Holding != c.want || math.Abs(d.High-d.Drop-1.833*c.se) > 1e-6 || math.Abs(d.Drop-d.Low-1.833*c.se) > 1e-6 {
			t.Errorf("gain %v ± %v, tolerance %v: %+v; want %q", c.gain, c.se, c.tolerance, d, c.want)
		}
	}
}

// TestSignFlip compares with counting by hand.
func TestSignFlip(t *testing.T) {
	for _, c := range []struct {
		d    []float64
		want float64
	}{
		{[]float64{1, 2, 3, 4, 5, 6}, 2.0 / 64}, // only all plus and all minus
		{[]float64{1, 2, 3, 4, 5, -1}, 6.0 / 64},
		{[]float64{1, -1, 1, -1, 1, -1}, 1}, // sum 0
		{[]float64{0, 0, 0, 0, 0, 0}, 1},
		{[]float64{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, 2.0 / 1024},
		{[]float64{.1, .2, .3}, 2.0 / 8}, // .1 + .2 + .3 in another order has other bits
		{[]float64{-.3, -.2, -.1}, 2.0 / 8},
		{nil, 1},
	} {
		if got := signFlip(c.d); got != c.want {
			t.Errorf("signFlip(%v) = %v; want %v", c.d, got, c.want)
		}
	}
}

// TestSignFlipDrawn compares drawn patterns with the binomial tail: of 21, and of
// 70 differences of the same size, P(|heads - tails| >= 7) and P(... >= 20).
func TestSignFlipDrawn(t *testing.T) {
	for _, c := range []struct {
		n, minus int
		want     float64
	}{
		// scipy: 2 * scipy.stats.binom.sf(13, 21, .5), 2 * scipy.stats.binom.sf(44, 70, .5)
		{21, 7, 0.18924713134765625}, {70, 25, 0.022462895492509273},
	} {
		d := make([]float64, c.n)
		for i := range d {
			d[i] = 1
			if i < c.minus {
				d[i] = -1
			}
		}
		if got := signFlip(d); math.Abs(got-c.want) > 4*math.Sqrt(c.want/drawnFlips) {
			t.Errorf("%d differences, %d negative: p = %v; want about %v", c.n, c.minus, got, c.want)
		}
	}
}

// TestGeometricMean compares with values worked out by hand.
func TestGeometricMean(t *testing.T) {
	for _, c := range []struct {
		vectors [][]float64
		want    []float64
	}{
		{[][]float64{{1, 4}, {4, 1}}, []float64{1, 1}},
		{[][]float64{{1, 4}, {1, 1}}, []float64{2.0 / 3, 4.0 / 3}},
		{[][]float64{{1, 4}, {100, 100}}, []float64{2.0 / 3, 4.0 / 3}}, // scale of a vector does not matter
		{[][]float64{{1, 8, 27}, {1, 1, 1}, {1, 1, 1}}, []float64{.5, 1, 1.5}},
		{[][]float64{{1e300, 4e300}, {1e300, 1e300}}, []float64{2.0 / 3, 4.0 / 3}},
	} {
		got, err := GeometricMean(c.vectors)
		if err != nil {
			t.Fatal(err)
		}
		for k := range got {
			if math.Abs(got[k]-c.want[k]) > 1e-14 {
				t.Errorf("GeometricMean(%v) = %v; want %v", c.vectors, got, c.want)
			}
		}
	}
	w := []float64{.7, 1.1, 1.2}
	if got, err := GeometricMean([][]float64{w, w, w}); err != nil || !slices.Equal(got, w) {
		t.Errorf("the mean of equal vectors is %v, %v; want %v bit for bit", got, err, w)
	}
	for want, v := range map[string][][]float64{
		"0 weight vectors": nil,
		"vector 2 has 1":   {{1, 2}, {1}},
		"of class 1 is 0":  {{1, 2}, {1, 0}},
		"is NaN":           {{1, math.NaN()}},
		"is +Inf":          {{math.Inf(1)}},
	} {
		if _, err := GeometricMean(v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("GeometricMean(%v): %v; want it to say %q", v, err, want)
		}
	}
}
