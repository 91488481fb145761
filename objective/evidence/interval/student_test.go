package interval

import (
	"math"
	"testing"
)

// TestStudent compares with scipy.stats.t.ppf and 2 * scipy.stats.t.sf.
func TestStudent(t *testing.T) {
	for _, c := range []struct{ p, freedom, want float64 }{
		{.975, 5, 2.570581835636314},
		{.975, 12.34, 2.1721732968068608},
		{.99975, 9, 5.290653840327585},
		{.975, math.Inf(1), 1.959963984540054},
		{.975, 1e6, 1.959963984540054},
	} {
		if got := Quantile(c.p, c.freedom); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("Quantile(%v, %v) = %.15g; want %.15g", c.p, c.freedom, got, c.want)
		}
	}
	for _, c := range []struct{ estimate, se, freedom, want float64 }{
		{-2, 1, 7.5, 0.08289699529816622},
		{.01, .002, 20, 6.873028579542189e-05},
		{2, 1, math.Inf(1), 0.04550026389635842},
		{0, 0, math.Inf(1), 1},
		{1, 0, math.Inf(1), 0},
		{1, 0, 5, 0},
	} {
		if got := PValue(c.estimate, c.se, c.freedom); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("PValue(%v, %v, %v) = %.15g; want %.15g", c.estimate, c.se, c.freedom, got, c.want)
		}
	}
	// By hand: (1 + 3)^2 / (1/9 + 9/99).
	if got := Satterthwaite(1, 9, 3, 99); math.Abs(got-16/(1.0/9+9.0/99)) > 1e-12 {
		t.Errorf("Satterthwaite = %v", got)
	}
}

// TestDetectable: 1.96 and .8416 of every table of the normal distribution make 2.8016
// standard errors.
func TestDetectable(t *testing.T) {
	if got := Detectable(Quantile(TwoSided, math.Inf(1)), 10, math.Inf(1)); math.Abs(got-28.016) > 1e-3 {
		t.Errorf("Detectable = %v; want 28.016", got)
	}
}

// TestCochran: 3 and twice the root of 4 make a right angle with sides 3 and 4.
func TestCochran(t *testing.T) {
	if got := Cochran(3, 2, 4); got != 5 {
		t.Errorf("Cochran = %v; want 5", got)
	}
	// Nothing is added to what has no second variance, bit for bit.
	for _, half := range []float64{.1, .3, 1e-9, 0} {
		if got := Cochran(half, 1.96, 0); got != half {
			t.Errorf("Cochran(%v, 1.96, 0) = %v", half, got)
		}
	}
}

// TestBonferroni compares with the closed forms of Student's quantile for one
// and two degrees of freedom,
//
//	tan(pi (p - 1/2))  and  (2p - 1) / sqrt(2p (1 - p)),
//
// and with the 2.228 of every table.
func TestBonferroni(t *testing.T) {
	check := func(m int, freedom, want float64) {
		t.Helper()
		if got := Quantile(Bonferroni(m), freedom); math.Abs(got-want) > 1e-8*want {
			t.Errorf("Student's t for %d intervals and %v degrees of freedom = %.15g; want %.15g", m, freedom, got, want)
		}
	}
	if Bonferroni(1) != TwoSided || Bonferroni(0) != TwoSided {
		t.Errorf("the level of one interval is %v, of none %v; want %v", Bonferroni(1), Bonferroni(0), TwoSided)
	}
	check(1, 10, 2.2281388519649385)
	for _, m := range []int{1, 2, 33, 3000} {
		p := 1 - 0.05/float64(2*m)
		check(m, 1, math.Tan(math.Pi*(p-0.5)))
		check(m, 2, (2*p-1)/math.Sqrt(2*p*(1-p)))
	}
}

// TestHolm compares with values worked out by hand: .01*4, .02*3, .03*2 raised to
// the .06 before it, .04*1 likewise; and a tie, and the cap at 1.
func TestHolm(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		{[]float64{.03, .01, .04, .02}, []float64{.06, .04, .06, .06}},
		{[]float64{.5, .5}, []float64{1, 1}},
		{[]float64{.9, .001, .2}, []float64{.9, .003, .4}},
		{[]float64{.03}, []float64{.03}},
		{nil, []float64{}},
	} {
		got := Holm(c.p)
		if len(got) != len(c.want) {
			t.Fatalf("Holm(%v) = %v", c.p, got)
		}
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-15 {
				t.Errorf("Holm(%v) = %v; want %v", c.p, got, c.want)
			}
		}
	}
}
