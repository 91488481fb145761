package formula

import (
	"strings"
	"testing"

	"evenkeel/schemes"
)

// TestProbe: formulas without weights somewhere are refused with the place, and
// those that have weights everywhere are not.
func TestProbe(t *testing.T) {
	t.Parallel()
	none := schemes.NoSmoothing
	for _, c := range []struct {
		text      string
		low, high float64 // of k
		recipe    schemes.Recipe
		want      string // "" accepts
	}{
		{"(mean / x) ** k", 0.5, 8, schemes.Recipe{}, ""},
		{"(mean / x) ** k", 0.5, 8, schemes.Recipe{Signal: schemes.Precision}, ""},
		{"(mean / x) ** k", 0.5, 8, schemes.Recipe{Smoothing: none},
			"(mean / x) ** k gives class 0, whose signal is 0, the weight NaN; want a finite number of at least 0 " +
				"(on a probe: no class recognised, k = 0.5, smoothing none); max(a, b) and clamp can avoid such values"},
		{"(mean / max(x, 0.01)) ** k", 0.5, 8, schemes.Recipe{Smoothing: none}, "gives no class a weight for the signal [0 0 0]"},
		{"(max(mean, 0.01) / max(x, 0.01)) ** k", 0.5, 8, schemes.Recipe{Smoothing: none}, ""},
		{"(1 - x) ** k", 0.5, 8, schemes.Recipe{}, ""},
		{"(1 - x) ** k", 0.5, 8, schemes.Recipe{Smoothing: none}, "gives no class a weight for the signal [1 1]"},
		{"(mean / x) ** k", 0.5, 200, schemes.Recipe{}, "the weight +Inf"},
		{"mean - x", 0, 0, schemes.Recipe{}, "ordinary signals"},
		{"1 + k * (mean - x)", 0.5, 0.5, schemes.Recipe{}, ""},
		{"1 + k * (mean - x)", 0.5, 8, schemes.Recipe{}, "k = 8"},
		{"max(1 + k * (mean - x), 0)", 0.5, 8, schemes.Recipe{}, ""},
		{"exp(k * (mean - x) / std)", 1, 2, schemes.Recipe{}, "equal signals"},
		{"exp(k * (mean - x) / max(std, 0.01))", 1, 2, schemes.Recipe{}, ""},
		{"log(x)", 0, 0, schemes.Recipe{}, "the weight -"},
		{"0 * x", 0, 0, schemes.Recipe{}, "gives no class a weight"},
		{"sqrt(x - 2)", 0, 0, schemes.Recipe{}, "NaN"},
		{"1 / (round - 1)", 0, 0, schemes.Recipe{}, "+Inf"},
		{"1 / (3 - round)", 0, 0, schemes.Recipe{}, "round 3: 1 / (3 - round) gives class 0"},
		{"1 / (4 - round)", 0, 0, schemes.Recipe{}, ""},
		{"1 / (100 - classes)", 0, 0, schemes.Recipe{}, "100 classes"},
		{"total / (classes * support)", 0, 0, schemes.Recipe{}, ""},
		{"prev - 0.5", 0, 0, schemes.Recipe{}, "round 3: prev - 0.5 gives class 0"},
		{"prev * exp(k * (1 - x))", 0.1, 20, schemes.Recipe{}, ""},
		{"precision / recall + f1", 0, 0, schemes.Recipe{}, ""},
		{"x < 0.5 ? 2 : 1", 0, 0, schemes.Recipe{}, ""},

		{"(mean / x) ** k", 0, 0, schemes.Recipe{Strength: 2}, ""},
		{"exp((1 - x) / k)", 0, 0, schemes.Recipe{Strength: 2}, ""},
		{"1 + min(k, 1) * (1 - x)", 0, 0, schemes.Recipe{Strength: 2}, "the strength cannot be reached: no k of"},
		{"1 + k * (1 - x)", 0, 0, schemes.Recipe{Strength: 5}, ""}, // with a class that is never recognised
		{"x + 0 * k", 0, 0, schemes.Recipe{Strength: 1}, "nor for any other probe"},
	} {
		strengthOf := ""
		values := func(k float64) schemes.Values { return schemes.Values{"k": k} }
		if c.recipe.Strength != 0 {
			strengthOf = "k"
			values = func(float64) schemes.Values { return nil }
		}
		c.recipe.Scheme = parse(t, c.text, "k").Scheme(strengthOf)
		err := Probe(c.recipe, values(c.low), values(c.high), 3)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s, k from %v to %v: %v", c.text, c.low, c.high, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s, k from %v to %v: %v; want an error with %q", c.text, c.low, c.high, err, c.want)
		}
	}
}

// TestCorners counts them: all of a small box, the outer ones of a large one.
func TestCorners(t *testing.T) {
	t.Parallel()
	for open, want := range map[int]int{0: 1, 1: 2, 2: 4, 4: 16, 5: 12, 8: 18} {
		low, high := schemes.Values{"fixed": 3}, schemes.Values{"fixed": 3}
		for i := range open {
			name := string(rune('a' + i))
			low[name], high[name] = 0, 1
		}
		got := corners(low, high)
		sums := map[float64]bool{}
		for _, v := range got {
			var sum float64
			for _, x := range v {
				sum += x
			}
			sums[sum] = true
		}
		if len(got) != want || !sums[3] || !sums[3+float64(open)] {
			t.Errorf("%d open parameters have %d corners; want %d, with both outermost", open, len(got), want)
		}
	}
	if got := corners(nil, nil); len(got) != 1 {
		t.Errorf("no parameters have %d corners; want 1", len(got))
	}
}
