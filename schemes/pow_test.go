package schemes

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"
)

// The standard library is the independent program here: it is accurate to
// about one unit in the last place, on any processor.
func TestPowAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		x := math.Exp(20*rng.Float64() - 10)
		y := 128*rng.Float64() - 64
		if rng.IntN(4) == 0 {
			y = math.Round(y)
		}
		got, want := Pow(x, y), math.Pow(x, y)
		bound := 1e-14 * max(1, math.Abs(y)/16)
		if math.Abs(got-want) > bound*want {
			t.Fatalf("Pow(%v, %v) = %v; math.Pow gives %v, relative difference %.2g", x, y, got, want, math.Abs(got-want)/want)
		}
	}
	for range 100_000 {
		x := math.Exp(200*rng.Float64() - 100)
		if got, want := Log(x), math.Log(x); math.Abs(got-want) > 4e-16*math.Abs(want) {
			t.Fatalf("Log(%v) = %v; math.Log gives %v", x, got, want)
		}
		near := 1 + (rng.Float64()-0.5)/64
		if got, want := Log(near), math.Log(near); math.Abs(got-want) > 6e-16*math.Abs(want) {
			t.Fatalf("Log(%v) = %v; math.Log gives %v", near, got, want)
		}
		z := 1400*rng.Float64() - 700
		if got, want := Exp(z), math.Exp(z); math.Abs(got-want) > 6e-16*want {
			t.Fatalf("Exp(%v) = %v; math.Exp gives %v", z, got, want)
		}
	}
}

func TestPowSpecialCases(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	bases := []float64{0, 1, 0.5, 2, inf, nan, math.MaxFloat64, math.SmallestNonzeroFloat64}
	powers := []float64{0, 1, -1, 2, 0.5, -0.5, 100.5, -100.5, inf, -inf, nan}
	for _, x := range bases {
		for _, y := range powers {
			got, want := Pow(x, y), math.Pow(x, y)
			same := got == want || math.IsNaN(got) && math.IsNaN(want)
			if !same && !(math.Abs(got-want) <= 1e-13*math.Abs(want)) {
				t.Errorf("Pow(%v, %v) = %v; math.Pow gives %v", x, y, got, want)
			}
		}
		if x >= 0 && Pow(x, 1) != x {
			t.Errorf("Pow(%v, 1) = %v; want it unchanged", x, Pow(x, 1))
		}
	}
	if got := Pow(-2, 2); !math.IsNaN(got) {
		t.Errorf("Pow(-2, 2) = %v; want NaN", got)
	}
}

// TestPowBits holds the bits of many results: whoever sees it fail on another
// machine has found arithmetic that depends on the machine. The constant was
// computed by this code on amd64; it guards sameness, not accuracy.
func TestPowBits(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	h := fnv.New64a()
	var b []byte
	for range 10_000 {
		x := float64(rng.IntN(1<<20)+1) / (1 << 16)
		y := float64(rng.IntN(1<<20)-1<<19) / (1 << 12)
		b = binary.LittleEndian.AppendUint64(b[:0], math.Float64bits(Pow(x, y)))
		_, _ = h.Write(b) // a hash never fails
	}
	if got, want := h.Sum64(), uint64(0xc75307015b6e0813); got != want {
		t.Errorf("bits of 10000 powers hash to %#x; want %#x", got, want)
	}
}
