package tpe

import (
	"reflect"
	"slices"

	"evenkeel/search"
)

// mixture is a Parzen estimator on the points of a space: a uniform prior and a
// kernel for every observation. Its density, relative to the uniform
// distribution, is
//
//	f(x) = (prior + sum_i w_i prod_j K_ij(x_j)) / (prior + sum_i w_i)
//
// over the parameters j that exist in x. Where one does not exist in
// observation i, K_ij is 1: the kernel is uniform in what it knows nothing of.
// Otherwise, with m_ij where observation i lies and sigma_j the width,
//
//	smooth   phi((x - m)/sigma) / (sigma mass), mass = Phi((1 - m)/sigma) - Phi(-m/sigma)
//	cells    the integral of that over the cell, over the cell's size
//	choices  c (1 + a) / (1 + c a) for its own, c a / (1 + c a) for every other,
//	         c the number of choices and a = prior / (n + 1)
//
// Every K integrates to 1 over its axis, so f does over the space; and f is
// nowhere below prior / (prior + n), so that a ratio of two is always finite.
type mixture struct {
	axes []axis
	// smooth and numbered are the axes of each sort by index; rounds is the
	// position of the axis of rounds among the numbered ones, -1 if it is none.
	smooth, numbered []int
	rounds           int
	rows             int
	// places and numbers are the coordinates of the observations by row, on the
	// smooth axes and on the numbered ones; weights are their shares.
	places, numbers, weights []float64
	// again says that a row differs from the one before in rounds alone.
	again []bool
	total float64 // prior + sum of weights
	// width is sigma_j; own and other are K of an observation's own choice and
	// of every other.
	width, own, other []float64
	// peaks holds the product of a row's heights, 0 where it was not needed yet;
	// heights the density of a smooth axis's kernel at its mean, by bin; columns
	// K by a candidate's number and an observation's. All are made when needed.
	peaks   []float64
	heights [][]float64
	columns [][][]float64
}

// newMixture makes the density of some observations.
func newMixture(axes []axis, observations []search.Observation) *mixture {
	m := &mixture{axes: axes, rounds: -1, total: priorWeight}
	for j := range axes {
		switch axes[j].kind {
		case smooth:
			m.smooth = append(m.smooth, j)
		case cells, choices:
			if axes[j].rounds {
				m.rounds = len(m.numbered)
			}
			m.numbered = append(m.numbered, j)
		}
	}
	n := len(observations)
	m.places, m.numbers = make([]float64, 0, n*len(m.smooth)), make([]float64, 0, n*len(m.numbered))
	m.weights, m.again = make([]float64, 0, n), make([]bool, 0, n)
	for i := range observations {
		m.add(&observations[i], i > 0 && same(observations[i].Point, observations[i-1].Point))
		m.total += observations[i].Weight
	}
	m.peaks = make([]float64, m.rows)
	m.heights, m.columns = make([][]float64, len(axes)), make([][][]float64, len(axes))
	m.setWidths()
	return m
}

// same reports whether two points are one map, as those of a trial's arms are;
// it only saves looking the same numbers up again.
func same(a, b search.Point) bool {
	return reflect.ValueOf(a).UnsafePointer() == reflect.ValueOf(b).UnsafePointer()
}

// add appends an observation, or adds its weight to the row before if that lies
// at the same place.
func (m *mixture) add(o *search.Observation, samePoint bool) {
	if samePoint && m.rounds < 0 && !m.roundsSmooth() {
		m.weights[m.rows-1] += o.Weight
		return
	}
	again := samePoint && m.rounds >= 0
	if again {
		m.places = append(m.places, m.places[len(m.places)-len(m.smooth):]...)
		m.numbers = append(m.numbers, m.numbers[len(m.numbers)-len(m.numbered):]...)
		m.numbers[len(m.numbers)-len(m.numbered)+m.rounds] = m.axes[m.numbered[m.rounds]].observed(o)
	} else {
		for _, j := range m.smooth {
			m.places = append(m.places, m.axes[j].observed(o))
		}
		for _, j := range m.numbered {
			m.numbers = append(m.numbers, m.axes[j].observed(o))
		}
	}
	m.weights = append(m.weights, o.Weight)
	m.again = append(m.again, again)
	m.rows++
}

// roundsSmooth reports whether the axis of rounds is a smooth one.
func (m *mixture) roundsSmooth() bool {
	return slices.ContainsFunc(m.smooth, func(j int) bool { return m.axes[j].rounds })
}

// setWidths sets the widths of the kernels: 0.1 n^(-1/(d+4)), n the trials in
// which the parameter exists and d the number of parameters that a point has on
// average. The power is Scott's rule; the factor is ours.
func (m *mixture) setWidths() {
	trials := make([]float64, len(m.axes))
	m.count(trials, m.smooth, m.places)
	m.count(trials, m.numbered, m.numbers)
	n, d := m.total-priorWeight, 0.0
	for _, t := range trials {
		d += t / max(n, 1)
	}
	a := priorWeight / (n + 1)
	m.width, m.own, m.other = make([]float64, len(m.axes)), make([]float64, len(m.axes)), make([]float64, len(m.axes))
	for j := range m.axes {
		m.width[j] = 0.1 * exp(-ln(max(trials[j], 1))/(d+4))
		c := m.axes[j].count
		m.own[j], m.other[j] = c*(1+a)/(1+float64(c*a)), c*a/(1+float64(c*a))
	}
}

// count adds to trials, by axis, the weights of the rows that have coordinates
// on some axes.
func (m *mixture) count(trials []float64, axes []int, coordinates []float64) {
	d := len(axes)
	for i, w := range m.weights {
		for k, x := range coordinates[i*d : (i+1)*d] {
			if x >= 0 {
				trials[axes[k]] += w
			}
		}
	}
}

// centers returns the coordinates of a row by axis.
func (m *mixture) centers(i int) []float64 {
	centers := make([]float64, len(m.axes))
	for k, j := range m.smooth {
		centers[j] = m.places[i*len(m.smooth)+k]
	}
	for k, j := range m.numbered {
		centers[j] = m.numbers[i*len(m.numbered)+k]
	}
	return centers
}
