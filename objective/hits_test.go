package objective

import (
	"math/rand/v2"
	"testing"
)

// TestNewHits: two examples of class 0 (places 0, 2), three of class 1 (places 1,
// 3, 4); right are places 2, 3 and 4, which are bits 1, 3 and 4.
func TestNewHits(t *testing.T) {
	labels, predictions := []uint16{0, 1, 0, 1, 1}, []uint16{1, 0, 0, 1, 1}
	m, err := ConfusionFromLabels(2, labels, predictions)
	if err != nil {
		t.Fatal(err)
	}
	h := NewHits(m, labels, predictions)
	if len(h) != 1 || h[0] != 0b11010 {
		t.Errorf("hits %b, want 11010", h)
	}
	for name, got := range map[string]Hits{
		"no labels":          NewHits(m, nil, predictions),
		"no predictions":     NewHits(m, labels, nil),
		"other labels":       NewHits(m, []uint16{0, 0, 0, 1, 1}, predictions),
		"a label too large":  NewHits(m, []uint16{0, 1, 0, 1, 2}, predictions),
		"other predictions":  NewHits(m, labels, []uint16{1, 0, 0, 1, 0}),
		"too few of both":    NewHits(m, labels[:4], predictions[:4]),
		"predictions to few": NewHits(m, labels, predictions[:4]),
	} {
		if got != nil {
			t.Errorf("%s: hits %b, want none", name, got)
		}
	}
}

// TestHitsBoth compares with a loop over single bits, also across words.
func TestHitsBoth(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, b := Hits{rng.Uint64(), rng.Uint64(), rng.Uint64()}, Hits{rng.Uint64(), rng.Uint64(), rng.Uint64()}
	for from := range 193 {
		for to := from; to <= 192; to++ {
			want := 0
			for i := from; i < to; i++ {
				if a[i/64]>>(i%64)&1 == 1 && b[i/64]>>(i%64)&1 == 1 {
					want++
				}
			}
			if got := a.both(b, from, to); got != want {
				t.Fatalf("both(%d, %d) = %d, want %d", from, to, got, want)
			}
		}
	}
}
