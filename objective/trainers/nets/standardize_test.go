package nets

import (
	"math"
	"testing"

	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets/kernels"
)

// A column that is constant in the training part is 0 in every part, also where
// another part holds something else.
func TestConstantColumnsAreZero(t *testing.T) {
	for _, v := range []float32{0, 1, 0.1, -0.1, 1.0 / 3, 1e-30, 1e-44, 123456.78, -1e30} {
		const n = 1000
		p := data.Part{Y: make([]uint16, n)}
		for i := range n {
			p.X = append(p.X, v, float32(i%2))
		}
		s := newStandardizer(p, []int{2})
		out := make([]float32, 2*n)
		s.apply(kernels.Portable, out, p.X)
		for i := range n {
			if got := out[2*i]; got != 0 {
				t.Fatalf("constant %v becomes %v in example %d; want 0", v, got, i)
			}
			if got, want := out[2*i+1], float32(2*(i%2)-1); got != want {
				t.Fatalf("beside constant %v, %v becomes %v; want %v", v, p.X[2*i+1], got, want)
			}
		}
		s.apply(kernels.Portable, out[:2], []float32{v + 0.5, 0.5})
		if out[0] != 0 || out[1] != 0 {
			t.Errorf("constant %v: %v in another part becomes %v; want 0", v, v+0.5, out[0])
		}
	}
}

// A deviation too small to divide by is treated as none.
func TestTinyDeviationIsNone(t *testing.T) {
	tiny := float32(math.SmallestNonzeroFloat32)
	s := newStandardizer(data.Part{X: []float32{0, tiny}, Y: []uint16{0, 1}}, []int{1})
	out := make([]float32, 2)
	s.apply(kernels.Portable, out, []float32{0, tiny})
	if out[0] != 0 || out[1] != 0 {
		t.Errorf("values 0 and %v become %v; want zeros", tiny, out)
	}
}
