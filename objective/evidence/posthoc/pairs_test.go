package posthoc_test

import (
	"math"
	"slices"
	"testing"

	"evenkeel/objective/evidence/posthoc"
)

// pairLogits has class 0 at z_0 - z_1 = 3, 1, .5, -1 and class 1 at 2, -.5, -2, -3;
// class 2 is separated from all.
func pairLogits(t *testing.T) *posthoc.Logits {
	t.Helper()
	var logits []float32
	for _, d := range []float32{3, 1, .5, -1, 2, -.5, -2, -3} {
		logits = append(logits, d, 0, -9)
	}
	return part(t, 3, append(logits, 0, 0, 9), []uint16{0, 0, 0, 0, 1, 1, 1, 1, 2})
}

func TestMargins(t *testing.T) {
	t.Parallel()
	m := pairLogits(t).Margins(1, 0)
	if want := (posthoc.Margins{.5, .5, 1, 1, 2, 2, 3, 3}); !slices.Equal(m, want) {
		t.Fatalf("margins %v; want %v", m, want)
	}
	if m.Median() != 1.5 {
		t.Errorf("median %v; want 1.5", m.Median())
	}
	for _, c := range []struct{ s, want float64 }{{0, 0}, {.5, 0}, {.6, .25}, {-1.5, .5}, {9, 1}} {
		if got := m.Share(c.s); got != c.want {
			t.Errorf("share below %v is %v; want %v", c.s, got, c.want)
		}
	}
}

// TestPairFloorByHand: at a threshold of -.5 to .5 both classes have 3 of 4.
func TestPairFloorByHand(t *testing.T) {
	t.Parallel()
	p := pairLogits(t)
	f := p.PairFloor(0, 1)
	if f.I != 0 || f.J != 1 || f.RecallI != .75 || f.RecallJ != .75 || f.Equal != .75 || f.Mean() != .75 || f.Shift != -.5 {
		t.Errorf("%+v; want .75 throughout, reached where the example at .5 goes over", f)
	}
	if f = p.PairFloor(0, 2); f.Equal != 1 {
		t.Errorf("%+v; want separated classes", f)
	}
	hardest, ok := p.HardestPair()
	if !ok || hardest != p.PairFloor(0, 1) {
		t.Errorf("hardest pair %+v; want that of 0 and 1", hardest)
	}
	if _, ok := part(t, 1, []float32{1}, []uint16{0}).HardestPair(); ok {
		t.Error("one class has a hardest pair")
	}
	// Everything at one place: a coin decides, and the first class wins ties.
	same := part(t, 2, make([]float32, 8), []uint16{0, 1, 0, 1})
	if f := same.PairFloor(0, 1); f.RecallI != 1 || f.RecallJ != 0 || f.Equal != .5 {
		t.Errorf("%+v; want recalls 1 and 0, equal at one half", f)
	}
	if f := same.PairFloor(1, 0); f.RecallI != 0 || f.RecallJ != 1 || f.Equal != .5 {
		t.Errorf("%+v; want recalls 0 and 1, equal at one half", f)
	}
}

// TestPairFloorOfNormals: two normal classes a apart on z_0 - z_1, for any
// bias, are equal at Phi(a/2 / sd); here sd is 1.5 sqrt 2.
func TestPairFloorOfNormals(t *testing.T) {
	t.Parallel()
	w := world{mean: [][]float64{{4, 0}, {3, 2}}, noise: 1.5} // differences 4 and 1
	f := w.draw(t, generator(1), 20000).PairFloor(0, 1)
	want := math.Erfc(-3/2./(1.5*math.Sqrt2)/math.Sqrt2) / 2
	if math.Abs(f.Equal-want) > .008 || math.Abs(f.Shift+2.5) > .05 {
		t.Errorf("%+v; want equal at %v with shift -2.5", f, want)
	}
	// The shift does it.
	r := w.draw(t, generator(2), 20000).Confusion([]float64{f.Shift, 0}).Recall()
	if math.Abs(r[0]-want) > .015 || math.Abs(r[1]-want) > .015 {
		t.Errorf("recalls %v under the shift; want both %v", r, want)
	}
}
