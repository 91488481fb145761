package schemes

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Both built schemes are powers, so the parameter has a closed form:
// strength / ln(largest base / smallest base).
func TestStrengthIsReached(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 400 {
		k := 2 + rng.IntN(20)
		signal := make([]float64, k)
		for c := range signal {
			signal[c] = rng.Float64()
		}
		want := math.Exp(6*rng.Float64() - 3)
		lowR, highR, lowE, highE := 1.0, 0.01, 1.0, 0.01
		for _, x := range signal {
			lowR, highR = min(lowR, max(x, 0.01)), max(highR, x)
			lowE, highE = min(lowE, max(1-x, 0.01)), max(highE, 1-x)
		}
		for s, base := range map[*Scheme]float64{meanRatio: highR / lowR, errorPower: highE / lowE} {
			for _, sig := range []Signal{Recall, Precision} {
				r := Recipe{Scheme: s, Strength: want, Signal: sig, Values: Values{"exponent": 3}}
				step, err := r.FromSignal(signal, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := logRatio(step.Raw); math.Abs(got-want) > 1e-12*max(1, want) || step.Fallback {
					t.Fatalf("%s on %v reaches %v (fallback %v); want %v", s.Name, signal, got, step.Fallback, want)
				}
				if exact := want / math.Log(base); math.Abs(*step.Solved-exact) > 1e-11*exact {
					t.Fatalf("%s on %v solves %v; the closed form is %v", s.Name, signal, *step.Solved, exact)
				}
			}
		}
	}
}

func TestSolvedParameterIsKept(t *testing.T) {
	t.Parallel()
	r := Recipe{Scheme: errorPower, Strength: 2}
	equal := exact([]int64{80, 80}, []int64{100, 100})
	first := exact([]int64{90, 60}, []int64{100, 100})
	later := exact([]int64{70, 65}, []int64{100, 100})

	step := next(t, r, equal, State{})
	if step.Solved != nil || step.Fallback || step.Weights[0] != 1 || step.Weights[1] != 1 {
		t.Errorf("equal signals give %+v; want equal weights, nothing solved and no fallback", step)
	}
	step = next(t, r, first, State{Weights: step.Weights, Solved: step.Solved})
	if step.Solved == nil || math.Abs(logRatio(step.Raw)-2) > 1e-12 {
		t.Fatalf("the first unequal signals give %+v; want strength 2", step)
	}
	solved := *step.Solved
	step = next(t, r, later, State{Weights: step.Weights, Solved: step.Solved})
	if *step.Solved != solved {
		t.Errorf("a later round solves %v; want %v kept", *step.Solved, solved)
	}
	r = Recipe{Scheme: errorPower, Values: Values{"exponent": solved}}
	wantNear(t, "later round", step.Raw, next(t, r, later, State{}).Raw)
	// An equal round in between keeps it too.
	r = Recipe{Scheme: errorPower, Strength: 2}
	if step := next(t, r, equal, State{Solved: &solved}); step.Solved == nil || *step.Solved != solved {
		t.Errorf("equal signals in a later round give %+v; want the solved exponent kept", step)
	}
}

// A temperature works the other way round: more of it, less strength.
func TestStrengthOfAFallingParameter(t *testing.T) {
	t.Parallel()
	s := &Scheme{
		Name: "softened", StrengthOf: "temperature",
		Params: []Param{{Name: "temperature", Min: 0.001, Max: 100, Default: 0.1}},
		Raw: func(in Input, p Values) []float64 {
			w := make([]float64, len(in.Signal))
			for c, x := range in.Signal {
				w[c] = Exp((1 - x) / p["temperature"])
			}
			return w
		},
	}
	step, err := Recipe{Scheme: s, Strength: 0.7}.FromSignal([]float64{0.9, 0.5, 0.7}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := 0.4 / 0.7; step.Solved == nil || math.Abs(*step.Solved-want) > 1e-12 {
		t.Errorf("solved %v; want %v", step.Solved, want)
	}
}

// Signals that differ by almost nothing either reach the strength or say that
// they do not; they never give anything else.
func TestStrengthOnNearlyEqualSignals(t *testing.T) {
	t.Parallel()
	for _, s := range []*Scheme{meanRatio, errorPower} {
		for _, d := range []float64{1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-12, 1e-15, 1e-16} {
			step, err := Recipe{Scheme: s, Strength: 2}.FromSignal([]float64{0.9, 0.9 - d}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			reached := math.Abs(logRatio(step.Raw)-2) <= 1e-11
			even := step.Weights[0] == 1 && step.Weights[1] == 1 && step.Solved == nil
			if !reached && !even {
				t.Errorf("%s at a difference of %v: %+v", s.Name, d, step)
			}
			if s == meanRatio && d >= 1e-9 && !reached || s == errorPower && d >= 1e-3 && !reached {
				t.Errorf("%s does not reach its strength at a difference of %v", s.Name, d)
			}
		}
	}
}

// TestStrengthOfTheExponentials: their ratio is exp(difference / temperature)
// and exp(rate * difference), so the parameter has a closed form.
func TestStrengthOfTheExponentials(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(15, 16))
	for range 400 {
		signal := make([]float64, 2+rng.IntN(20))
		low, high := 1.0, 0.0
		for c := range signal {
			signal[c] = rng.Float64()
			low, high = min(low, signal[c]), max(high, signal[c])
		}
		want := math.Exp(6*rng.Float64() - 3)
		for s, exact := range map[*Scheme]float64{softmaxError: (high - low) / want, expGradient: want / (high - low)} {
			for _, sig := range []Signal{Recall, Precision} {
				step, err := Recipe{Scheme: s, Strength: want, Signal: sig}.FromSignal(signal, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := logRatio(step.Raw); math.Abs(got-want) > 1e-12*max(1, want) || step.Fallback {
					t.Fatalf("%s on %v reaches %v (fallback %v); want %v", s.Name, signal, got, step.Fallback, want)
				}
				if math.Abs(*step.Solved-exact) > 1e-11*exact {
					t.Fatalf("%s on %v solves %v; the closed form is %v", s.Name, signal, *step.Solved, exact)
				}
			}
		}
	}
}
