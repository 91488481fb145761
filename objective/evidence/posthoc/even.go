package posthoc

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"evenkeel/objective"
)

// EvenSpread returns the noise floor: the spread that perfectly even classes would show,
// its expectation where every class has the true recall r and
// support has the number m_c of measured examples of each class (those with none
// are left out). A spread near it leaves nothing to even out.
//
// For [objective.StdDev] it is the mean of the standard deviation of K normal
// variables with the variances v_c = r (1 - r) / m_c,
//
//	sqrt(E) * sqrt(2/nu) * gamma((nu + 1)/2) / gamma(nu/2)
//	E  = (K - 1)/K^2 sum(v),  nu = 2 E^2 / V
//	V  = 2/K^2 ((1 - 2/K) sum(v^2) + sum(v)^2/K^2)
//
// which is exact for normal variables of equal variances, nu = K - 1, and after
// Satterthwaite (1946) otherwise. For the other spreads it is the mean over 2000
// simulated measurements, always the same, of binomial counts.
//
// It is NaN if r is not from 0 to 1 or no class has examples.
func EvenSpread(s objective.Spread, r float64, support []int64) float64 {
	m := measured(support)
	switch {
	case !(r >= 0 && r <= 1) || len(m) == 0:
		return math.NaN()
	case s == objective.StdDev:
		return evenStdDev(r, m)
	}
	var sum float64
	simulate(r, m, func(recall []float64) { sum += s.Of(recall) })
	return sum / draws
}

// EvenLimit returns the spread that perfectly even classes exceed once in twenty,
// where r is the mean of their recalls as measured: the 95 % quantile over 2000
// simulated measurements, always the same, of binomial counts, each moved to the mean
// r. So it also holds for spreads that depend on how high recalls are, such as
// [objective.Worst]; most of their noise is that of the mean. It is NaN
// where [EvenSpread] is.
func EvenLimit(s objective.Spread, r float64, support []int64) float64 {
	m := measured(support)
	if !(r >= 0 && r <= 1) || len(m) == 0 {
		return math.NaN()
	}
	spreads := make([]float64, 0, draws)
	simulate(r, m, func(recall []float64) {
		var mean float64
		for _, v := range recall {
			mean += v / float64(len(recall))
		}
		for c := range recall {
			recall[c] = min(max(recall[c]+r-mean, 0), 1)
		}
		spreads = append(spreads, s.Of(recall))
	})
	slices.Sort(spreads)
	// Counts are whole numbers, so the limit itself is measured often: a difference by
	// rounding does not exceed it.
	return spreads[draws*95/100-1] * (1 + 1e-9)
}

// measured leaves out the classes without examples.
func measured(support []int64) (m []int64) {
	for _, n := range support {
		if n > 0 {
			m = append(m, n)
		}
	}
	return m
}

// evenStdDev is the closed form.
func evenStdDev(r float64, m []int64) float64 {
	k := float64(len(m))
	var sum, squares float64
	for _, n := range m {
		v := r * (1 - r) / float64(n)
		sum += v
		squares += float64(v * v)
	}
	mean := (k - 1) / (k * k) * sum
	if mean == 0 {
		return 0
	}
	variance := 2 / (k * k) * (float64((1-2/k)*squares) + float64(sum*sum)/(k*k))
	nu := 2 * mean * mean / variance
	above, _ := math.Lgamma((nu + 1) / 2)
	below, _ := math.Lgamma(nu / 2)
	return math.Sqrt(mean) * math.Sqrt(2/nu) * math.Exp(above-below)
}

// draws is the number of simulated measurements.
const draws = 2000

// simulate calls measured with simulated recalls, [draws] times. It may change them.
func simulate(r float64, m []int64, measured func(recall []float64)) {
	rng := rand.New(rand.NewPCG(0xe7e9, 1))
	tables := make(map[int64]binomial)
	for _, n := range m {
		if _, ok := tables[n]; !ok {
			tables[n] = newBinomial(n, r)
		}
	}
	recall := make([]float64, len(m))
	for range draws {
		for c, n := range m {
			recall[c] = float64(tables[n].draw(rng)) / float64(n)
		}
		measured(recall)
	}
}

// binomial is the distribution of the number of hits, cut off where probabilities are
// negligible: cumulative[k] is the probability of at most first + k hits.
type binomial struct {
	first      int64
	cumulative []float64
}

// newBinomial starts from the most likely number and uses the ratio of neighbours,
// p(k+1)/p(k) = (n-k)/(k+1) r/(1-r).
func newBinomial(n int64, r float64) binomial {
	if r == 0 || r == 1 {
		return binomial{first: int64(r) * n, cumulative: []float64{1}}
	}
	const nothing = 1e-18 // of the largest
	odds := r / (1 - r)
	top := min(int64(float64(n+1)*r), n)
	var below, above []float64
	for k, p := top, 1.0; k > 0 && p > nothing; k-- {
		p *= float64(k) / float64(n-k+1) / odds
		below = append(below, p)
	}
	for k, p := top, 1.0; k < n && p > nothing; k++ {
		p *= float64(n-k) / float64(k+1) * odds
		above = append(above, p)
	}
	b := binomial{first: top - int64(len(below))}
	slices.Reverse(below)
	b.cumulative = append(append(below, 1), above...)
	var sum float64
	for k, p := range b.cumulative {
		sum += p
		b.cumulative[k] = sum
	}
	for k := range b.cumulative {
		b.cumulative[k] /= sum
	}
	return b
}

func (b binomial) draw(rng *rand.Rand) int64 {
	return b.first + int64(sort.SearchFloat64s(b.cumulative[:len(b.cumulative)-1], rng.Float64()))
}
