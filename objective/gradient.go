package objective

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"evenkeel/schemes"
)

// Gradient returns the derivatives of the spread by each class's recall. With n
// classes that have examples, their mean r̄ and s the spread:
//
//	stddev  (r_c - r̄) / (n s)
//	gap     1 for the best class, -1 for the worst
//	cv      (stddev's - s/n) / r̄
//	gini    ((2 rank_c - n - 1)/n - s) / (n r̄), ranks from 1 for the lowest recall
//	worst   -1 for the worst class
//	gmean   -(1 - s) / (n r_c)
//
// Classes without examples (NaN) have 0. Where the spread has a kink, classes that
// are equal share: the best or the worst of gap and worst their 1, ranks their
// mean. Where it has none at all (stddev and cv of equal recalls, a recall of 0
// in gmean, cv and gini of nothing but 0) the derivative is 0.
//
// Gradient neither keeps nor changes recall. It panics if s is not one of [Spreads].
func (s Spread) Gradient(recall []float64) []float64 {
	g := make([]float64, len(recall))
	var order []int // classes with examples, the lowest recall first
	for c, r := range recall {
		if !math.IsNaN(r) {
			order = append(order, c)
		}
	}
	if len(order) == 0 {
		return g
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(recall[a], recall[b]) })
	sorted := make([]float64, len(order))
	for i, c := range order {
		sorted[i] = recall[c]
	}
	for i, v := range s.slopes(sorted) {
		g[order[i]] = v
	}
	return g
}

// slopes is Gradient for ascending recalls of classes that have examples.
func (s Spread) slopes(sorted []float64) []float64 {
	k := len(sorted)
	n, mean := float64(k), meanOf(sorted)
	g := make([]float64, k)
	switch s {
	case StdDev, CV:
		sd := stdDev(sorted)
		if sd == 0 {
			return g
		}
		for i, r := range sorted {
			g[i] = (r - mean) / (n * sd)
			if s == CV {
				g[i] = (g[i] - sd/(n*mean)) / mean
			}
		}
	case Gap:
		share(g, sorted, k-1, 1)
		share(g, sorted, 0, -1)
	case Worst:
		share(g, sorted, 0, -1)
	case Gini:
		if mean == 0 {
			return g
		}
		index := gini(sorted)
		for from := 0; from < k; {
			to := from + 1
			for to < k && sorted[to] == sorted[from] {
				to++
			}
			// The mean rank of from .. to-1, from 1, is (from+1 + to) / 2.
			v := (float64(from+1+to-k-1)/n - index) / (n * mean)
			for ; from < to; from++ {
				g[from] = v
			}
		}
	case GMean:
		product := 1.0
		for _, r := range sorted {
			product *= schemes.Pow(r, 1/n)
		}
		for i, r := range sorted {
			if r > 0 {
				g[i] = -product / (n * r)
			}
		}
	default:
		panic(fmt.Sprintf("objective: unknown spread %q", string(s)))
	}
	return g
}

// share adds v to g in equal shares where x equals x[at].
func share(g, x []float64, at int, v float64) {
	equal := 0
	for _, r := range x {
		if r == x[at] {
			equal++
		}
	}
	for i, r := range x {
		if r == x[at] {
			g[i] += v / float64(equal)
		}
	}
}
