package schemes

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// exact builds a measurement of recalls hits/100 with the given predictions.
func exact(hits, predicted []int64) Measurement {
	return Measurement{TruePositives: hits, Support: slices.Repeat([]int64{100}, len(hits)), Predicted: predicted}
}

func next(t *testing.T, r Recipe, m Measurement, prev State) Step {
	t.Helper()
	step, err := r.Next(m, 1, prev)
	if err != nil {
		t.Fatal(err)
	}
	return step
}

func wantNear(t *testing.T, what string, got, want []float64) {
	t.Helper()
	(&comparer{t: t}).equal(what, got, want)
}

// The wanted values were computed by hand from the contract's fractions.
func TestSignalsAndSmoothing(t *testing.T) {
	t.Parallel()
	m := exact([]int64{90, 0, 50}, []int64{150, 0, 80})
	for _, c := range []struct {
		signal    Signal
		smoothing Smoothing
		want      []float64
	}{
		{Recall, Laplace, []float64{91. / 102, 1. / 102, 51. / 102}},
		{Precision, Laplace, []float64{91. / 152, 1. / 2, 51. / 82}},
		{F1, Laplace, []float64{181. / 252, 1. / 102, 101. / 182}},
		{Recall, NoSmoothing, []float64{0.9, 0, 0.5}},
		{Precision, NoSmoothing, []float64{0.6, 0, 0.625}}, // never predicted: counts as 0
		{F1, NoSmoothing, []float64{180. / 250, 0, 100. / 180}},
		{"", "", []float64{91. / 102, 1. / 102, 51. / 102}},
	} {
		step := next(t, Recipe{Scheme: meanRatio, Signal: c.signal, Smoothing: c.smoothing}, m, State{})
		wantNear(t, string(c.signal)+" "+string(c.smoothing), step.Signal, c.want)
	}
}

// More weight lowers a class's precision, so a class of low precision must get
// less weight; one of low recall or F1 more.
func TestSignOfTheSignal(t *testing.T) {
	t.Parallel()
	m := exact([]int64{50, 50}, []int64{60, 140}) // equal recalls, class 1 imprecise
	for _, s := range []*Scheme{meanRatio, errorPower} {
		plain := next(t, Recipe{Scheme: s, Signal: F1, Smoothing: NoSmoothing}, m, State{})
		if plain.Raw[1] <= plain.Raw[0] {
			t.Errorf("%s on F1: raw %v; want more for the low one", s.Name, plain.Raw)
		}
		inverted := next(t, Recipe{Scheme: s, Signal: Precision, Smoothing: NoSmoothing}, m, State{})
		if inverted.Raw[1] >= inverted.Raw[0] {
			t.Errorf("%s on precision: raw %v; want less for the low one", s.Name, inverted.Raw)
		}
		raw := s.Raw(Input{Signal: inverted.Signal}, s.Defaults())
		wantNear(t, s.Name+" inverted", inverted.Raw, []float64{1 / raw[0], 1 / raw[1]})
	}
}

func TestNormalizations(t *testing.T) {
	t.Parallel()
	m := exact([]int64{90, 60, 75}, []int64{100, 100, 100})
	m.Train = []int{10, 200, 3000}
	for _, c := range []struct {
		n    Normalization
		unit func(w []float64) float64
	}{
		{NormalizeMean, func(w []float64) float64 { return (w[0] + w[1] + w[2]) / 3 }},
		{"", func(w []float64) float64 { return (w[0] + w[1] + w[2]) / 3 }},
		{NormalizeSum, func(w []float64) float64 { return w[0] + w[1] + w[2] }},
		{NormalizeMax, slices.Max[[]float64]},
		{NormalizeSupport, func(w []float64) float64 { return (10*w[0] + 200*w[1] + 3000*w[2]) / 3210 }},
	} {
		r := Recipe{Scheme: meanRatio, Normalize: c.n, Update: Accumulate, Damping: 0.3, Clip: 3}
		step := next(t, r, m, State{Weights: []float64{0.5, 2, 0.5}})
		if got := c.unit(step.Shown); math.Abs(got-1) > 1e-14 {
			t.Errorf("%s: %v; want 1", c.n, got)
		}
		wantNear(t, string(c.n), toMean1(step.Shown), step.Weights)
	}
	r := Recipe{Scheme: meanRatio, Normalize: NormalizeNone}
	if step := next(t, r, m, State{}); !slices.Equal(step.Shown, step.Raw) {
		t.Errorf("none shows %v; want the raw weights %v, bit for bit", step.Shown, step.Raw)
	}
	r.Update = Accumulate
	step := next(t, r, m, State{Weights: []float64{0.5, 2, 0.5}})
	gotMean, wantMean := step.Shown[0]+step.Shown[1]+step.Shown[2], step.Raw[0]+step.Raw[1]+step.Raw[2]
	if math.Abs(gotMean-wantMean) > 1e-14 {
		t.Errorf("none after a modifier has sum %v; want that of the raw weights, %v", gotMean, wantMean)
	}
}

func TestFallbackAndZeros(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	m := exact([]int64{90, 60, 75}, []int64{100, 100, 100})
	for _, c := range []struct {
		gives, want []float64
		fallback    bool
	}{
		{[]float64{1, 0, 4}, []float64{1, 0.004, 4}, false},
		{[]float64{0, 0, 2}, []float64{0.002, 0.002, 2}, false},
		{[]float64{0, 0, 0}, []float64{1, 1, 1}, true},
		{[]float64{1, nan, 2}, []float64{1, 1, 1}, true},
		{[]float64{1, inf, 0}, []float64{1, 1, 1}, true},
		{[]float64{1, -1, 2}, []float64{1, 1, 1}, true},
		{[]float64{1e308, 1e308, 5e307}, []float64{1e308, 1e308, 5e307}, false},
		{[]float64{5e-324, 1e-323, 5e-324}, []float64{5e-324, 1e-323, 5e-324}, false},
	} {
		s := &Scheme{Name: "given", Raw: func(Input, Values) []float64 { return c.gives }}
		step := next(t, Recipe{Scheme: s, Normalize: NormalizeNone}, m, State{})
		wantNear(t, "raw", step.Raw, c.want)
		if step.Fallback != c.fallback {
			t.Errorf("%v: fallback %v; want %v", c.gives, step.Fallback, c.fallback)
		}
		if mean := (step.Weights[0] + step.Weights[1] + step.Weights[2]) / 3; math.Abs(mean-1) > 1e-14 {
			t.Errorf("%v: weights %v; want mean 1", c.gives, step.Weights)
		}
	}
	// The modifiers still act: accumulating nothing keeps the previous weights.
	s := &Scheme{Name: "given", Raw: func(Input, Values) []float64 { return []float64{nan, 1, 1} }}
	step := next(t, Recipe{Scheme: s, Update: Accumulate}, m, State{Weights: []float64{0.5, 1, 1.5}})
	wantNear(t, "accumulated fallback", step.Weights, []float64{0.5, 1, 1.5})
}

// However far apart weights grow, none may vanish in single precision.
func TestWeightsNeverVanish(t *testing.T) {
	t.Parallel()
	r := Recipe{Scheme: meanRatio, Values: Values{"exponent": 64}, Update: Accumulate}
	state := State{}
	for range 20 {
		step := next(t, r, exact([]int64{100, 0, 50}, []int64{100, 100, 100}), state)
		for c, w := range step.Weights {
			if !(float32(w) > 0) || math.IsInf(w, 0) {
				t.Fatalf("class %d has weight %v", c, w)
			}
		}
		state.Weights = step.Weights
	}
}

func TestOneClass(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		step := next(t, Recipe{Scheme: s, Damping: 0.5, Clip: 2}, exact([]int64{3}, []int64{3}), State{})
		if !slices.Equal(step.Weights, []float64{1}) {
			t.Errorf("%s: %v; want 1", s.Name, step.Weights)
		}
	}
}

func TestImpossibleInputIsRefused(t *testing.T) {
	t.Parallel()
	good := Recipe{Scheme: meanRatio}
	m := func(change func(*Measurement)) Measurement {
		m := exact([]int64{90, 60}, []int64{100, 100})
		change(&m)
		return m
	}
	as := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		want   string
		recipe Recipe
		m      Measurement
		round  int
		prev   State
	}{
		{"no scheme", Recipe{}, m(func(*Measurement) {}), 1, State{}},
		{"round 0; want a round from 1", good, m(func(*Measurement) {}), 0, State{}},
		{"no classes", good, Measurement{}, 1, State{}},
		{"2 supports, 1 true positives", good, m(func(m *Measurement) { m.TruePositives = []int64{1} }), 1, State{}},
		{"2 supports, 2 true positives and 3 predicted", good, m(func(m *Measurement) { m.Predicted = []int64{1, 2, 3} }), 1, State{}},
		{"class 1 has -1 true positives", good, m(func(m *Measurement) { m.TruePositives[1] = -1 }), 1, State{}},
		{"class 0 has 101 true positives of 100 examples", good, m(func(m *Measurement) { m.TruePositives[0], m.Predicted[0] = 101, 200 }), 1, State{}},
		{"class 0 has 90 true positives of 100 examples and 80 predictions", good, m(func(m *Measurement) { m.Predicted[0] = 80 }), 1, State{}},
		{"3 training counts for 2 classes", good, m(func(m *Measurement) { m.Train = []int{1, 2, 3} }), 1, State{}},
		{"class 1 has -2 training examples", good, m(func(m *Measurement) { m.Train = []int{1, -2} }), 1, State{}},
		{"not known", Recipe{Scheme: meanRatio, Normalize: NormalizeSupport}, m(func(*Measurement) {}), 1, State{}},
		{"no class has a training example", Recipe{Scheme: meanRatio, Normalize: NormalizeSupport}, m(func(m *Measurement) { m.Train = []int{0, 0} }), 1, State{}},
		{"1 previous weights for 2 classes", good, m(func(*Measurement) {}), 2, State{Weights: []float64{1}}},
		{"previous weight of class 1 is 0", good, m(func(*Measurement) {}), 2, State{Weights: []float64{1, 0}}},
		{"previous weight of class 0 is NaN", good, m(func(*Measurement) {}), 2, State{Weights: []float64{math.NaN(), 1}}},
		{"solved exponent of an earlier round is NaN", Recipe{Scheme: meanRatio, Strength: 1}, m(func(*Measurement) {}), 2, State{Solved: as(math.NaN())}},
	} {
		if _, err := c.recipe.Next(c.m, c.round, c.prev); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want an error with %q", err, c.want)
		}
	}
	for _, signal := range [][]float64{nil, {0.5, 1.1}, {-0.1}, {math.NaN()}} {
		if _, err := good.FromSignal(signal, nil, nil); err == nil {
			t.Errorf("FromSignal accepts %v", signal)
		}
	}
	if _, err := good.FromSignal([]float64{1, 0.5}, []int{1}, nil); err == nil {
		t.Error("FromSignal accepts one training count for two classes")
	}
	if _, err := (Recipe{}).FromSignal([]float64{1, 0.5}, nil, nil); err == nil {
		t.Error("FromSignal accepts a recipe without a scheme")
	}
}

// The calculator and a training round are one computation.
func TestFromSignalIsNextWithoutSmoothing(t *testing.T) {
	t.Parallel()
	m := exact([]int64{90, 60, 0}, []int64{100, 100, 10})
	m.Train = []int{5, 6, 7}
	prev := []float64{0.5, 2, 0.5}
	for _, signal := range []Signal{Recall, Precision, F1} {
		r := Recipe{Scheme: errorPower, Signal: signal, Smoothing: NoSmoothing, Update: Accumulate,
			Damping: 0.25, Clip: 8, Normalize: NormalizeSupport, Strength: 1.5}
		want := next(t, r, m, State{Weights: prev})
		got, err := r.FromSignal(want.Signal, m.Train, prev)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Shown, want.Shown) || !slices.Equal(got.Raw, want.Raw) || *got.Solved != *want.Solved {
			t.Errorf("%s: %+v; want %+v", signal, got, want)
		}
	}
}

// TestEveryModifierCounts: no word of a modifier does the same as another.
func TestEveryModifierCounts(t *testing.T) {
	m := Measurement{
		TruePositives: []int64{90, 50, 0}, Support: []int64{100, 80, 60}, Predicted: []int64{150, 60, 30}, Train: []int{300, 500, 700},
	}
	prev := State{Weights: []float64{0.5, 1, 1.5}}
	different(t, "signal", Signals(), func(s Signal) Recipe { return Recipe{Signal: s} }, m, prev)
	different(t, "smoothing", Smoothings(), func(s Smoothing) Recipe { return Recipe{Smoothing: s} }, m, prev)
	different(t, "update", Updates(), func(u Update) Recipe { return Recipe{Update: u} }, m, prev)
	different(t, "normalize", Normalizations(), func(n Normalization) Recipe { return Recipe{Normalize: n} }, m, prev)
}

// different checks that every word gives other weights than those before it.
func different[T ~string](t *testing.T, key string, words []T, recipe func(T) Recipe, m Measurement, prev State) {
	t.Helper()
	seen := map[string]T{}
	for _, word := range words {
		r := recipe(word)
		r.Scheme = errorPower
		if err := r.Validate(); err != nil {
			t.Errorf("%s %s: %v", key, word, err)
		}
		step, err := r.Next(m, 2, prev)
		if err != nil {
			t.Fatalf("%s %s: %v", key, word, err)
		}
		text := fmt.Sprint(step.Shown)
		if other, twice := seen[text]; twice {
			t.Errorf("%s %s gives the weights %s, as %s does", key, word, text, other)
		}
		seen[text] = word
	}
}
