package tpe_test

import (
	"cmp"
	"math"
	"slices"
	"testing"
)

// signedRank returns the one-sided p-value of Wilcoxon's signed-rank test that a
// is smaller than b, paired by index: the probability, if every difference were
// as likely to have one sign as the other, that the ranks of the differences
// above 0 add up to as little as they do. It is exact; equal absolute
// differences share their mean rank, and differences of 0 are left out.
//
// Source: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics
// Bulletin 1 (1945).
func signedRank(a, b []float64) float64 {
	var d []float64
	for i := range a {
		if a[i] != b[i] {
			d = append(d, a[i]-b[i])
		}
	}
	slices.SortFunc(d, func(x, y float64) int { return cmp.Compare(math.Abs(x), math.Abs(y)) })
	// Ranks are doubled, so that mean ranks are whole. ways[s] counts the choices
	// of signs for which the ranks above 0 add up to s.
	ways := make([]float64, len(d)*(len(d)+1)+1)
	ways[0] = 1
	observed := 0
	for i := 0; i < len(d); {
		j := i
		for j < len(d) && math.Abs(d[j]) == math.Abs(d[i]) {
			j++
		}
		rank := i + 1 + j // twice the mean of i+1 ... j
		for ; i < j; i++ {
			if d[i] > 0 {
				observed += rank
			}
			for s := len(ways) - 1; s >= rank; s-- {
				ways[s] += ways[s-rank]
			}
		}
	}
	sum := 0.0
	for _, w := range ways[:observed+1] {
		sum += w
	}
	return sum / math.Exp2(float64(len(d)))
}

// TestSignedRank compares with the exact distribution by hand for 3 pairs, and
// with the critical values of Wilcoxon's table (one-sided 0.05: rank sum 5 for 8
// pairs, 10 for 10, 60 for 20; the next larger sum is above 0.05).
func TestSignedRank(t *testing.T) {
	below := func(n int, above ...int) float64 { // differences -1 ... -n but for some above 0
		a, b := make([]float64, n), make([]float64, n)
		for i := range a {
			a[i] = -float64(i + 1)
			if slices.Contains(above, i+1) {
				a[i] = float64(i + 1)
			}
		}
		return signedRank(a, b)
	}
	for _, c := range []struct {
		got, low, high float64
	}{
		{below(3), 1.0 / 8, 1.0 / 8},
		{below(3, 1), 2.0 / 8, 2.0 / 8},
		{below(3, 1, 2), 5.0 / 8, 5.0 / 8}, // 0, 1, 2, 3 in two ways
		{below(3, 1, 2, 3), 1, 1},
		{below(8, 5), 0, 0.05},
		{below(8, 6), 0.05, 0.06},
		{below(10, 10), 0, 0.05},
		{below(10, 10, 1), 0.05, 0.06},
		{below(20, 20, 19, 18, 3), 0, 0.05},
		{below(20, 20, 19, 18, 4), 0.05, 0.06},
		{signedRank([]float64{-1, -1, 1, 0}, []float64{0, 0, 0, 0}), 0.5, 0.5}, // three ranks of 2: 0 or 2 above
	} {
		if c.got < c.low || c.got > c.high {
			t.Errorf("p = %v; want %v to %v", c.got, c.low, c.high)
		}
	}
}
