package testfunc_test

import (
	"math"
	"testing"

	"evenkeel/search"
	"evenkeel/search/testfunc"
)

// TestMinima checks every function where it is smallest: the minimizers are
// points of the space, have the minimum, and neither a random point nor a small
// step within the space leads below it.
func TestMinima(t *testing.T) {
	for _, f := range testfunc.All() {
		t.Run(f.Name, func(t *testing.T) {
			if err := f.Space.Validate(); err != nil {
				t.Fatal(err)
			}
			rng := search.Rand(1, 0, f.Name)
			for _, m := range f.Minimizers {
				if err := f.Space.Contains(m); err != nil {
					t.Fatalf("minimizer %v: %v", m, err)
				}
				if got := f.Value(m); math.Abs(got-f.Minimum) > 1e-12 {
					t.Errorf("value %v at the minimizer %v; want %v", got, m, f.Minimum)
				}
				for range 2000 {
					step := search.Point{}
					for _, p := range f.Space.Params {
						if v, ok := m[p.Name]; ok {
							step[p.Name] = near(p, v, rng.Float64()-0.5)
						}
					}
					if got := f.Value(step); got < f.Minimum-1e-12 {
						t.Fatalf("value %v at %v; want at least %v", got, step, f.Minimum)
					}
				}
			}
			for range 20_000 {
				if p := anywhere(f.Space, rng.Float64); f.Value(p) < f.Minimum {
					t.Fatalf("value %v at %v; want at least %v", f.Value(p), p, f.Minimum)
				}
			}
		})
	}
}

// near returns a value close to v, or v where values are counted.
func near(p search.Param, v, share float64) float64 {
	if p.Count() != 0 {
		return v
	}
	return min(max(v+0.02*share*(p.High-p.Low), p.Low), p.High)
}

// anywhere returns a point of the space.
func anywhere(s search.Space, draw func() float64) search.Point {
	point := search.Point{}
	for _, p := range s.Params {
		if u := draw(); search.Active(point, p) {
			point[p.Name] = p.At(u)
		}
	}
	return point
}

// TestValues compares with values computed by the formulas of the sources in
// 50-digit arithmetic (mpmath 1.2.1 under Python).
func TestValues(t *testing.T) {
	hartmann := search.Point{"x1": 0.5, "x2": 0.5, "x3": 0.5, "x4": 0.5, "x5": 0.5, "x6": 0.5}
	for _, c := range []struct {
		f     testfunc.Function
		point search.Point
		want  float64
	}{
		{testfunc.Branin(), search.Point{"x": 0, "y": 0}, 55.60211264227027},
		{testfunc.Branin(), search.Point{"x": 2.5, "y": 7.5}, 24.129964413622261},
		{testfunc.Branin(), search.Point{"x": -5, "y": 0}, 308.12909601160663},
		{testfunc.Hartmann6(), hartmann, -0.5053149917022331},
		{testfunc.Conditional(), search.Point{"family": 0, "x": 0.5, "y": 0.1}, 1.39},
		{testfunc.Conditional(), search.Point{"family": 1, "rate": 0.1, "depth": 2}, 1.25},
		{testfunc.Conditional(), search.Point{"family": 2, "share": 0.5, "mode": 1}, 1},
	} {
		if err := c.f.Space.Contains(c.point); err != nil {
			t.Fatalf("%s: %v", c.f.Name, err)
		}
		if got := c.f.Value(c.point); math.Abs(got-c.want) > 1e-13*math.Abs(c.want) {
			t.Errorf("%s at %v is %v; want %v", c.f.Name, c.point, got, c.want)
		}
	}
}
