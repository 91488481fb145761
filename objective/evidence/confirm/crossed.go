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

// pair are two procedures measured on the same seeds and examples.
type pair struct{ a, b *Measured }

// crossed sums over the examples of class c. slopeA and slopeB are, for each
// seed, by how much a's and b's figure grows with the recall of that class:
//
//	z_si = (slopeA_s ([a right] - recall_a) - slopeB_s ([b right] - recall_b)) / sqrt(m (m-1))
func (p pair) crossed(c int, slopeA, slopeB []float64) crossed {
	examples := p.a.sample.examples[c]
	m, seeds := float64(len(examples)), float64(p.a.Seeds())
	if m < 2 {
		return crossed{}
	}
	var x crossed
	sum := make([]float64, len(examples))
	for s := range p.a.right {
		moves := p.moves(s, c, slopeA[s], slopeB[s])
		a, b := p.a.right[s], p.b.right[s]
		for j, i := range examples {
			z := moves[a[i]][b[i]]
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

// moves returns what an example of class c contributes with seed s: [a right][b right].
func (p pair) moves(s, c int, slopeA, slopeB float64) [2][2]float64 {
	var moves [2][2]float64
	for a := range moves {
		for b := range moves[a] {
			moves[a][b] = float64(slopeA*(float64(a)-p.a.recall[s][c])) - float64(slopeB*(float64(b)-p.b.recall[s][c]))
		}
	}
	return moves
}
