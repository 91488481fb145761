package tpe

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"

	"evenkeel/search"
	"evenkeel/search/samplertest"
	"evenkeel/search/testfunc"
)

// observations returns n observations at random points of a space, both ends of
// every range among them.
func observations(space search.Space, n int) []search.Observation {
	rng := rand.New(rand.NewPCG(3, uint64(n)))
	var out []search.Observation
	for i := range n {
		point := search.Point{}
		for _, p := range space.Params {
			u := math.Round(rng.Float64()*1.5*100) / 100 // a third at the upper end
			if i == 1 {
				u = 0
			}
			if search.Active(point, p) {
				point[p.Name] = p.At(min(u, 1))
			}
		}
		out = append(out, search.Observation{Point: point, Round: 1 + i%3, State: search.ObservedComplete, Weight: 1 / float64(1+i%2)})
	}
	return out
}

// integral integrates a density over the axes from j on, given the coordinates
// before: over smooth axes by Gauss and Legendre's rule (gonum's), over cells and
// choices by adding up.
func integral(m *mixture, coordinates []float64, nodes int) float64 {
	j := len(coordinates)
	if j == len(m.axes) {
		return m.density(candidate{coordinates: coordinates}, 0)
	}
	next := func(x float64) float64 { return integral(m, append(slices.Clone(coordinates), x), nodes) }
	a := &m.axes[j]
	switch {
	case !a.exists(coordinates):
		return next(absent)
	case a.kind == constant:
		return next(0)
	case a.kind == smooth:
		return quad.Fixed(next, 0, 1, nodes, quad.Legendre{}, 0)
	}
	sum := 0.0
	for k := range int(a.count) {
		low, _, high := a.cell(float64(k))
		sum += (high - low) * next(float64(k))
	}
	return sum
}

// TestDensitiesIntegrateToOne integrates the density on every kind of axis, and
// the joint one of conditional spaces, for 0 to 50 observations.
func TestDensitiesIntegrateToOne(t *testing.T) {
	t.Parallel()
	spaces := samplertest.Spaces()
	spaces = append(spaces,
		samplertest.NamedSpace{Name: "many cells", Space: search.Space{Params: []search.Param{{Name: "x", Kind: search.Int, Low: 1, High: 1000}}}},
		samplertest.NamedSpace{Name: "many log cells", Space: search.Space{Params: []search.Param{{Name: "x", Kind: search.Int, Low: 1, High: 1000, Log: true}}}},
		samplertest.NamedSpace{Name: "wide log", Space: search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, Low: 1e-300, High: 1e300, Log: true}}}},
		samplertest.NamedSpace{Name: "rounds", Space: search.Space{Params: []search.Param{
			{Name: search.KeyRounds, Kind: search.Int, Low: 1, High: 4}, {Name: "x", Kind: search.Real, Low: 0, High: 1},
		}}},
		samplertest.NamedSpace{Name: "conditional", Space: testfunc.Conditional().Space},
	)
	for _, s := range spaces {
		if s.Name == "all kinds" {
			continue // seven dimensions; each is tested alone
		}
		for _, n := range []int{0, 1, 2, 4, 50} {
			m := newMixture(newAxes(s.Space), observations(s.Space, n))
			if got := integral(m, nil, 100); math.Abs(got-1) > 1e-9 {
				t.Errorf("%s, %d observations: the density integrates to %.12f; want 1", s.Name, n, got)
			}
		}
	}
}

// TestDensityAtOnePoint compares with a density computed by mpmath 1.2.1 from
// the formula of [mixture]: two kernels of width 0.1 * 2^(-1/5) at 0.25 and at 1.
func TestDensityAtOnePoint(t *testing.T) {
	t.Parallel()
	space := search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, Low: 0, High: 1}}}
	m := newMixture(newAxes(space), []search.Observation{
		{Point: search.Point{"x": 0.25}, Weight: 1}, {Point: search.Point{"x": 1}, Weight: 1},
	})
	for _, c := range []struct{ x, want float64 }{
		{0, 0.35811241723352819},
		{0.25, 1.8640053237128878},
		{0.3125, 1.516258658294222},
		{0.5, 0.35811262704887439},
		{0.75, 0.38279045529227404},
		{1, 3.3884289415726108},
	} {
		if got := m.density(candidate{coordinates: []float64{c.x}}, 0); math.Abs(got-c.want) > 1e-12*c.want {
			t.Errorf("density(%v) = %v; want %v", c.x, got, c.want)
		}
	}
}

// TestLimitIsExact checks that a density that is not summed up to its end was
// going to be above the limit, and is the same number otherwise.
func TestLimitIsExact(t *testing.T) {
	t.Parallel()
	space := testfunc.Conditional().Space
	m := newMixture(newAxes(space), observations(space, 50))
	rng := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		c := m.draw(rng)
		full := m.density(c, 0)
		limit := full * (0.5 + rng.Float64())
		if got := m.density(c, limit); limit >= full && got != full || limit < full && got <= limit {
			t.Fatalf("density with limit %v is %v; without it is %v", limit, got, full)
		}
	}
}

// TestDrawsFollowTheDensity compares draws with the density: by Kolmogorov and
// Smirnov's test on smooth axes, by Pearson's on others, at 0.1 % each.
func TestDrawsFollowTheDensity(t *testing.T) {
	t.Parallel()
	const n = 4000
	for _, s := range samplertest.Spaces() {
		if len(s.Space.Params) != 1 {
			continue
		}
		m := newMixture(newAxes(s.Space), observations(s.Space, 5))
		rng := rand.New(rand.NewPCG(7, 8))
		x := make([]float64, n)
		for i := range x {
			c := m.draw(rng)
			x[i] = c.coordinates[0]
			if err := s.Space.Contains(c.point(m.axes)); err != nil {
				t.Fatalf("%s: %v", s.Name, err)
			}
		}
		slices.Sort(x)
		if distance, limit := distance(m, x); distance > limit {
			t.Errorf("%s: the draws are %.4g from the density; want at most %.4g", s.Name, distance, limit)
		}
	}
}

// distance returns the test statistic of sorted draws on the only axis, and its
// 99.9 % point.
func distance(m *mixture, x []float64) (d, limit float64) {
	density := func(x float64) float64 { return m.density(candidate{coordinates: []float64{x}}, 0) }
	n := float64(len(x))
	if a := &m.axes[0]; a.kind != smooth {
		for k := range int(a.count) {
			low, _, high := a.cell(float64(k))
			want := n * (high - low) * density(float64(k))
			got := 0.0
			for _, v := range x {
				if v == float64(k) {
					got++
				}
			}
			d += (got - want) * (got - want) / want
		}
		return d, distuv.ChiSquared{K: a.count - 1}.Quantile(0.999)
	}
	below, before := 0.0, 0.0
	for i, v := range x {
		below += quad.Fixed(density, before, v, 3, quad.Legendre{}, 0)
		before = v
		d = max(d, math.Abs(below-float64(i)/n), math.Abs(below-float64(i+1)/n))
	}
	return d, 1.949 / math.Sqrt(n) // the 99.9 % point of Kolmogorov's distribution
}

// TestAbsentParametersSayNothing checks that a kernel is uniform in what its
// observation lacks: observations of one branch leave the densities within
// another alone.
func TestAbsentParametersSayNothing(t *testing.T) {
	t.Parallel()
	space := search.Space{Params: []search.Param{
		{Name: "branch", Kind: search.Categorical, Choices: []any{"a", "b"}},
		{Name: "x", Kind: search.Real, Low: 0, High: 1, When: &search.Condition{Param: "branch", In: []int{0}}},
		{Name: "y", Kind: search.Real, Low: 0, High: 1, When: &search.Condition{Param: "branch", In: []int{1}}},
	}}
	var history []search.Observation
	for i := range 20 {
		history = append(history, search.Observation{Point: search.Point{"branch": 0, "x": float64(i) / 40}, Weight: 1})
	}
	m := newMixture(newAxes(space), history)
	at := func(x ...float64) float64 { return m.density(candidate{coordinates: x}, 0) }
	if a, b := at(1, absent, 0.1), at(1, absent, 0.9); a != b {
		t.Errorf("the density in the other branch is %v at 0.1 and %v at 0.9; want the same", a, b)
	}
	if a, b := at(0, 0.2, absent), at(0, 0.9, absent); a < 10*b {
		t.Errorf("the density in the branch is %v at 0.2 and %v at 0.9; want it far larger where points are", a, b)
	}
}

// TestArmsOfATrialShareItsWeight checks that a trial counts once, into however
// many arms it is cut, and whether or not these share their map.
func TestArmsOfATrialShareItsWeight(t *testing.T) {
	t.Parallel()
	for _, params := range [][]search.Param{
		{{Name: "x", Kind: search.Real, Low: 0, High: 1}},
		{{Name: search.KeyRounds, Kind: search.Int, Low: 3, High: 4}, {Name: "x", Kind: search.Real, Low: 0, High: 1}},
		{{Name: search.KeyRounds, Kind: search.Int, Low: 3, High: 300}, {Name: "x", Kind: search.Real, Low: 0, High: 1}},
	} {
		space := search.Space{Params: params}
		var whole, shared, copied []search.Observation
		for i := range 10 {
			point := func() search.Point {
				p := search.Point{"x": float64(i) / 9}
				if len(params) == 2 {
					p[search.KeyRounds] = 3
				}
				return p
			}
			p := point()
			whole = append(whole, search.Observation{Point: p, Round: 3, Weight: 1})
			for r := 1; r <= 3; r++ { // rounds 1 and 2 lie at the smallest value, 3
				shared = append(shared, search.Observation{Point: p, Round: r, Weight: 1.0 / 3})
				copied = append(copied, search.Observation{Point: point(), Round: r, Weight: 1.0 / 3})
			}
		}
		axes := newAxes(space)
		a, b, c := newMixture(axes, whole), newMixture(axes, shared), newMixture(axes, copied)
		rng := rand.New(rand.NewPCG(9, 10))
		for range 100 {
			x := a.draw(rng)
			want := a.density(x, 0)
			for _, m := range []*mixture{b, c} {
				if got := m.density(x, 0); math.Abs(got-want) > 1e-12*want {
					t.Fatalf("%s: the density is %v with arms and %v with trials", fmt.Sprint(params[0].Name), got, want)
				}
			}
		}
	}
}
