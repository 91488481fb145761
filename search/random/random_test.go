package random_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/samplertest"
)

// suggestions returns n points of the space.
func suggestions(t *testing.T, space search.Space, n int) []search.Point {
	t.Helper()
	points := make([]search.Point, n)
	for i := range points {
		p, err := random.New().Suggest(space, nil, search.Rand(20, i, "suggest"))
		if err != nil {
			t.Fatal(err)
		}
		points[i] = p
	}
	return points
}

// TestUniform compares the draws of each counted parameter with equal counts by
// Pearson's chi-squared test, and those of each real one with the uniform
// distribution on its scale by the Kolmogorov-Smirnov test, at 0.1 % each. The
// seeds are fixed; a sampler that lost an end, or drew on the wrong scale, fails
// by far.
func TestUniform(t *testing.T) {
	const n = 4000
	for _, s := range samplertest.Spaces() {
		if s.Name == "conditions" {
			continue // see TestStable
		}
		points := suggestions(t, s.Space, n)
		for _, p := range s.Space.Params {
			x := make([]float64, n)
			for i := range points {
				x[i] = points[i][p.Name]
			}
			switch {
			case p.Count() == 1:
			case p.Count() == 0:
				kolmogorovSmirnov(t, s.Name+"/"+p.Name, p, x)
			case !p.Log:
				chiSquared(t, s.Name+"/"+p.Name, p, x, func(float64) float64 { return 1 / p.Count() })
			default: // the share of [v-1/2, v+1/2] on the logarithmic scale
				total := math.Log((p.High + 0.5) / (p.Low - 0.5))
				chiSquared(t, s.Name+"/"+p.Name, p, x, func(v float64) float64 {
					return math.Log((v+0.5)/(v-0.5)) / total
				})
			}
		}
	}
}

func chiSquared(t *testing.T, name string, p search.Param, x []float64, share func(v float64) float64) {
	t.Helper()
	counts := map[float64]float64{}
	for _, v := range x {
		counts[v]++
	}
	sum := 0.0
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		want := share(v) * float64(len(x))
		sum += (counts[v] - want) * (counts[v] - want) / want
	}
	limit := distuv.ChiSquared{K: p.Count() - 1}.Quantile(0.999)
	if float64(len(counts)) != p.Count() || sum > limit {
		t.Errorf("%s: chi-squared %.1f over %v, want at most %.1f over %v values", name, sum, counts, limit, p.Count())
	}
}

func kolmogorovSmirnov(t *testing.T, name string, p search.Param, x []float64) {
	t.Helper()
	slices.Sort(x)
	distance := 0.0
	for i, v := range x {
		u := (v - p.Low) / (p.High - p.Low)
		if p.Log {
			u = math.Log(v/p.Low) / math.Log(p.High/p.Low)
		}
		distance = max(distance, math.Abs(u-float64(i)/float64(len(x))), math.Abs(u-float64(i+1)/float64(len(x))))
	}
	// 1.949 is the 99.9 % point of Kolmogorov's distribution.
	if limit := 1.949 / math.Sqrt(float64(len(x))); distance > limit {
		t.Errorf("%s: Kolmogorov-Smirnov distance %.4f; want at most %.4f", name, distance, limit)
	}
}

// TestStable checks that a parameter's value depends neither on which choices
// others took nor on parameters that come later.
func TestStable(t *testing.T) {
	spaces := samplertest.Spaces()
	space := spaces[slices.IndexFunc(spaces, func(s samplertest.NamedSpace) bool { return s.Name == "conditions" })].Space
	always := space.Params[len(space.Params)-1]
	unconditional := search.Space{Params: slices.Clone(space.Params)}
	for i := range unconditional.Params {
		unconditional.Params[i].When = nil
	}
	shorter := search.Space{Params: space.Params[:2]}
	long, free, short := suggestions(t, space, 200), suggestions(t, unconditional, 200), suggestions(t, shorter, 200)
	for i := range long {
		if long[i][always.Name] != free[i][always.Name] {
			t.Fatalf("point %d: %v, and %v without conditions; want the same %s", i, long[i], free[i], always.Name)
		}
		for name, v := range long[i] {
			if v != free[i][name] {
				t.Fatalf("point %d: %s is %v, and %v without conditions", i, name, v, free[i][name])
			}
		}
		for name, v := range short[i] {
			if v != long[i][name] {
				t.Fatalf("point %d: %s is %v, and %v with more parameters after it", i, name, v, long[i][name])
			}
		}
	}
}

func TestWrongSpace(t *testing.T) {
	space := search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, Low: 2, High: 1}}}
	_, err := random.New().Suggest(space, nil, search.Rand(0, 0, ""))
	if err == nil || !strings.Contains(err.Error(), "parameter x: low 2 is above high 1") {
		t.Errorf("error %v; want it to name the parameter and its fault", err)
	}
}
