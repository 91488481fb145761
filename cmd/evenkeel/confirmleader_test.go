package main

import (
	"testing"
	"time"
)

// TestConfirmReserve: with a tenth in reserve a seed of nine minutes takes ten. Ten
// seeds take 100 minutes, six take 60.
func TestConfirmReserve(t *testing.T) {
	const minute = time.Minute
	for _, c := range []struct{ seed, whole, want time.Duration }{
		{9 * minute, 200 * minute, 100 * minute}, // ten seeds are just half of it
		{9 * minute, 199 * minute, 90 * minute},  // nine
		{9 * minute, 120 * minute, 60 * minute},  // six are half
		{9 * minute, 80 * minute, 60 * minute},   // six are three quarters
		{9 * minute, 79 * minute, 0},             // no time to say anything
		{0, 10 * minute, 0},                      // not known yet
	} {
		if got := confirmReserve(c.seed, c.whole); got != c.want {
			t.Errorf("seeds of %v within %v: %v, want %v", c.seed, c.whole, got, c.want)
		}
	}
}
