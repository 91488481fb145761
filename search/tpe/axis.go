package tpe

import (
	"math"
	"slices"

	"evenkeel/search"
)

// axis is a parameter as a dimension of the densities. It maps values to places
// on the parameter's own scale, the unit interval, on which it is uniform
// before anything is known; that is the inverse of [search.Param.At]. A real
// value is a point of the interval. A counted value (an integer, a step, a
// choice) is a cell of it, and the cells fill it.
type axis struct {
	param search.Param
	kind  axisKind
	// count is the number of values, 0 for a real range.
	count float64
	// low and width are the value at place 0 and the distance to that at place
	// 1, their logarithms on a logarithmic scale.
	low, width float64
	// rounds says that it is the parameter of which an arm has its own value.
	rounds bool
	// parent is the index of the axis that says whether this one exists, which it
	// does at the choices in; -1 if it always exists.
	parent int
	in     []int
}

// axisKind says how a density treats an axis.
type axisKind int

const (
	// constant axes have one value and are left out of densities.
	constant axisKind = iota
	// choices have no order: a kernel has more of its own and as much of every other.
	choices
	// cells are integrated over.
	cells
	// smooth axes are real, or have so many cells that the density at the middle
	// of one is as good as its integral.
	smooth
)

// mostCells is the largest number of cells that is integrated over. Beyond it
// a cell is a fraction of a kernel's width. Our choice, for speed.
const mostCells = 64

// absent is the place of a value that does not exist.
const absent = -1

// newAxes returns the axes of a space, in its order.
func newAxes(space search.Space) []axis {
	axes := make([]axis, len(space.Params))
	for i, p := range space.Params {
		a := axis{param: p, kind: smooth, count: p.Count(), low: p.Low, width: p.High - p.Low, rounds: p.Name == search.KeyRounds, parent: -1}
		if p.When != nil {
			a.parent = slices.IndexFunc(space.Params, func(q search.Param) bool { return q.Name == p.When.Param })
			a.in = p.When.In
		}
		switch {
		case a.count == 1:
			a.kind = constant
		case p.Kind == search.Categorical:
			a.kind = choices
		case a.count > 0 && a.count <= mostCells:
			a.kind = cells
		}
		if p.Log {
			low, high := p.Low, p.High
			if p.Kind == search.Int { // the outer ends of the first and the last cell
				low, high = low-0.5, high+0.5
			}
			a.low = ln(low)
			a.width = ln(high) - a.low
		}
		axes[i] = a
	}
	return axes
}

// exists reports whether the parameter exists in a point with the given
// coordinates, of which those before this axis are read.
func (a *axis) exists(coordinates []float64) bool {
	return a.parent < 0 || coordinates[a.parent] >= 0 && slices.Contains(a.in, int(coordinates[a.parent]))
}

// coordinate returns what a density needs to know of a value: its place on a
// smooth axis, in bins; its number, from 0, on one with cells or choices; absent
// if the parameter has no such value.
func (a *axis) coordinate(v float64) float64 {
	switch {
	case a.kind == constant:
		return 0
	case a.kind == choices && v >= 0 && v < a.count:
		return v
	case a.kind == choices || !(v >= a.param.Low && v <= a.param.High):
		return absent
	case a.kind == cells:
		return a.number(v)
	case a.param.Log:
		v = ln(v)
	}
	return math.Floor(float64(a.place(v)*bins) + 0.5)
}

// observed returns the coordinate of an observation. The arm of round r is part
// of every trial with at least r rounds, so it lies at the smallest number of
// rounds that is not below r.
func (a *axis) observed(o *search.Observation) float64 {
	v, exists := o.Point[a.param.Name]
	switch {
	case !exists:
		return absent
	case a.rounds:
		return a.ofRound(o.Round, v)
	}
	return a.coordinate(v)
}

// ofRound returns the coordinate on the axis of rounds of an arm of a trial
// whose own value is own.
func (a *axis) ofRound(round int, own float64) float64 {
	if round > 0 {
		own = a.roundsFor(float64(round), own)
	}
	return a.coordinate(own)
}

// roundsFor returns the value of the parameter rounds for an arm of a trial
// whose own value is own.
func (a *axis) roundsFor(round, own float64) float64 {
	switch {
	case a.kind == choices:
		best, bestRounds := own, math.Inf(1)
		for i, c := range a.param.Choices {
			if n, ok := c.(int64); ok && float64(n) >= round && float64(n) < bestRounds {
				best, bestRounds = float64(i), float64(n)
			}
		}
		return best
	case a.param.Step != 0:
		return min(a.param.Low+float64(math.Ceil(max(round-a.param.Low, 0)/a.param.Step)*a.param.Step), own)
	}
	return min(max(round, a.param.Low), own)
}

// bins is the number of places, less one, at which a kernel may lie on a
// smooth axis. A bin is far narrower than a kernel, so that only the speed
// shows: what depends on the place is computed once for each.
const bins = 256

// place returns the share of the width at which x lies, x a logarithm on a
// logarithmic scale.
func (a *axis) place(x float64) float64 {
	return min(max((x-a.low)/a.width, 0), 1)
}

// number returns the number of a counted value, from 0.
func (a *axis) number(v float64) float64 {
	if a.param.Step != 0 {
		return math.Round((v - a.param.Low) / a.param.Step)
	}
	return v - a.param.Low
}

// cell returns the ends of cell k and the place of its value.
func (a *axis) cell(k float64) (low, middle, high float64) {
	if a.param.Log {
		v := a.param.Low + k
		return a.place(ln(v - 0.5)), a.place(ln(v)), a.place(ln(v + 0.5))
	}
	return k / a.count, (k + 0.5) / a.count, (k + 1) / a.count
}
