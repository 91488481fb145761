package tpe

import (
	"math/rand/v2"

	"evenkeel/search"
)

// candidate is a point as it was drawn, by axis. What does not exist in it is
// absent.
type candidate struct {
	// shares are the places from 0 to 1 that were drawn.
	shares []float64
	// coordinates are what a density asks for: the share on a smooth axis, the
	// number on one with cells or choices, 0 where there is one value.
	coordinates []float64
	// above is l at the candidate.
	above float64
}

// point returns the candidate's values.
func (c candidate) point(axes []axis) search.Point {
	point := make(search.Point, len(axes))
	for j := range axes {
		if u := c.shares[j]; u >= 0 {
			point[axes[j].param.Name] = axes[j].param.At(u)
		}
	}
	return point
}

// draw returns a random point of the density. It takes from rng one number to
// choose the component and one for every parameter of the point that has more
// than one value.
func (m *mixture) draw(rng *rand.Rand) candidate {
	c := candidate{shares: make([]float64, len(m.axes)), coordinates: make([]float64, len(m.axes))}
	var centers []float64 // none is the prior
	if arm := m.component(rng); arm >= 0 {
		centers = m.centers(arm)
	}
	for j := range m.axes {
		a := &m.axes[j]
		if !a.exists(c.coordinates) {
			c.shares[j], c.coordinates[j] = absent, absent
			continue
		}
		if a.kind == constant {
			continue
		}
		u := search.Share(rng)
		if centers != nil && centers[j] >= 0 {
			u = m.within(j, centers[j], u)
		}
		c.shares[j], c.coordinates[j] = u, u
		if a.kind != smooth {
			c.coordinates[j] = a.coordinate(a.param.At(u))
		}
	}
	return c
}

// component returns a random arm by weight, or -1 for the prior.
func (m *mixture) component(rng *rand.Rand) int {
	which := float64(search.Share(rng)*m.total) - priorWeight
	arm := -1
	for which >= 0 && arm+1 < len(m.weights) {
		arm++
		which -= m.weights[arm]
	}
	return arm
}

// within returns the place below which the share u of the kernel lies that
// lies at a coordinate; among choices its own comes before the others.
func (m *mixture) within(j int, coordinate, u float64) float64 {
	a := &m.axes[j]
	mean := coordinate / bins
	switch a.kind {
	case choices:
		extra := (m.own[j] - m.other[j]) / a.count // what its own has beyond the others
		if u < extra {
			return (coordinate + 0.5) / a.count
		}
		return min((u-extra)/(1-extra), 1)
	case cells:
		_, mean, _ = a.cell(coordinate)
	}
	sigma := m.width[j]
	z := quantileBetween(-mean/sigma, (1-mean)/sigma, u)
	return min(max(mean+float64(sigma*z), 0), 1)
}
