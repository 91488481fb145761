package schemes

import (
	"math"
	"slices"
	"testing"
)

// FuzzNext feeds arbitrary counts and parameters: either the input is refused,
// or the weights are positive, finite, at mean 1, and within the clip.
func FuzzNext(f *testing.F) {
	f.Add([]byte{90, 100, 95, 60, 100, 70}, uint8(1), uint8(0), 2.0, 0.0, 0.0, 0.0)
	f.Add([]byte{0, 10, 0, 10, 10, 10, 5, 10, 200}, uint8(2), uint8(7), 64.0, 0.5, 4.0, 0.0)
	f.Add([]byte{1, 1, 1, 2, 2, 2}, uint8(1), uint8(255), 1.0, 0.9, 1.0, 3.0)
	f.Add([]byte{255, 255, 255, 254, 255, 255}, uint8(2), uint8(64), 0.5, 0.0, 0.0, 60.0)
	f.Fuzz(func(t *testing.T, counts []byte, scheme, modes uint8, exponent, damping, clip, strength float64) {
		if len(counts) > 300 {
			return
		}
		r := Recipe{
			Scheme:    catalogue[int(scheme)%len(catalogue)],
			Signal:    []Signal{Recall, Precision, F1, ""}[modes&3],
			Smoothing: []Smoothing{Laplace, NoSmoothing}[modes>>2&1],
			Update:    []Update{Replace, Accumulate}[modes>>3&1],
			Normalize: []Normalization{NormalizeMean, NormalizeSum, NormalizeMax, NormalizeNone}[modes>>4&3],
			Damping:   damping, Clip: clip, Strength: strength,
		}
		if r.Scheme.StrengthOf != "" {
			r.Values = Values{r.Scheme.StrengthOf: exponent}
		}
		var m Measurement
		for i := 0; i+2 < len(counts); i += 3 {
			m.TruePositives = append(m.TruePositives, int64(counts[i]))
			m.Support = append(m.Support, int64(counts[i+1]))
			m.Predicted = append(m.Predicted, int64(counts[i+2]))
		}
		state := State{}
		for round := 1; round <= 3; round++ {
			step, err := r.Next(m, round, state)
			if err != nil {
				return
			}
			if !usable(step.Raw) || !usable(step.Weights) || !usable(step.Shown) {
				t.Fatalf("round %d: %+v; want positive finite weights", round, step)
			}
			if got := mean(step.Weights); math.Abs(got-1) > 1e-12 {
				t.Fatalf("round %d: mean %v; want 1", round, got)
			}
			if ratio := slices.Max(step.Weights) / slices.Min(step.Weights); clip != 0 && ratio > clip*(1+1e-12) {
				t.Fatalf("round %d: ratio %v; want at most %v", round, ratio, clip)
			}
			state = State{Weights: step.Weights, Solved: step.Solved}
		}
	})
}
