package followup

import "testing"

func TestTurnsThatFit(t *testing.T) {
	for _, c := range []struct {
		left, each float64
		most, want int
	}{
		{100, 10, 12, 10},
		{99, 10, 12, 10}, // nearly
		{98, 10, 12, 9},
		{1000, 10, 10, 10},
		{50, 10, 10, 5},
		{-1, 10, 10, 0},
		{1, 0, 12, 12}, // too fast to be measured
	} {
		if got := turnsThatFit(c.left, c.each, c.most); got != c.want {
			t.Errorf("%g s for turns of %g s, at most %d: %d; want %d", c.left, c.each, c.most, got, c.want)
		}
	}
}

// TestFit: four at once make turns of four, known seeds need no time, and it is never
// more than what is wanted.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		wanted, known, atOnce int
		each, left            float64
		want                  int
	}{
		{10, 0, 1, 10, 70, 7},
		{10, 0, 4, 10, 20, 8},
		{10, 0, 4, 10, 30, 10},
		{10, 7, 1, 10, 0, 7},
		{6, 10, 1, 10, 0, 6},
		{10, 0, 1, 10, -5, 0},
	} {
		if got := Fit(c.wanted, c.known, c.atOnce, c.each, c.left); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
	if got := Seconds(10, 4, 2.5); got != 7.5 {
		t.Errorf("ten seeds, four at once, of 2.5 s: %v s; want three turns, 7.5", got)
	}
}
