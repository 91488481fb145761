package confirm

import "math"

// crossed are sums over test examples of what they contribute to the variance of a
// difference that was measured on the same examples with every seed. z_si is by how
// much example i moves the difference on seed s, divided by sqrt(m_c (m_c - 1)),
// m_c the examples of its class, so that sums of squares are unbiased variances.
// Those of different classes add up, since examples are drawn within classes.
type crossed struct {
	mean   float64 // sum_i (mean_s z_si)^2: variance over examples of the mean over seeds
	each   float64 // mean_s sum_i z_si^2: variance over examples of one seed's difference
	fourth float64 // sum over classes of sum_i ((mean_s z_si)^2 - its mean)^2
}

// add adds the sums over another class.
func (x *crossed) add(y crossed) {
	x.mean, x.each, x.fourth = x.mean+y.mean, x.each+y.each, x.fourth+y.fourth
}

// over returns the sums for the difference divided by k.
func (x crossed) over(k float64) crossed {
	return crossed{x.mean / (k * k), x.each / (k * k), x.fourth / (k * k * k * k)}
}

// shared returns the variance over examples that seeds have in common,
//
//	mean over s != t of sum_i z_si z_ti = (S mean - each) / (S - 1),
//
// or 0 where that estimate is negative.
func (x crossed) shared(seeds int) float64 {
	s := float64(seeds)
	return max(0, (float64(s*x.mean)-x.each)/(s-1))
}

// freedom returns the degrees of freedom of the variance over examples,
//
//	2 mean^2 / var(mean), var(mean) = fourth.
//
// They are those of a chi-squared variable with the same relative variance, and
// near the number of examples if every example has the same weight; where two procedures
// differ on a few examples only, they are about twice their number.
func (x crossed) freedom() float64 {
	if x.fourth <= 0 {
		return math.Inf(1)
	}
	return 2 * x.mean * x.mean / x.fourth
}

// term is a procedure's part in a figure: by how much the figure of each seed grows with
// the procedure's recall of each class, slope[seed][class].
type term struct {
	of    *Measured
	slope [][]float64
}

// crossedOf sums over the examples of class c what several procedures, measured on the
// same seeds and examples, contribute to one figure:
//
//	z_si = sum over terms of slope_sc ([right_si] - recall_sc) / sqrt(m (m-1))
func crossedOf(terms []term, c int) crossed {
	examples := terms[0].of.sample.examples[c]
	m, seeds := float64(len(examples)), float64(terms[0].of.Seeds())
	if m < 2 {
		return crossed{}
	}
	var x crossed
	sum := make([]float64, len(examples))
	moves := make([]float64, 1<<len(terms))
	right := make([][]uint8, len(terms))
	for s := range terms[0].of.right {
		for t := range terms {
			right[t] = terms[t].of.right[s]
		}
		contributions(moves, terms, s, c)
		for j, i := range examples {
			at := 0
			for t := range right {
				at |= int(right[t][i]) << t
			}
			z := moves[at]
			sum[j] += z
			x.each += float64(z * z)
		}
	}
	for j, z := range sum {
		z /= seeds
		sum[j] = float64(z * z)
		x.mean += sum[j]
	}
	for _, square := range sum {
		x.fourth += float64((square - x.mean/m) * (square - x.mean/m))
	}
	unit := m * (m - 1)
	return crossed{x.mean / unit, x.each / seeds / unit, x.fourth / (unit * unit)}
}

// contributions sets what an example of class c contributes with seed s; bit t of the
// index says that term t's procedure is right about it.
func contributions(moves []float64, terms []term, s, c int) {
	for at := range moves {
		moves[at] = 0
		for t, x := range terms {
			moves[at] += float64(x.slope[s][c] * (float64(at>>t&1) - x.of.recall[s][c]))
		}
	}
}

// pair are two procedures measured on the same seeds and examples.
type pair struct{ a, b *Measured }

// terms are those of a difference of A and B.
func (p pair) terms(slopeA, slopeB [][]float64) []term {
	minus := make([][]float64, len(slopeB))
	for s, slopes := range slopeB {
		minus[s] = make([]float64, len(slopes))
		for c, v := range slopes {
			minus[s][c] = -v
		}
	}
	return []term{{p.a, slopeA}, {p.b, minus}}
}

// constant returns one slope for every seed and class.
func constant(seeds, classes int, slope float64) [][]float64 {
	all := make([][]float64, seeds)
	for s := range all {
		all[s] = make([]float64, classes)
		for c := range all[s] {
			all[s][c] = slope
		}
	}
	return all
}
