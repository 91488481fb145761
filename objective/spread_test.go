package objective_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"evenkeel/objective"
)

// undefined returns what a spread says where nothing can be measured, which is the
// largest value that it has.
func undefined(s objective.Spread, classes int) float64 {
	return s.Of(slices.Repeat([]float64{math.NaN()}, classes))
}

func TestSpreadsAreNamed(t *testing.T) {
	t.Parallel()
	want := []objective.Spread{"stddev", "gap", "cv", "gini", "worst", "gmean"}
	if got := objective.Spreads(); !slices.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
	for _, s := range objective.Spreads() {
		if s.Text() == "" {
			t.Errorf("%s does not say what its figures are", s)
		}
	}
	if text := objective.Spread("variance").Text(); text != "" {
		t.Errorf("an unknown spread says that its figures are %q", text)
	}
	averages := slices.DeleteFunc(objective.Spreads(), func(s objective.Spread) bool { return !s.Averages() })
	if want := []objective.Spread{"stddev", "cv", "gini"}; !slices.Equal(averages, want) {
		t.Errorf("%v average over classes; want %v", averages, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("Of on an unknown spread does not panic")
		}
	}()
	objective.Spread("").Of([]float64{1})
}

// A figure is what its text says it is.
func TestSpreadTexts(t *testing.T) {
	t.Parallel()
	recalls := []float64{.5, .8}
	figures := map[string]float64{
		"stddev of the recalls": .15, "largest recall - smallest": .3, "stddev of the recalls / their mean": .15 / .65,
		"gini of the recalls": 2 * .3 / (2 * 4 * .65), "1 - the worst recall": .5, "1 - gmean of the recalls": 1 - math.Sqrt(.4),
	}
	for _, s := range objective.Spreads() {
		if want, ok := figures[s.Text()]; !ok || math.Abs(s.Of(recalls)-want) > 1e-12 {
			t.Errorf("%s is %q and measures %v; want %v", s, s.Text(), s.Of(recalls), want)
		}
	}
}

// Hand calculations: recalls a and b of two classes have mean m = (a+b)/2 and
// half distance h = |a-b|/2.
func TestSpreadsOfTwoClasses(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 3))
	for range 1000 {
		a, b := rng.Float64(), rng.Float64()
		m, h := (a+b)/2, math.Abs(a-b)/2
		for s, want := range map[objective.Spread]float64{
			objective.StdDev: h, objective.Gap: 2 * h, objective.CV: h / m, objective.Gini: h / (2 * m),
			objective.Worst: 1 - min(a, b), objective.GMean: 1 - math.Sqrt(a*b),
		} {
			if got := s.Of([]float64{a, b}); math.Abs(got-want) > 1e-15*max(1, want) {
				t.Fatalf("%s of %v, %v is %v; want %v", s, a, b, got, want)
			}
		}
	}
}

// Undefined values are the worst there is, and the worst is really reached or
// approached: the last column of each line is a list that does so.
func TestWorstValues(t *testing.T) {
	t.Parallel()
	dead := []float64{0, 0, 0, 0}
	oneOfFour := []float64{1, 0, 0, 0}
	for _, c := range []struct {
		spread  objective.Spread
		worst   float64 // with 4 classes
		allZero float64
		extreme []float64
		reached float64
	}{
		{objective.StdDev, 0.5, 0, []float64{0, 1, 0, 1}, 0.5},
		{objective.Gap, 1, 0, oneOfFour, 1},
		{objective.CV, math.Sqrt(3), math.Sqrt(3), oneOfFour, math.Sqrt(3)}, // undefined at mean 0
		{objective.Gini, 1, 1, oneOfFour, 0.75},                             // undefined at mean 0
		{objective.Worst, 1, 1, oneOfFour, 1},
		{objective.GMean, 1, 1, oneOfFour, 1},
	} {
		if got := c.spread.Of(dead); got != c.allZero {
			t.Errorf("%s of recalls that are all 0 is %v; want %v", c.spread, got, c.allZero)
		}
		if got := c.spread.Of(c.extreme); math.Abs(got-c.reached) > 1e-15 {
			t.Errorf("%s of %v is %v; want %v", c.spread, c.extreme, got, c.reached)
		}
		if got := undefined(c.spread, 4); got != c.worst {
			t.Errorf("%s of no class with examples is %v; want %v", c.spread, got, c.worst)
		}
	}
	if got := objective.CV.Of([]float64{0}); got != 1 {
		t.Errorf("cv of a single class that is never recognised is %v; want 1", got)
	}
	if got := objective.StdDev.Of(nil); got != 0.5 {
		t.Errorf("stddev of no classes is %v; want 0.5", got)
	}
}

func TestSpreadProperties(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	for range 2000 {
		recall := make([]float64, 1+rng.IntN(40))
		for c := range recall {
			recall[c] = float64(rng.IntN(101)) / 100
		}
		before := slices.Clone(recall)
		for _, s := range objective.Spreads() {
			v := s.Of(recall)
			if !(v >= 0 && v <= undefined(s, len(recall))*(1+1e-14)) {
				t.Fatalf("%s of %v is %v; want from 0 to %v", s, recall, v, undefined(s, len(recall)))
			}
			shuffled := slices.Clone(recall)
			rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if got := s.Of(shuffled); got != v {
				t.Fatalf("%s of %v depends on the order: %v and %v", s, recall, v, got)
			}
			if slices.Max(recall) > 0 { // else the worst value depends on the number of classes
				if got := s.Of(append(shuffled, math.NaN())); got != v {
					t.Fatalf("%s of %v changes from %v to %v by a class without examples", s, recall, v, got)
				}
			}
		}
		if !slices.Equal(recall, before) {
			t.Fatal("Of changes its argument")
		}
		even := slices.Repeat([]float64{recall[0]}, len(recall))
		for _, s := range []objective.Spread{objective.StdDev, objective.Gap} {
			if got := s.Of(even); got != 0 {
				t.Fatalf("%s of equal recalls %v is %v; want exactly 0", s, even, got)
			}
		}
	}
}

// TestSpreadText: the figure is what the text says it is.
func TestSpreadText(t *testing.T) {
	recalls := []float64{.5, .8}
	figures := map[string]float64{
		"stddev of the recalls": .15, "largest recall - smallest": .3, "stddev of the recalls / their mean": .15 / .65,
		"gini of the recalls": 2 * .3 / (2 * 4 * .65), "1 - the worst recall": .5, "1 - gmean of the recalls": 1 - math.Sqrt(.4),
	}
	for _, s := range objective.Spreads() {
		if want, ok := figures[s.Text()]; !ok || math.Abs(s.Of(recalls)-want) > 1e-12 {
			t.Errorf("%s is %q and measures %v; want %v", s, s.Text(), s.Of(recalls), want)
		}
	}
}
