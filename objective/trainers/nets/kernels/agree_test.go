package kernels

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// outputs runs every kernel that exists at several levels on the same random
// numbers and returns all results in one slice.
func outputs(l Level, m, n, k int) []float32 {
	rng := rand.New(rand.NewPCG(uint64(m*1000+n), uint64(k)))
	var ws Workspace
	x, w, bias := random(rng, m*k), random(rng, k*n), random(rng, n)
	y, tn, nt, grad := make([]float32, m*n), make([]float32, m*n), make([]float32, m*n), make([]float32, m*n)
	l.MatMul(&ws, wholeOf(m, n), y, x, w, bias, m, n, k, true)
	l.MatMulTN(&ws, wholeOf(m, n), tn, x, w, m, n, k)
	l.MatMulNT(&ws, wholeOf(m, n), nt, x, w, m, n, k)
	labels := make([]uint16, m)
	for i := range labels {
		labels[i] = uint16(rng.IntN(n))
	}
	loss, _ := l.SoftmaxCE(tn, labels, nil, bias, n, grad)
	return append(append(append(append(y, tn...), nt...), grad...), float32(loss))
}

func adam(l Level, n int) []float32 {
	rng := rand.New(rand.NewPCG(uint64(n), 9))
	p, m, v := random(rng, n), make([]float32, n), make([]float32, n)
	for step := 1; step < 4; step++ {
		l.AdamW(p, random(rng, n), m, v, 0.01, 0.1, step)
	}
	return p
}

// Levels with the same numerics id agree in every bit. The optimisers have no
// fused operation, so all levels agree on them; were the compiler to fuse on its
// own, this would show it.
func TestLevelsAgreeBitForBit(t *testing.T) {
	first := map[string]Level{}
	for _, l := range Levels() {
		for n := 1; n <= 70; n++ {
			equalBits(t, fmt.Sprintf("AdamW of %d, %v against portable", n, l), adam(l, n), adam(Portable, n))
		}
		other, ok := first[l.NumericsID()]
		if !ok {
			first[l.NumericsID()] = l
			continue
		}
		for m := 1; m <= 17; m++ {
			for n := 1; n <= 70; n += 3 {
				for _, k := range []int{1, 5, 64} {
					equalBits(t, fmt.Sprintf("%v against %v, m=%d n=%d k=%d", l, other, m, n, k), outputs(l, m, n, k), outputs(other, m, n, k))
				}
			}
		}
	}
}

// A row's result does not depend on how many rows are computed with it.
func TestRowsAreIndependent(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 11))
	const m, n, k = 17, 35, 20
	x, w, bias := random(rng, m*k), random(rng, k*n), random(rng, n)
	for _, l := range Levels() {
		var ws Workspace
		all, one := make([]float32, m*n), make([]float32, n)
		l.MatMul(&ws, wholeOf(m, n), all, x, w, bias, m, n, k, false)
		for i := range m {
			l.MatMul(&ws, wholeOf(1, n), one, x[i*k:(i+1)*k], w, bias, 1, n, k, false)
			equalBits(t, fmt.Sprintf("%v row %d", l, i), all[i*n:(i+1)*n], one)
		}
	}
}

// A product computed block by block has the bits of the whole, also where few
// columns make the kernel compute the result turned.
func TestBlocksAgreeWithTheWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 13))
	for _, l := range Levels() {
		var ws Workspace
		for _, m := range []int{1, 9, 64, 65, 100} {
			for _, n := range []int{1, 3, 10, 12, 13, 40, 70} {
				const k = 11
				x, w, bias := random(rng, m*k), random(rng, k*n), random(rng, n)
				var whole, pieces [3][]float32
				for i := range whole {
					whole[i], pieces[i] = make([]float32, m*n), make([]float32, m*n)
				}
				l.MatMul(&ws, wholeOf(m, n), whole[0], x, w, bias, m, n, k, true)
				l.MatMulTN(&ws, wholeOf(m, n), whole[1], x, w, m, n, k)
				l.MatMulNT(&ws, wholeOf(m, n), whole[2], x, w, m, n, k)
				for row := 0; row < m; row += 7 {
					for column := 0; column < n; column += 9 {
						b := Block{row, min(7, m-row), column, min(9, n-column)}
						l.MatMul(&ws, b, pieces[0], x, w, bias, m, n, k, true)
						l.MatMulTN(&ws, b, pieces[1], x, w, m, n, k)
						l.MatMulNT(&ws, b, pieces[2], x, w, m, n, k)
					}
				}
				for i := range whole {
					equalBits(t, fmt.Sprintf("%v m=%d n=%d, product %d", l, m, n, i), pieces[i], whole[i])
				}
			}
		}
	}
}

func TestChoose(t *testing.T) {
	best, err := Choose("")
	if err != nil || best != Levels()[len(Levels())-1] {
		t.Errorf("Choose(\"\") = %v, %v; want the last of %v", best, err, Levels())
	}
	if l, err := Choose("portable"); err != nil || l != Portable {
		t.Errorf("Choose(portable) = %v, %v", l, err)
	}
	if _, err := Choose("sse9"); err == nil {
		t.Error("Choose(sse9) succeeded; want an error that lists the levels")
	}
	if id := Portable.NumericsID(); id != "nets/2/portable" {
		t.Errorf("portable numerics id is %q", id)
	}
	if a, b := AVX2.NumericsID(), AVX512.NumericsID(); a != "nets/2/fma" || a != b {
		t.Errorf("FMA numerics ids are %q and %q", a, b)
	}
}
