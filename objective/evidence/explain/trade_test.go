package explain

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective/evidence/posthoc"
)

// TestDecompose holds singular values known by hand, and in every case that the
// parts add up to the matrix and are orthonormal.
func TestDecompose(t *testing.T) {
	for _, c := range []struct {
		m            [2][2]float64
		large, small float64
	}{
		{[2][2]float64{{3, 0}, {4, 5}}, math.Sqrt(45), math.Sqrt(5)}, // m'm has the trace 50 and the determinant 225
		{[2][2]float64{{1, -1}, {-1, 1}}, 2, 0},                      // a trade and nothing else
		{[2][2]float64{{.2, -.15}, {-.15, .2}}, .35, .05},            // apart .2 + .15, together .2 - .15
		{[2][2]float64{{0, 1}, {1, 0}}, 1, 1},
		{[2][2]float64{{-2, 0}, {0, 3}}, 3, 2},
		{[2][2]float64{{0, 0}, {0, 0}}, 0, 0},
	} {
		u, s, v := decompose(c.m)
		if math.Abs(s[0]-c.large) > 1e-12 || math.Abs(s[1]-c.small) > 1e-12 {
			t.Errorf("%v: singular values %v; want %v and %v", c.m, s, c.large, c.small)
		}
		for x := range 2 {
			for y := range 2 {
				if got := s[0]*u[0][x]*v[0][y] + s[1]*u[1][x]*v[1][y]; math.Abs(got-c.m[x][y]) > 1e-12 {
					t.Errorf("%v: the parts add up to %v at %d, %d", c.m, got, x, y)
				}
			}
		}
		for _, w := range [][2][2]float64{u, v} {
			if math.Abs(w[0][0]*w[1][0]+w[0][1]*w[1][1]) > 1e-12 || math.Abs(math.Hypot(w[0][0], w[0][1])-1) > 1e-12 {
				t.Errorf("%v: %v is not orthonormal", c.m, w)
			}
		}
	}
}

// TestOtherwise: it is said that the spread went another way than the recalls where one is above
// its prediction and the other below, or only one of them is against it.
func TestOtherwise(t *testing.T) {
	for _, c := range []struct {
		tau, predicted, measured float64
		want                     bool
	}{
		{.79, -.029, -.044, true},
		{.79, -.029, -.020, false},
		{1.2, -.029, -.020, true},
		{1.2, -.029, -.044, false},
		{.79, -.029, .010, true},
		{-.5, -.029, .010, false},
		{-.5, -.029, -.010, true},
		{.999, -.0290, -.0291, false}, // the same as shown
		{.79, 0, 0, false},
	} {
		f := &figures{change: c.measured, predicted: predicted{change: c.predicted, transmission: posthoc.Transmission{Tau: c.tau}}}
		got := f.otherwise()
		if (got != "") != c.want || c.want && !strings.Contains(got, change(c.predicted)+" was predicted, "+change(c.measured)+" measured.") {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
