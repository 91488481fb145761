package search

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// mostPoints is the largest number of points of a space that is counted: nobody makes so
// many trials. Our choice.
const mostPoints = 10000

// Points returns the number of points of the space, false where there are infinitely many
// or more than 10,000.
func (s Space) Points() (n int, finite bool) {
	finite = s.each(0, make(Point, len(s.Params)), func(Point) bool { n++; return n <= mostPoints })
	if !finite {
		n = 0
	}
	return n, finite
}

// enumerated is a point with its key.
type enumerated struct {
	Point
	text string
}

// enumerate returns the points of a space that has counted ones, in the order of its
// parameters, the values of the last one changing fastest; nil for any other space.
func (s Space) enumerate() []enumerated {
	n, finite := s.Points()
	if !finite {
		return nil
	}
	list := make([]enumerated, 0, n)
	s.each(0, make(Point, len(s.Params)), func(p Point) bool {
		list = append(list, enumerated{maps.Clone(p), p.key()})
		return true
	})
	return list
}

// each calls visit with every point that agrees with the values given for the first i
// parameters, until visit returns false. It returns false then, and where a parameter has
// values that are not counted. The point belongs to each.
func (s Space) each(i int, point Point, visit func(Point) bool) bool {
	if i == len(s.Params) {
		return visit(point)
	}
	p := s.Params[i]
	if !Active(point, p) {
		return s.each(i+1, point, visit)
	}
	defer delete(point, p.Name)
	if p.Count() == 0 {
		return false
	}
	for k := 0.0; k < p.Count(); k++ {
		point[p.Name] = p.countedValue(k)
		if !s.each(i+1, point, visit) {
			return false
		}
	}
	return true
}

// countedValue is gridValue that also has the one value of a range without width.
func (p Param) countedValue(k float64) float64 {
	if p.Low == p.High && p.Kind != Categorical {
		return p.Low
	}
	return p.gridValue(k)
}

// key writes a point as text that no other point of its space has.
func (p Point) key() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p)) {
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(strconv.FormatFloat(p[name], 'g', -1, 64))
		b.WriteByte(' ')
	}
	return b.String()
}

// free returns a point that no trial was made at: the first one of the enumeration from a
// random place on. There must be one.
func (v *view) free(points []enumerated, rng *rand.Rand) Point {
	for at := rng.IntN(len(points)); ; at = (at + 1) % len(points) {
		if !v.made[points[at].text] {
			return maps.Clone(points[at].Point)
		}
	}
}

// MostTrials returns how many trials the study makes: search.trials, but no more than its
// space has points; 0 where nothing but the time bounds them.
func (d *Definition) MostTrials() int {
	n := d.Search.Trials
	if points, finite := d.Space.Points(); finite && (n == 0 || points < n) {
		return points
	}
	return n
}

// leftover returns how many evaluations of a trial on a seed the budget has beyond the
// given number of trials, where the space has no more points: search.trials less these,
// times search.replicates, at most what brings all of them to search.max_replicates. It
// is 0 without racing, where no trial gets further seeds.
func (c Config) leftover(trials int) int {
	if !c.Racing {
		return 0
	}
	most := trials * (c.MaxReplicates - c.Replicates)
	if c.Trials == 0 {
		return most // only with a limit of time, which ends it
	}
	return max(0, min(most, (c.Trials-trials)*c.Replicates))
}
