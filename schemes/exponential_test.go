package schemes

import (
	"math"
	"slices"
	"testing"
)

// exp-gradient is the product of its rounds, for any sign of the signal: the
// wanted weights are summed up here from the errors of all rounds.
func TestExpGradientAddsUpErrors(t *testing.T) {
	t.Parallel()
	rounds := [][]int64{{90, 60, 75}, {85, 70, 75}, {80, 80, 60}}
	for signal, sign := range map[Signal]float64{Recall: 1, F1: 1, Precision: -1} {
		r := Recipe{Scheme: expGradient, Values: Values{"rate": 3}, Signal: signal}
		var state State
		sum := make([]float64, 3)
		for round, hits := range rounds {
			step, err := r.Next(exact(hits, []int64{100, 95, 105}), round+1, state)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]float64, 3)
			for c, x := range step.Signal {
				sum[c] += sign * 3 * (1 - x)
				want[c] = math.Exp(sum[c])
			}
			wantNear(t, string(signal), step.Weights, toMean1(want))
			state = State{Weights: step.Weights}
		}
	}
}

// One step of exp-gradient from equal weights is softmax-error with the
// reciprocal temperature.
func TestExpGradientStartsAsSoftmax(t *testing.T) {
	t.Parallel()
	m := exact([]int64{99, 10, 55, 80}, []int64{100, 100, 100, 100})
	one := next(t, Recipe{Scheme: expGradient, Values: Values{"rate": 8}}, m, State{})
	other := next(t, Recipe{Scheme: softmaxError, Values: Values{"temperature": 0.125}}, m, State{})
	wantNear(t, "weights", one.Weights, other.Weights)
}

// However small the difference, an exponential reaches the strength: no power
// of a signal overflows on the way.
func TestExponentialsReachStrengthOnNearlyEqualSignals(t *testing.T) {
	t.Parallel()
	for _, s := range []*Scheme{softmaxError, expGradient} {
		for _, d := range []float64{1e-2, 1e-4, 1e-6} {
			step, err := Recipe{Scheme: s, Strength: 2}.FromSignal([]float64{0.5, 0.5 - d}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if step.Fallback || math.Abs(logRatio(step.Raw)-2) > 1e-12*2 {
				t.Errorf("%s at a difference of %v: %+v; want strength 2", s.Name, d, step)
			}
		}
	}
}

// TestStrictSchemes: what is a fallback elsewhere is an error there.
func TestStrictSchemes(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for want, gives := range map[string][]float64{
		"given gives class 1, whose signal is 0.6, the weight NaN; want a finite number of at least 0":  {1, nan, 2},
		"given gives class 0, whose signal is 0.9, the weight +Inf; want a finite number of at least 0": {inf, 0, 1},
		"given gives class 2, whose signal is 0.75, the weight -1; want a finite number of at least 0":  {1, 0, -1},
		"given gives no class a weight for the signal [0.9 0.6 0.75]; want at least one above 0":        {0, 0, 0},
	} {
		s := &Scheme{Name: "given", Strict: true, Raw: func(Input, Values) []float64 { return gives }}
		for _, signal := range []Signal{Recall, Precision} {
			r := Recipe{Scheme: s, Signal: signal, Smoothing: NoSmoothing}
			_, err := r.Next(exact([]int64{90, 60, 75}, []int64{100, 100, 100}), 1, State{})
			if err == nil || err.Error() != want {
				t.Errorf("%s: %v; want %s", signal, err, want)
			}
		}
	}
	s := *errorPower
	s.Strict = true
	_, err := Recipe{Scheme: &s, Strength: 2}.FromSignal([]float64{0.5, 0.5000001}, nil, nil)
	if err == nil || err.Error() != "the strength cannot be reached: no exponent of error-power gives ln(max w / min w) = 2 for the signal [0.5 0.5000001]" {
		t.Errorf("%v; want the strength that cannot be reached", err)
	}
	// Zeros are no fault: they are raised.
	s = Scheme{Name: "given", Strict: true, Raw: func(Input, Values) []float64 { return []float64{0, 2} }}
	if step := next(t, Recipe{Scheme: &s}, exact([]int64{90, 60}, []int64{100, 100}), State{}); !slices.Equal(step.Raw, []float64{0.002, 2}) {
		t.Errorf("raw %v; want [0.002 2]", step.Raw)
	}
}

func TestSchemesThatReadWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	for what, known := range map[string]bool{"recall": true, "precision": false, "f1": false, "support": false} {
		s := &Scheme{Name: "reader", Reads: []string{what}, Raw: func(in Input, _ Values) []float64 { return ones(len(in.Signal)) }}
		_, err := Recipe{Scheme: s}.FromSignal([]float64{0.5, 0.6}, nil, nil)
		if known != (err == nil) || err != nil && err.Error() != "reader reads "+what+", which is not known here" {
			t.Errorf("%s: %v", what, err)
		}
		m := exact([]int64{90, 60}, []int64{100, 100})
		m.Train = []int{3, 4}
		if _, err := (Recipe{Scheme: s}).Next(m, 1, State{}); err != nil {
			t.Errorf("%s with everything known: %v", what, err)
		}
	}
}
