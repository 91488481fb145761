package search

import (
	"math"
	"slices"
)

// Active reports whether the parameter exists in the point: it has no
// condition, or the parameter its condition names exists and has one of the
// choices the condition lists.
func Active(pt Point, p Param) bool {
	if p.When == nil {
		return true
	}
	v, has := pt[p.When.Param]
	return has && slices.Contains(p.When.In, int(v))
}

// Render returns the values of a point of the space as the study file means
// them, by parameter name: float64 for a real, int64 for an integer, and the
// choice itself (string, bool, int64, float64 or a fresh []int64) for a
// categorical parameter. Parameters that do not exist in the point are left
// out. It panics on a categorical index out of range; see [Space.Contains].
func (s Space) Render(pt Point) map[string]any {
	out := make(map[string]any, len(pt))
	for _, p := range s.Params {
		if v, has := pt[p.Name]; has {
			out[p.Name] = p.native(v)
		}
	}
	return out
}

// native returns one value as the study file means it.
func (p Param) native(v float64) any {
	switch p.Kind {
	case Int:
		return int64(v)
	case Categorical:
		if list, ok := p.Choices[int(v)].([]int64); ok {
			return slices.Clone(list)
		}
		return p.Choices[int(v)]
	}
	return v
}

// Middle returns the point with every parameter at its middle, as defined for
// the reference: the arithmetic middle of a range, the geometric one on a
// logarithmic scale, integers and grid positions rounded half up, the first
// choice of a categorical parameter. Parameters that do not exist there are
// left out.
func (s Space) Middle() Point {
	pt := make(Point, len(s.Params))
	for _, p := range s.Params {
		if Active(pt, p) {
			pt[p.Name] = p.middle()
		}
	}
	return pt
}

// middle returns the middle of one parameter.
func (p Param) middle() float64 {
	switch {
	case p.Kind == Categorical:
		return 0
	case p.Log:
		m := math.Sqrt(p.Low * p.High)
		if m == 0 || math.IsInf(m, 0) { // the product left the range of float64
			m = math.Sqrt(p.Low) * math.Sqrt(p.High)
		}
		if p.Kind == Int {
			m = math.Floor(m + 0.5)
		}
		return p.clamp(m)
	case p.Step != 0:
		return p.gridValue(math.Floor(p.Count() / 2)) // half up of (count-1)/2
	}
	m := p.Low/2 + p.High/2
	if p.Kind == Int {
		m = math.Floor(m + 0.5)
	}
	return p.clamp(m)
}
