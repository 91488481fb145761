package tpe

import (
	"reflect"
	"sort"

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
	// smooth and numbered are the axes of each sort by index; the axis of rounds
	// is in neither of them if its values are numbered, and its index is rounds,
	// otherwise -1.
	smooth, numbered []int
	rounds           int
	// places and numbers are the coordinates of the observed points, one column
	// for each smooth and each numbered axis; gaps says of a smooth axis that
	// some point does not have it.
	places, numbers [][]float64
	gaps            []bool
	points          int
	// weights are the shares of the arms, and byRounds their coordinates on the
	// axis of rounds. Those of point i end before the arm ends[i].
	weights, byRounds []float64
	ends              []int
	// ownRounds is the number of rounds of the last trial, absent if it has none.
	ownRounds float64
	total     float64 // prior + sum of weights
	// width is sigma_j; own and other are K of an observation's own choice and
	// of every other.
	width, own, other []float64
	// peaks holds the product of a point's heights on all smooth axes it has, 0
	// where it was not needed yet; heights the density of a smooth axis's kernel
	// at its mean, by bin; columns K by a candidate's number and an observation's.
	// All are made when needed.
	peaks   []float64
	heights [][]float64
	columns [][][]float64
}

// newMixture makes the density of some observations, given in stretches.
func newMixture(axes []axis, observations ...[]search.Observation) *mixture {
	m := &mixture{axes: axes, rounds: -1, total: priorWeight}
	armsDiffer := false
	for j := range axes {
		switch kind := axes[j].kind; {
		case kind == constant:
		case kind == smooth:
			m.smooth = append(m.smooth, j)
			armsDiffer = armsDiffer || axes[j].rounds
		case axes[j].rounds:
			m.rounds = j
		default:
			m.numbered = append(m.numbered, j)
		}
	}
	arms, trials := 0, 0.0
	for _, stretch := range observations {
		arms += len(stretch)
		for i := range stretch {
			trials += stretch[i].Weight
		}
	}
	points := min(int(trials)+1, arms) // a guess: more are appended if need be
	m.places, m.numbers = table(len(m.smooth), points), table(len(m.numbered), points)
	m.gaps = make([]bool, len(m.smooth))
	m.weights, m.ends = make([]float64, 0, arms), make([]int, 0, points)
	if m.rounds >= 0 {
		m.byRounds = make([]float64, 0, arms)
	}
	var before *search.Observation
	for _, stretch := range observations {
		for i := range stretch {
			o := &stretch[i]
			m.add(o, before != nil && !armsDiffer && same(o.Point, before.Point))
			m.total += o.Weight
			before = o
		}
	}
	m.peaks = make([]float64, m.points)
	m.heights, m.columns = make([][]float64, len(axes)), make([][][]float64, len(axes))
	m.setWidths()
	return m
}

// table returns empty columns with room for n entries each.
func table(columns, n int) [][]float64 {
	t, all := make([][]float64, columns), make([]float64, columns*n)
	for k := range t {
		t[k] = all[k*n : k*n : (k+1)*n]
	}
	return t
}

// same reports whether two points are one map, as those of a trial's arms are;
// it only saves looking the same numbers up again.
func same(a, b search.Point) bool {
	return reflect.ValueOf(a).UnsafePointer() == reflect.ValueOf(b).UnsafePointer()
}

// add appends an arm, of the point before or of one of its own. Arms that lie
// at the same place are made one.
func (m *mixture) add(o *search.Observation, samePoint bool) {
	switch {
	case !samePoint:
		for k, j := range m.smooth {
			x := m.axes[j].observed(o)
			m.places[k] = append(m.places[k], x)
			m.gaps[k] = m.gaps[k] || x < 0
		}
		for k, j := range m.numbered {
			m.numbers[k] = append(m.numbers[k], m.axes[j].observed(o))
		}
		if m.rounds >= 0 {
			own, exists := o.Point[search.KeyRounds]
			if m.ownRounds = own; !exists {
				m.ownRounds = absent
			}
		}
		m.points++
		m.ends = append(m.ends, len(m.weights))
	case m.rounds < 0:
		m.weights[len(m.weights)-1] += o.Weight
		return
	}
	m.weights = append(m.weights, o.Weight)
	m.ends[m.points-1]++
	if m.rounds >= 0 {
		x := float64(absent)
		if m.ownRounds >= 0 {
			x = m.axes[m.rounds].ofRound(o.Round, m.ownRounds)
		}
		m.byRounds = append(m.byRounds, x)
	}
}

// setWidths sets the widths of the kernels: 0.1 n^(-1/(d+4)), n the trials in
// which the parameter exists and d the number of parameters that a point has on
// average. The power is Scott's rule; the factor is ours.
func (m *mixture) setWidths() {
	trials := make([]float64, len(m.axes))
	for k, j := range m.smooth {
		trials[j] = m.count(m.places[k])
	}
	for k, j := range m.numbered {
		trials[j] = m.count(m.numbers[k])
	}
	if m.rounds >= 0 {
		for arm, x := range m.byRounds {
			if x >= 0 {
				trials[m.rounds] += m.weights[arm]
			}
		}
	}
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

// count returns how many trials have a coordinate in a column.
func (m *mixture) count(column []float64) float64 {
	trials, arm := 0.0, 0
	for i, x := range column {
		for ; arm < m.ends[i]; arm++ {
			if x >= 0 {
				trials += m.weights[arm]
			}
		}
	}
	return trials
}

// centers returns the coordinates of an arm by axis.
func (m *mixture) centers(arm int) []float64 {
	i := sort.SearchInts(m.ends, arm+1)
	centers := make([]float64, len(m.axes))
	for k, j := range m.smooth {
		centers[j] = m.places[k][i]
	}
	for k, j := range m.numbered {
		centers[j] = m.numbers[k][i]
	}
	if m.rounds >= 0 {
		centers[m.rounds] = m.byRounds[arm]
	}
	return centers
}
