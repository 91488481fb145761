package data

import (
	"math"
	"testing"
)

func closeTo(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) {
		t.Errorf("%s is %v; want %v", what, got, want)
	}
}

// Wanted values by hand: 1, 2, 3, 6 have mean 3 and variance (4+1+0+9)/4.
func TestRangesOfATable(t *testing.T) {
	ds := &Dataset{Shape: []int{2}, Columns: []string{"x", "y"}, Train: Examples{
		Y: []uint16{0, 1, 0, 1}, numbers: []float32{1, 0.1, 2, 0.1, 3, 0.1, 6, 0.1},
	}}
	r := ds.Ranges()
	if r[0].Name != "x" || r[0].Min != 1 || r[0].Max != 6 || r[0].Constant() {
		t.Errorf("x: %+v", r[0])
	}
	closeTo(t, "mean", r[0].Mean, 3)
	closeTo(t, "deviation", r[0].StdDev, math.Sqrt(3.5))
	if r[1].Name != "y" || !r[1].Constant() || r[1].Mean != float64(float32(0.1)) || r[1].StdDev != 0 {
		t.Errorf("y: %+v; want it constant", r[1])
	}
}

// Two images of two channels of 1 x 2 pixels.
func TestRangesOfImages(t *testing.T) {
	pixels := []byte{0, 255, 51, 51, 102, 153, 51, 51}
	bytes := &Dataset{Shape: []int{2, 1, 2}, Train: Examples{Y: []uint16{0, 1}, bytes: pixels, levels: pixelLevels}}
	numbers := &Dataset{Shape: []int{2, 1, 2}, Train: Examples{Y: []uint16{0, 1}, numbers: wholeOf(bytes.Train).X}}
	for name, ds := range map[string]*Dataset{"bytes": bytes, "numbers": numbers} {
		r := ds.Ranges()
		if len(r) != 2 || r[0].Min != 0 || r[0].Max != 1 || !r[1].Constant() || r[1].Mean != float64(float32(0.2)) {
			t.Errorf("%s: %+v", name, r)
		}
		// 0, 1, .4, .6: mean .5, variance (.25+.25+.01+.01)/4; the fifths are rounded
		// to float32.
		if math.Abs(r[0].Mean-0.5) > 1e-7 || math.Abs(r[0].StdDev-math.Sqrt(0.13)) > 1e-7 {
			t.Errorf("%s: mean %v, deviation %v; want .5 and %v", name, r[0].Mean, r[0].StdDev, math.Sqrt(0.13))
		}
	}
}

func TestRangesOfNothing(t *testing.T) {
	r := (&Dataset{Shape: []int{1}}).Ranges()
	if len(r) != 1 || !math.IsNaN(r[0].Mean) || r[0].Constant() {
		t.Errorf("%+v; want NaN", r)
	}
}
