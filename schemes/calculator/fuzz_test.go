package calculator

import (
	"math"
	"testing"

	"evenkeel/schemes"
)

// FuzzRequest: any scheme, formula, parameters and recalls give an error, or a usable weight for
// each class.
func FuzzRequest(f *testing.F) {
	f.Add("mean-ratio", "", "exponent=2", "strength=3", 0.9, 0.5, uint8(0))
	f.Add("", "(mean / x) ** k", "k=2", "", 0.0, 1.0, uint8(1))
	f.Add("error-power", "", "exponent=1e308", "strength_of=exponent", 1.0, 1.0, uint8(2))
	f.Add("", "x", "strength=1e-300", "strength_of=x", 0.5, 0.25, uint8(3))
	f.Add("effective-number", "", "=", "a=b=c", -0.5, 2.0, uint8(200))
	f.Fuzz(func(t *testing.T, scheme, formula, set, second string, x, y float64, scale uint8) {
		r := Request{Scheme: scheme, Formula: formula, Recalls: []float64{x, y, 0.5}}
		if all := schemes.Normalizations(); int(scale) < len(all) {
			r.Normalize = all[scale]
		}
		for _, s := range []string{set, second} {
			if s != "" {
				r.Set = append(r.Set, s)
			}
		}
		w, err := r.Weights()
		if err != nil {
			return
		}
		if len(w) != 3 {
			t.Fatalf("%d weights for 3 classes", len(w))
		}
		for _, v := range w {
			if !(v > 0) || math.IsInf(v, 0) {
				t.Errorf("weights %v", w)
			}
		}
	})
}
