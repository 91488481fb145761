package confirm

import (
	"math"
	"math/rand/v2"
)

const (
	// exactFlips is the number of seeds up to which every pattern is counted.
	exactFlips = 20
	// drawnFlips is the number of patterns drawn beyond that.
	drawnFlips = 100_000
)

// SignFlip returns the two-sided p-value of the sign-flip (permutation) test on
// the differences of the seeds,
//
//	share of the 2^S patterns of signs e with |sum e_s d_s| >= |sum d_s|
//
// exactly up to 20 seeds; beyond, from 100,000 patterns of a fixed generator as
// (1 + hits) / (1 + patterns).
//
// It tests that each seed's difference is as likely d as -d, on these test examples.
// That needs no normal distribution, but it is valid for these examples only: a small
// value says that other seeds would give the same on these examples, not that other
// examples would. [Difference.PValue] is valid for both; this one checks its assumption
// about seeds. Its smallest value is 2/2^S: 0.03 with 6 seeds, 0.002
// with 10. Of differences that are all 0 it is 1.
//
// Sources: R. A. Fisher, The design of experiments, 1935, section 21; for the drawn
// patterns B. Phipson and G. K. Smyth, Permutation p-values should never be zero,
// Statistical Applications in Genetics and Molecular Biology 9 (1), 2010.
func (d Difference) SignFlip() float64 { return signFlip(d.Each) }

func signFlip(d []float64) float64 {
	var sum, size float64
	for _, v := range d {
		sum += v
		size += math.Abs(v)
	}
	// Patterns with the same sum, such as the opposite one, count, also where their sums
	// are rounded differently.
	least := math.Abs(sum) - 1e-12*size
	if len(d) > exactFlips {
		return drawn(d, least)
	}
	// The opposite pattern has the opposite sum, so the last sign stays.
	hits, patterns := 0, uint64(1)<<max(len(d)-1, 0)
	for signs := range patterns {
		if math.Abs(flipped(d, signs)) >= least {
			hits++
		}
	}
	return float64(hits) / float64(patterns)
}

// flipped returns the sum of d with the signs of a pattern.
func flipped(d []float64, signs uint64) float64 {
	var sum float64
	for s, v := range d {
		if signs>>s&1 == 1 {
			v = -v
		}
		sum += v
	}
	return sum
}

// drawn estimates the p-value from random patterns.
func drawn(d []float64, least float64) float64 {
	rng := rand.New(rand.NewPCG(uint64(len(d)), 0x5f1b))
	hits := 0
	for range drawnFlips {
		var sum float64
		for s := 0; s < len(d); s += 64 {
			sum += flipped(d[s:min(s+64, len(d))], rng.Uint64())
		}
		if math.Abs(sum) >= least {
			hits++
		}
	}
	return float64(1+hits) / float64(1+drawnFlips)
}
