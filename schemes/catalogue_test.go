package schemes

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// signals are recalls on which every scheme of the catalogue is tested: far apart and
// close together, few classes and many, in no order.
var signals = [][]float64{
	{0.9, 0.6},
	{0.95, 0.7, 0.8},
	{0.62, 0.55, 0.6, 0.58},
	{0.2, 0.99, 0.5, 0.35, 0.8, 0.05, 0.65, 0.9, 0.75, 0.45},
}

// valuesOf returns values of a parameter in ascending order: its bounds, its default
// and what lies evenly between the ends of the range worth searching.
func valuesOf(p Param) []float64 {
	list := []float64{p.Min, p.Max, p.Default}
	const parts = 16
	for i := range parts + 1 {
		list = append(list, p.Low+(p.High-p.Low)*float64(i)/parts)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// parameter returns the parameter of a name.
func parameter(t *testing.T, s *Scheme, name string) Param {
	t.Helper()
	i := slices.IndexFunc(s.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("%s has no parameter %q", s.Name, name)
	}
	return s.Params[i]
}

// TestStrengthMovesTheRatio: where a scheme says that strength solves for a parameter,
// max(w)/min(w) rises or falls with that parameter over all that is accepted, the same
// way for every signal. What [Recipe.solve] does is right for such a parameter only.
func TestStrengthMovesTheRatio(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		if s.StrengthOf == "" {
			continue
		}
		rising, falling := true, true
		for _, signal := range signals {
			var before float64
			for i, v := range valuesOf(parameter(t, s, s.StrengthOf)) {
				in := Input{Signal: signal, Recall: signal, Precision: signal, F1: signal, Previous: ones(len(signal)), Round: 1}
				ratio := logRatio(s.Raw(in, s.complete(Values{s.StrengthOf: v})))
				rounding := 1e-12 * max(1, before)
				if i > 0 {
					rising = rising && ratio > before-rounding
					falling = falling && ratio < before+rounding
				}
				before = ratio
			}
		}
		if rising == falling {
			t.Errorf("%s: max(w)/min(w) is not monotone in %s (or constant); leave StrengthOf empty", s.Name, s.StrengthOf)
		}
	}
}

// TestEveryStrengthIsReached: strength is reached in every scheme that has it.
func TestEveryStrengthIsReached(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		if s.StrengthOf == "" {
			continue
		}
		for _, signal := range signals {
			for _, want := range []float64{0.1, 0.7, 2} {
				step, err := Recipe{Scheme: s, Strength: want}.FromSignal(signal, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := logRatio(step.Raw); step.Fallback || step.Solved == nil || math.Abs(got-want) > 1e-11 {
					t.Errorf("%s on %v reaches %v (fallback %v); want %v", s.Name, signal, got, step.Fallback, want)
				}
			}
		}
	}
}

// TestASignalOfZero: a class without a single hit is no fallback in any scheme, also
// where nothing is smoothed.
func TestASignalOfZero(t *testing.T) {
	t.Parallel()
	m := exact([]int64{0, 60, 100}, []int64{0, 90, 110})
	m.Train = []int{10, 20, 30}
	forValues(func(s *Scheme, v Values) {
		for _, signal := range []Signal{Recall, Precision, F1} {
			step := next(t, Recipe{Scheme: s, Values: v, Signal: signal, Smoothing: NoSmoothing}, m, State{})
			if step.Fallback {
				t.Errorf("%s with %v on a %s of 0 falls back to equal weights; raise the signal to the floor where 0 divides", s.Name, v, signal)
			}
		}
	})
}

// lightens holds the schemes that may give a class of lower recall less weight, and
// why. No scheme does today.
var lightens = map[string]string{}

// TestLowerRecallNoLessWeight: of two classes the one of lower recall has at least the
// weight of the other in round 1, in every scheme.
func TestLowerRecallNoLessWeight(t *testing.T) {
	t.Parallel()
	for name := range lightens {
		find(t, name)
	}
	forValues(func(s *Scheme, v Values) {
		if lightens[s.Name] != "" {
			return
		}
		for _, recall := range signals {
			step, err := Recipe{Scheme: s, Values: v}.FromSignal(recall, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for a := range recall {
				for b := range recall {
					if recall[a] < recall[b] && step.Weights[a] < step.Weights[b] {
						t.Errorf("%s with %v gives recall %v the weight %v and recall %v the weight %v; want no less for the lower one, or a reason in the list lightens",
							s.Name, v, recall[a], step.Weights[a], recall[b], step.Weights[b])
					}
				}
			}
		}
	})
}

// forValues calls do for every scheme of the catalogue with its defaults, and with each
// of its parameters at each of [valuesOf].
func forValues(do func(*Scheme, Values)) {
	for _, s := range All() {
		do(s, s.Defaults())
		for _, p := range s.Params {
			for _, v := range valuesOf(p) {
				values := s.Defaults()
				values[p.Name] = v
				do(s, values)
			}
		}
	}
}

// TestEverySchemeHasWantedValues: the formula of every scheme is compared with numbers
// from elsewhere, in the vectors or in a test file of its own.
func TestEverySchemeHasWantedValues(t *testing.T) {
	t.Parallel()
	compared := map[string]bool{}
	for _, b := range built {
		compared[find(t, b.name).Name] = true
	}
	for _, s := range All() {
		file := strings.ReplaceAll(s.Name, "-", "") + "_test.go"
		if _, err := os.Stat(file); err != nil && !compared[s.Name] {
			t.Errorf("no test compares %s with wanted values; want an entry of built in vectors_test.go, or the file schemes/%s", s.Name, file)
		}
	}
}
