package column

import (
	"math"
	"slices"
	"testing"

	"evenkeel/objective"
)

func TestFloatsText(t *testing.T) {
	for _, tt := range []struct {
		x    []float64
		want any
	}{
		{nil, nil},
		{[]float64{}, "[]"},
		{[]float64{1, 0.1, math.Copysign(0, -1), 1e300}, "[1,0.1,-0,1e+300]"},
		{[]float64{math.NaN(), math.Inf(1), math.Inf(-1)}, "[null,9e999,-9e999]"},
	} {
		if got := Floats(tt.x); got != tt.want {
			t.Errorf("Floats(%v) = %v; want %v", tt.x, got, tt.want)
		}
	}
}

// sameBits compares lists of numbers; all NaNs are one.
func sameBits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
	})
}

// FuzzDecode: for any file, decoding gives an error or a value that
// encodes to something that decodes to it again.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "[]", "[1,2.5,null,9e999]", "[[1,0.5,null],[2,0.25,0.5]]", "[1,", "[[1,2]]", "abc", "\x00\x01\x02\x03"} {
		f.Add(s, Uint16)
		f.Add(s, Uint8)
		f.Add(s, Float32)
	}
	f.Fuzz(func(t *testing.T, data, format string) {
		if x, err := ParseFloats(data); err == nil {
			again, err := ParseFloats(Floats(x).(string))
			if err != nil || !sameBits(x, again) {
				t.Errorf("floats %v became %v, %v", x, again, err)
			}
		}
		if e, err := ParseEpochs(data); err == nil {
			again, err := ParseEpochs(Epochs(e))
			same := func(a, b objective.Epoch) bool {
				return a.Epoch == b.Epoch && sameBits([]float64{a.Loss, a.ValLoss}, []float64{b.Loss, b.ValLoss})
			}
			if err != nil || !slices.EqualFunc(e, again, same) {
				t.Errorf("epochs %v became %v, %v", e, again, err)
			}
		}
		if x, err := ParseClasses(format, []byte(data)); err == nil {
			again, err := ParseClasses(Classes(x))
			if err != nil || !slices.Equal(x, again) {
				t.Errorf("classes %v became %v, %v", x, again, err)
			}
		}
		if x, err := ParseLogits(format, []byte(data)); err == nil {
			if string(Logits(x)) != data {
				t.Errorf("logits of % x became % x", data, Logits(x))
			}
		}
		if m, err := ParseMatrix([]byte(data)); err == nil && m.Classes() < 1 {
			t.Error("a matrix without classes")
		}
	})
}
