package interval

import (
	"cmp"
	"slices"
)

// Holm returns p-values adjusted for there being several, in the order of p, each
// of which is from 0 to 1: with p_(1) <= ... <= p_(m),
//
//	adjusted_(i) = min(1, max over j <= i of (m - j + 1) p_(j))
//
// If everything with an adjusted p-value of at most 0.05 is claimed, the probability of
// any false claim is at most 5 %, however the tests depend on each other. One p-value
// stays as it is.
//
// Source: S. Holm, A simple sequentially rejective multiple test procedure,
// Scandinavian Journal of Statistics 6 (2), 1979.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	adjusted := make([]float64, len(p))
	var least float64
	for rank, i := range order {
		least = max(least, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = least
	}
	return adjusted
}
