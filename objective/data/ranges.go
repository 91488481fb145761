package data

import (
	"fmt"
	"math"
)

// Range says what a column of a table, or a channel of the images, holds in the
// training part of a source.
type Range struct {
	Name     string
	Min, Max float32
	// Mean and StdDev (population: divided by the number of values) are computed
	// in float64 in the order of the examples.
	Mean, StdDev float64
}

// Constant reports whether there is only one value. A model learns nothing from
// it; the built-in ones see zeros.
func (r Range) Constant() bool { return r.Min == r.Max }

// Ranges returns one Range per column or channel of the training part, before
// any split. Of no examples they are all NaN.
func (d *Dataset) Ranges() []Range {
	groups, size := d.Features(), 1
	if len(d.Shape) > 1 { // channel, height, width
		groups, size = d.Shape[0], d.Features()/d.Shape[0]
	}
	out := make([]Range, groups)
	for g := range out {
		if d.Train.bytes != nil {
			out[g] = d.Train.byteRange(g, groups, size)
		} else {
			out[g] = d.Train.numberRange(g, groups, size)
		}
		out[g].Name = d.groupName(g, groups)
	}
	return out
}

// groupName names a column or channel.
func (d *Dataset) groupName(g, groups int) string {
	switch {
	case g < len(d.Columns):
		return d.Columns[g]
	case len(d.Shape) == 3 && groups == 1:
		return "grey"
	case len(d.Shape) == 3 && groups == 3:
		return [3]string{"red", "green", "blue"}[g]
	}
	return fmt.Sprintf("column %d", g+1)
}

// byteRange counts the levels of a channel first, and then has few to look at.
func (e Examples) byteRange(group, groups, size int) Range {
	var counts [256]int
	for i := range e.Y {
		start := (i*groups + group) * size
		for _, b := range e.bytes[start : start+size] {
			counts[b]++
		}
	}
	var r moments
	for b, n := range counts {
		r.first(e.levels[b], n)
	}
	for b, n := range counts {
		r.second(e.levels[b], n)
	}
	return r.result()
}

// numberRange goes through the numbers of a column or channel twice.
func (e Examples) numberRange(group, groups, size int) Range {
	var r moments
	for pass := range 2 {
		for i := range e.Y {
			start := (i*groups + group) * size
			for _, x := range e.numbers[start : start+size] {
				if pass == 0 {
					r.first(x, 1)
				} else {
					r.second(x, 1)
				}
			}
		}
	}
	return r.result()
}

// moments gathers a Range: all values go through first, then again through second.
type moments struct {
	n            int
	min, max     float32
	sum, squares float64
}

func (m *moments) first(x float32, times int) {
	if times == 0 {
		return
	}
	if m.n == 0 {
		m.min, m.max = x, x
	}
	m.n += times
	m.min, m.max = min(m.min, x), max(m.max, x)
	m.sum += float64(float64(x) * float64(times))
}

func (m *moments) second(x float32, times int) {
	if times == 0 {
		return
	}
	d := float64(x) - m.sum/float64(m.n)
	m.squares += float64(d * d * float64(times))
}

func (m *moments) result() Range {
	if m.n == 0 {
		nan := float32(math.NaN())
		return Range{Min: nan, Max: nan, Mean: math.NaN(), StdDev: math.NaN()}
	}
	r := Range{Min: m.min, Max: m.max, Mean: m.sum / float64(m.n), StdDev: math.Sqrt(m.squares / float64(m.n))}
	if r.Constant() {
		r.Mean, r.StdDev = float64(m.min), 0 // without rounding
	}
	return r
}
