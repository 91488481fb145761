package posthoc_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"evenkeel/objective/evidence/posthoc"
)

// TestVectors compares shifts with predictions and recalls that numpy computed.
func TestVectors(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../../schemes/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	type outcome struct {
		Pred   []uint16  `json:"pred"`
		Recall []float64 `json:"recall"`
	}
	var file struct {
		Weighted struct {
			Logits  [][]float32 `json:"logits"`
			Labels  []uint16    `json:"labels"`
			Weights []float64   `json:"weights"`
		} `json:"weighted_ce"`
		Posthoc struct {
			Plain outcome   `json:"argmax_plain"`
			LnW   []float64 `json:"offset_ln_w"`
			ByW   outcome   `json:"argmax_plus_ln_w"`
			Third outcome   `json:"argmax_plus_0_0_1"`
		} `json:"posthoc"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	p := part(t, 3, slices.Concat(file.Weighted.Logits...), file.Weighted.Labels)
	shift := posthoc.FromWeights(file.Weighted.Weights)
	var sum float64
	for c, v := range shift { // ours are centred
		sum += v
		if got, want := v-shift[0], file.Posthoc.LnW[c]-file.Posthoc.LnW[0]; math.Abs(got-want) > 1e-12 {
			t.Errorf("class %d is shifted by %v more than class 0; want %v", c, got, want)
		}
	}
	if math.Abs(sum) > 1e-15 {
		t.Errorf("the shift sums to %v; want 0", sum)
	}
	for _, c := range []struct {
		name  string
		shift []float64
		want  outcome
	}{
		{"plain", []float64{0, 0, 0}, file.Posthoc.Plain},
		{"ln w", shift, file.Posthoc.ByW},
		{"ln w as printed", file.Posthoc.LnW, file.Posthoc.ByW},
		{"0, 0, 1", []float64{0, 0, 1}, file.Posthoc.Third},
	} {
		if got := p.Predict(c.shift, nil); len(got) != 6 || !slices.Equal(got, c.want.Pred) {
			t.Errorf("%s: predictions %v; want %v", c.name, got, c.want.Pred)
		}
		if got := p.Confusion(c.shift).Recall(); !slices.Equal(got, c.want.Recall) {
			t.Errorf("%s: recalls %v; want %v", c.name, got, c.want.Recall)
		}
	}
}

// TestEqualWeightsShiftNothing, on any scale.
func TestEqualWeightsShiftNothing(t *testing.T) {
	t.Parallel()
	if got := posthoc.FromWeights([]float64{0.3, 0.3, 0.3}); !slices.Equal(got, []float64{0, 0, 0}) {
		t.Errorf("shift %v; want exactly 0", got)
	}
}
