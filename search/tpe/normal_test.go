package tpe

import (
	"math"
	"testing"
)

// TestElementaryFunctions compares exp and ln with the standard library, which
// is accurate to about one unit in the last place.
func TestElementaryFunctions(t *testing.T) {
	t.Parallel()
	for x := -707.9; x <= 0; x += 0.0137 {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-15*want {
			t.Fatalf("exp(%v) = %v; want %v", x, got, want)
		}
	}
	for x := 1e-307; x < 1e307; x *= 1.00137 {
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 1e-15*max(1, math.Abs(want)) {
			t.Fatalf("ln(%v) = %v; want %v", x, got, want)
		}
	}
	for _, x := range []float64{1, math.Nextafter(1, 0), math.Nextafter(1, 2), 2, math.Nextafter(2, 0), math.MaxFloat64} {
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 1e-15*max(1, math.Abs(want)) {
			t.Errorf("ln(%v) = %v; want %v", x, got, want)
		}
	}
	// -1074 ln 2; the assembly behind math.Log is off for subnormal numbers.
	if got := ln(math.SmallestNonzeroFloat64); math.Abs(got+744.4400719213812) > 1e-12 {
		t.Errorf("ln(2^-1074) = %v; want -744.4400719213812", got)
	}
	if exp(0) != 1 || ln(1) > 1e-15 || exp(-709) != 0 || exp(math.Inf(-1)) != 0 {
		t.Errorf("exp(0) = %v, ln(1) = %v, exp(-709) = %v; want 1, 0 and 0", exp(0), ln(1), exp(-709))
	}
}

// TestUpper compares the upper tail with values computed by mpmath 1.2.1 in
// 60-digit arithmetic, and with math.Erfc on a grid.
func TestUpper(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ z, want float64 }{
		{0, 0.5},
		{0.015625, 0.49376678050011032},
		{0.5, 0.3085375387259869},
		{1, 0.15865525393145705},
		{2, 0.022750131948179207},
		{3.3, 0.0004834241423837772},
		{5, 2.8665157187919391e-7},
		{8.3, 5.2055697448902852e-17},
		{9.01, 1.0302824601955967e-19},
		{12.34, 2.7577941516989725e-35},
		{20, 2.7536241186062337e-89},
		{30, 4.9067139271481871e-198},
		{36.9, 2.3105244811404963e-298},
	} {
		if got := upper(c.z); math.Abs(got-c.want) > 1e-13*c.want {
			t.Errorf("upper(%v) = %v; want %v", c.z, got, c.want)
		}
	}
	for z := 0.0; z < 36.9; z += 0.00137 {
		// The argument z/sqrt 2 is rounded: that costs z^2 units in the last place.
		got, want := upper(z), math.Erfc(z/math.Sqrt2)/2
		if math.Abs(got-want) > 3e-15*(1+z*z)*want {
			t.Fatalf("upper(%v) = %v; math.Erfc gives %v", z, got, want)
		}
	}
	if got := upper(math.Inf(1)); got != 0 {
		t.Errorf("upper(+Inf) = %v; want 0", got)
	}
}

// TestTruncatedNormal compares masses and quantiles of the normal distribution
// between two ends with values computed by mpmath 1.2.1 in 60-digit arithmetic,
// quantiles by bisection.
func TestTruncatedNormal(t *testing.T) {
	t.Parallel()
	shares := [3]float64{1.0 / 1024, 0.5, 0.75}
	for _, c := range []struct {
		a, b, mass float64
		quantiles  [3]float64
	}{
		{-1, 1, 0.6826894921370859, [3]float64{-0.99724853890756934, 0, 0.44177054668658129}},
		{-0.1, 10, 0.53982783727702898, [3]float64{-0.098672030755927479, 0.61307335513705908, 1.103260813784033}},
		{-10, 0.1, 0.53982783727702898, [3]float64{-3.2756071118227528, -0.61307335513705908, -0.24075919650833233}},
		{0, 5, 0.49999971334842812, [3]float64{0.0012239391911160415, 0.67448929916923943, 1.1503483359997005}},
		{-5, 0, 0.49999971334842812, [3]float64{-3.2970286755794315, -0.67448929916923943, -0.31863917497758731}},
		{-50, 50, 1.0, [3]float64{-3.0972690781987845, 0, 0.67448975019608174}},
		{-1e6, 1e6, 1.0, [3]float64{-3.0972690781987845, 0, 0.67448975019608174}},
		{3, 4, 0.0013182267897969746, [3]float64{3.0002905993110653, 3.1984741317619535, 3.3809123368723659}},
		{-4, -3, 0.0013182267897969746, [3]float64{-3.9905611688565732, -3.1984741317619535, -3.0842467488619472}},
		{10, 10.5, 7.5766629609824338e-24, [3]float64{10.000096205728666, 10.067855833457165, 10.134722752205304}},
		{30, 31, 4.9067139271479175e-198, [3]float64{30.000032531903965, 30.023070467827309, 30.046123260403519}},
		{-31, -30, 4.9067139271479175e-198, [3]float64{-30.229914123727814, -30.023070467827309, -30.009577257491085}},
		{-20, -5, 2.8665157187919391e-7, [3]float64{-6.2013337692077247, -5.1320183320442985, -5.0551834053591369}},
		{8, 1e6, 6.2209605742717841e-16, [3]float64{8.0001203039317351, 8.0849110073915441, 8.1689643586629265}},
		{-1e-3, 1e-3, 0.00079788442782212517, [3]float64{-0.00099804687435086431, 0, 0.00049999993750000391}},
		{36, 37, 4.1826240657972828e-284, [3]float64{36.000027119086957, 36.019234135733061, 36.038458021745985}},
	} {
		relative := 1e-13
		if c.a < 0 && c.b > 0 { // a difference of numbers near 1: absolute
			relative = 1e-15 / c.mass
		}
		if got := between(c.a, c.b); math.Abs(got-c.mass) > relative*c.mass {
			t.Errorf("between(%v, %v) = %v; want %v", c.a, c.b, got, c.mass)
		}
		for i, want := range c.quantiles {
			if got := quantileBetween(c.a, c.b, shares[i]); math.Abs(got-want) > 1e-12 {
				t.Errorf("quantileBetween(%v, %v, %v) = %v; want %v", c.a, c.b, shares[i], got, want)
			}
		}
		for _, u := range []float64{0, 1} {
			if got := quantileBetween(c.a, c.b, u); !(got >= c.a && got <= c.b) {
				t.Errorf("quantileBetween(%v, %v, %v) = %v; want it between the ends", c.a, c.b, u, got)
			}
		}
	}
}

// TestQuantileInvertsMass checks that what lies below a quantile is the share
// that was asked for, over a grid of intervals and shares.
func TestQuantileInvertsMass(t *testing.T) {
	t.Parallel()
	for a := -36.0; a < 36; a += 0.0937 {
		for _, length := range []float64{0.01, 1, 50} {
			b := a + length
			mass, before := between(a, b), a
			for _, u := range []float64{0, 1e-9, 0.01, 0.3, 0.5, 0.9, 1 - 1e-9, 1} {
				z := quantileBetween(a, b, u)
				if z < before || z > b {
					t.Fatalf("quantileBetween(%v, %v, %v) = %v; want it from %v to %v", a, b, u, z, before, b)
				}
				if got := between(a, z); math.Abs(got-u*mass) > 1e-11*mass {
					t.Fatalf("quantileBetween(%v, %v, %v) = %v, below which lies a share of %v", a, b, u, z, got/mass)
				}
				before = z
			}
		}
	}
}
