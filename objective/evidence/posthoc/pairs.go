package posthoc

import (
	"fmt"
	"math"
	"slices"
)

// Margins are the distances |z_i - z_j| of the examples of two classes i and j,
// ascending, in nats: a shift moves an example between the two only if it is
// larger.
type Margins []float64

// Margins returns the margins of a pair of classes. It panics if the classes are
// the same or out of range.
func (p *Logits) Margins(i, j int) Margins {
	p.checkPair(i, j)
	m := make(Margins, 0, p.support[i]+p.support[j])
	for e, truth := range p.labels {
		if int(truth) == i || int(truth) == j {
			m = append(m, math.Abs(p.difference(e, i, j)))
		}
	}
	slices.Sort(m)
	return m
}

// Median returns the median margin.
func (m Margins) Median() float64 {
	n := len(m)
	return m[(n-1)/2]/2 + m[n/2]/2
}

// Share returns the share of examples whose margin is below |s|, from 0 to 1.
// A shift of s can move at most about this share of the recalls of the two classes
// between them.
func (m Margins) Share(s float64) float64 {
	below, _ := slices.BinarySearch(m, math.Abs(s))
	return float64(below) / float64(len(m))
}

// PairFloor says how well a threshold on z_i - z_j can separate the examples of two
// classes. A shift can do no more for them.
type PairFloor struct {
	I, J int
	// RecallI and RecallJ are the shares of the examples of I and J on the right
	// side now, counting errors between these two classes only; at least their recalls.
	RecallI, RecallJ float64
	// Equal is the share at the shift at which the two are equal, 1 minus the equal
	// error rate of the pair. No shift can give both classes a larger recall.
	Equal float64
	// Shift is b_i - b_j there, in nats.
	Shift float64
}

// Mean returns the mean share on the right side now.
func (f PairFloor) Mean() float64 { return f.RecallI/2 + f.RecallJ/2 }

// PairFloor returns the floor of a pair of classes. Where the two shares jump past
// each other between two neighbouring thresholds, Equal is on the straight line
// between. It panics if the classes are the same or out of range.
func (p *Logits) PairFloor(i, j int) PairFloor {
	p.checkPair(i, j)
	ofI, ofJ := make([]float64, 0, p.support[i]), make([]float64, 0, p.support[j])
	for e, truth := range p.labels {
		switch int(truth) {
		case i:
			ofI = append(ofI, p.difference(e, i, j))
		case j:
			ofJ = append(ofJ, p.difference(e, i, j))
		}
	}
	return floorOf(i, j, ofI, ofJ)
}

// HardestPair returns the pair of classes whose Equal is lowest, the first of
// equals; ok is false if there is only one class. No shift makes the recalls of
// all classes equal at a larger value.
func (p *Logits) HardestPair() (hardest PairFloor, ok bool) {
	places := make([][]int, p.classes)
	for e, c := range p.labels {
		places[c] = append(places[c], e)
	}
	between := func(of, i, j int) []float64 {
		d := make([]float64, len(places[of]))
		for k, e := range places[of] {
			d[k] = p.difference(e, i, j)
		}
		return d
	}
	for i := range p.classes {
		for j := i + 1; j < p.classes; j++ {
			if f := floorOf(i, j, between(i, i, j), between(j, i, j)); !ok || f.Equal < hardest.Equal {
				hardest, ok = f, true
			}
		}
	}
	return hardest, ok
}

// floorOf takes z_i - z_j of the examples of i and of those of j, which it sorts.
func floorOf(i, j int, ofI, ofJ []float64) PairFloor {
	slices.Sort(ofI)
	slices.Sort(ofJ)
	f := PairFloor{I: i, J: j}
	// An example is taken for i above 0, and at 0 if i comes first.
	limit := 0.0
	if i > j {
		limit = math.Nextafter(0, 1)
	}
	k, _ := slices.BinarySearch(ofI, limit)
	f.RecallI = 1 - float64(k)/float64(len(ofI))
	k, _ = slices.BinarySearch(ofJ, limit)
	f.RecallJ = float64(k) / float64(len(ofJ))

	// The threshold falls from above everything: i gains, j loses.
	ri, rj := 0.0, 1.0
	a, b := len(ofI), len(ofJ)
	for ri < rj {
		at := math.Inf(-1)
		if a > 0 {
			at = ofI[a-1]
		}
		if b > 0 {
			at = max(at, ofJ[b-1])
		}
		for a > 0 && ofI[a-1] == at {
			a--
		}
		for b > 0 && ofJ[b-1] == at {
			b--
		}
		ni, nj := 1-float64(a)/float64(len(ofI)), float64(b)/float64(len(ofJ))
		if ni >= nj {
			f.Shift = -at
			f.Equal = ri + float64((ni-ri)*((rj-ri)/((ni-ri)+(rj-nj))))
		}
		ri, rj = ni, nj
	}
	return f
}

// difference returns z_i - z_j of an example.
func (p *Logits) difference(e, i, j int) float64 {
	row := p.row(e)
	return float64(row[i]) - float64(row[j])
}

func (p *Logits) checkPair(i, j int) {
	if i == j || min(i, j) < 0 || max(i, j) >= p.classes {
		panic(fmt.Sprintf("posthoc: the pair of classes %d and %d; want two different ones below %d", i, j, p.classes))
	}
}
