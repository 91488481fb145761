package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// wholeOf is the block of all of a result.
func wholeOf(m, n int) Block { return Block{Rows: m, Columns: n} }

// mustPanic makes calls that are mistakes, each of which must panic.
func mustPanic(t *testing.T, calls map[string]func()) {
	t.Helper()
	for what, call := range calls {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", what)
				}
			}()
			call()
		}()
	}
}

func random(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// product is the plain float64 reference: element (i, j) and the sum of the
// absolute terms, by which an error is measured.
func product(m, n, k int, a, b func(i, j int) float32, bias []float32, relu bool) (y, scale []float64) {
	for i := range m {
		for j := range n {
			var s, t float64
			if bias != nil {
				s, t = float64(bias[j]), math.Abs(float64(bias[j]))
			}
			for p := range k {
				v := float64(a(i, p)) * float64(b(p, j))
				s, t = s+v, t+math.Abs(v)
			}
			if relu {
				s = max(s, 0)
			}
			y, scale = append(y, s), append(scale, t)
		}
	}
	return y, scale
}

func closeTo(t *testing.T, what string, got []float32, want, scale []float64) {
	t.Helper()
	for i := range want {
		if d := math.Abs(float64(got[i]) - want[i]); !(d <= 1e-5*math.Max(scale[i], 1e-6)) {
			t.Fatalf("%s: entry %d is %v; want %v", what, i, got[i], want[i])
		}
	}
}

// Every tail of every level: rows around the tile heights 4 to 24, columns around the vector and panel widths 4 to 32.
func TestMatMulAgainstFloat64(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rows := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 17, 23, 24, 25, 27, 28, 29, 47, 64, 73}
	columns := []int{1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 24, 31, 32, 33, 40, 47, 49, 65}
	for _, l := range Levels() {
		var ws Workspace
		for _, m := range rows {
			for _, n := range columns {
				for _, k := range []int{1, 3, 29} {
					x, w, bias := random(rng, m*k), random(rng, k*n), random(rng, n)
					got := make([]float32, m*n)
					what := fmt.Sprintf("%v m=%d n=%d k=%d", l, m, n, k)
					at := func(s []float32, stride int) func(i, j int) float32 {
						return func(i, j int) float32 { return s[i*stride+j] }
					}
					turned := func(s []float32, stride int) func(i, j int) float32 {
						return func(i, j int) float32 { return s[j*stride+i] }
					}
					for _, relu := range []bool{false, true} {
						l.MatMul(&ws, wholeOf(m, n), got, x, w, bias, m, n, k, relu)
						want, scale := product(m, n, k, at(x, k), at(w, n), bias, relu)
						closeTo(t, what+" NN", got, want, scale)
					}
					l.MatMulTN(&ws, wholeOf(m, n), got, x, w, m, n, k)
					want, scale := product(m, n, k, turned(x, m), at(w, n), nil, false)
					closeTo(t, what+" TN", got, want, scale)
					l.MatMulNT(&ws, wholeOf(m, n), got, x, w, m, n, k)
					want, scale = product(m, n, k, at(x, k), turned(w, k), nil, false)
					closeTo(t, what+" NT", got, want, scale)
				}
			}
		}
	}
}

func TestMatMulKeepsNaN(t *testing.T) {
	for _, l := range Levels() {
		var ws Workspace
		y := make([]float32, 2)
		l.MatMul(&ws, wholeOf(2, 1), y, []float32{float32(math.NaN()), 1}, []float32{1}, nil, 2, 1, 1, true)
		if y[0] == y[0] || y[1] != 1 {
			t.Errorf("%v: ReLU of NaN and 1 is %v", l, y)
		}
	}
}

func TestExp(t *testing.T) {
	for _, l := range Levels() {
		for n := 1; n <= 40; n++ {
			x := make([]float32, n)
			for i := range x {
				x[i] = -80 + 160*float32(i*37%41)/41
			}
			got := append([]float32(nil), x...)
			l.exp(got)
			for i := range x {
				want := math.Exp(float64(x[i]))
				if math.Abs(float64(got[i])-want) > 2e-7*want {
					t.Fatalf("%v: exp(%v) = %v; want %v", l, x[i], got[i], want)
				}
			}
		}
		inf, nan := float32(math.Inf(1)), float32(math.NaN())
		x := []float32{0, -1000, -inf, 1000, inf, nan, -86.9, 87.9}
		l.exp(x)
		want := []float64{1, 0, 0, math.Inf(1), math.Inf(1), math.NaN(), 1.8190e-38, 1.4964e38}
		for i := range want {
			same := float64(x[i]) == want[i] || (x[i] != x[i] && want[i] != want[i])
			if !same && !(math.Abs(float64(x[i])-want[i]) < 1e-2*want[i]) {
				t.Errorf("%v: special value %d is %v; want %v", l, i, x[i], want[i])
			}
		}
	}
}

func TestLog(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 10000 {
		x := math.Exp(40 * (rng.Float64() - 0.5))
		if got, want := Log(x), math.Log(x); math.Abs(got-want) > 1e-15*math.Max(1, math.Abs(want)) {
			t.Fatalf("Log(%v) = %v; want %v", x, got, want)
		}
	}
	if Log(1) != 0 {
		t.Errorf("Log(1) = %v", Log(1))
	}
}

// softmaxCE is the float64 reference by the textbook formulas.
func softmaxCE(z []float32, labels []uint16, w, offset []float32, classes int) (loss float64, grad []float64) {
	var sum float64
	for i := range labels {
		sum += float64(w[i])
	}
	for i, y := range labels {
		top, total := math.Inf(-1), 0.0
		at := func(c int) float64 { return float64(z[i*classes+c]) + float64(offset[c]) }
		for c := range classes {
			top = max(top, at(c))
		}
		for c := range classes {
			total += math.Exp(at(c) - top)
		}
		lse := top + math.Log(total)
		loss += float64(w[i]) * (lse - at(int(y))) / sum
		for c := range classes {
			p := math.Exp(at(c) - lse)
			if c == int(y) {
				p--
			}
			grad = append(grad, float64(w[i])*p/sum)
		}
	}
	return loss, grad
}

func TestSoftmaxCEAgainstFloat64(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, l := range Levels() {
		for _, classes := range []int{1, 2, 3, 7, 8, 10, 16, 17, 33, 100} {
			for _, spread := range []float32{0, 1, 30, 1e4} {
				rows := 1 + rng.IntN(9)
				z, offset, w := random(rng, rows*classes), random(rng, classes), make([]float32, rows)
				labels := make([]uint16, rows)
				for i := range z {
					z[i] *= spread
				}
				for i := range labels {
					labels[i], w[i] = uint16(rng.IntN(classes)), rng.Float32()*float32(i%3) // some rows weigh 0
				}
				w[rows-1] = 0.5
				grad := make([]float32, len(z))
				loss, _ := l.SoftmaxCE(z, labels, w, offset, classes, grad)
				want, wantGrad := softmaxCE(z, labels, w, offset, classes)
				if !(math.Abs(loss-want) <= 1e-5*math.Max(1, want)) {
					t.Fatalf("%v, %d classes, spread %v: loss %v; want %v", l, classes, spread, loss, want)
				}
				for i, g := range grad {
					// Adding the offset in float32 rounds logits of size 1e4 by up to 5e-4.
					if tol := 1e-5 + 1e-7*float64(spread); !(math.Abs(float64(g)-wantGrad[i]) <= tol) {
						t.Fatalf("%v, %d classes, spread %v: gradient %d is %v; want %v", l, classes, spread, i, g, wantGrad[i])
					}
				}
			}
		}
	}
}

// A row of weight 0 is not there, for any logits: its gradient is 0, and loss
// and gradients of the others have the bits that they have without it.
func TestSoftmaxCERowsOfWeightZero(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, l := range Levels() {
		for _, classes := range []int{1, 2, 3, 8, 10, 17, 33} {
			for _, bad := range []float32{nan, inf, -inf, math.MaxFloat32, 1} {
				const rows = 70 // more than are worked on at once
				z, offset, w, labels := random(rng, rows*classes), random(rng, classes), make([]float32, rows), make([]uint16, rows)
				var kept, keptW []float32
				var keptLabels []uint16
				for i := range rows {
					labels[i] = uint16(rng.IntN(classes))
					if i%3 == 1 {
						z[i*classes+rng.IntN(classes)] = bad
						continue
					}
					w[i] = 0.5 + rng.Float32()
					kept, keptW, keptLabels = append(kept, z[i*classes:(i+1)*classes]...), append(keptW, w[i]), append(keptLabels, labels[i])
				}
				grad, want := random(rng, len(z)), make([]float32, len(kept))
				loss, sum := l.SoftmaxCE(z, labels, w, offset, classes, grad)
				wantLoss, wantSum := l.SoftmaxCE(kept, keptLabels, keptW, offset, classes, want)
				what := fmt.Sprintf("%v, %d classes, %v in rows of weight 0", l, classes, bad)
				if loss != wantLoss || sum != wantSum {
					t.Errorf("%s: loss %v, weights %v; want %v, %v", what, loss, sum, wantLoss, wantSum)
				}
				for i := range rows {
					row := grad[i*classes : (i+1)*classes]
					if w[i] == 0 {
						equalBits(t, what, row, make([]float32, classes))
						continue
					}
					equalBits(t, what, row, want[:classes])
					want = want[classes:]
				}
			}
		}
	}
}

// Logits of any size are exact as long as they are finite with the offset; an overflow
// is no number, and a class without a chance costs nothing.
func TestSoftmaxCEExtremeLogits(t *testing.T) {
	const most = math.MaxFloat32
	inf := float32(math.Inf(1))
	nan := math.NaN()
	for _, l := range Levels() {
		for _, c := range []struct {
			z, offset []float32
			want      float64
		}{
			{[]float32{-1e38, 1e38}, nil, float64(float32(1e38)) * 2},
			{[]float32{most, most}, nil, math.Ln2},
			{[]float32{-most, -most}, nil, math.Ln2},
			{[]float32{most, most}, []float32{-most, -most}, math.Ln2},
			{[]float32{most, 0}, nil, 0},
			{[]float32{0, -inf}, nil, 0},
			{[]float32{-inf, 0}, nil, math.Inf(1)},
			{[]float32{-most, most}, nil, math.Inf(1)},
			{[]float32{0, most}, []float32{0, most}, nan},
			{[]float32{0, inf}, nil, nan},
			{[]float32{0, float32(nan)}, nil, nan},
			{[]float32{-inf, -inf}, nil, nan},
		} {
			grad := make([]float32, 2)
			got, _ := l.SoftmaxCE(c.z, []uint16{0}, nil, c.offset, 2, grad)
			same := got == c.want || (math.IsNaN(got) && math.IsNaN(c.want))
			if !same && !(math.Abs(got-c.want) <= 1e-6*math.Abs(c.want)) {
				t.Errorf("%v: loss of %v with offset %v is %v; want %v", l, c.z, c.offset, got, c.want)
			}
		}
	}
}

func TestOptimizersAgainstFloat64(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	const rate, decay, momentum = 0.01, 0.1, 0.9
	for _, l := range Levels() {
		for n := 1; n <= 40; n++ {
			p, m, v, q, u := random(rng, n), make([]float32, n), make([]float32, n), random(rng, n), make([]float32, n)
			wp, wm, wv, wq, wu := f64(p), f64(m), f64(v), f64(q), f64(u)
			for step := 1; step <= 5; step++ {
				g := random(rng, n)
				l.AdamW(p, g, m, v, rate, decay, step)
				SGD(q, g, u, rate, momentum, decay)
				for i, g := range f64(g) {
					wm[i], wv[i] = 0.9*wm[i]+0.1*g, 0.999*wv[i]+0.001*g*g
					mean, square := wm[i]/(1-math.Pow(0.9, float64(step))), wv[i]/(1-math.Pow(0.999, float64(step)))
					wp[i] = wp[i]*(1-rate*decay) - rate*mean/(math.Sqrt(square)+1e-8)
					wu[i] = momentum*wu[i] + g + decay*wq[i]
					wq[i] -= rate * wu[i]
				}
			}
			one := make([]float64, n)
			for i := range one {
				one[i] = 1
			}
			closeTo(t, fmt.Sprintf("%v AdamW of %d", l, n), p, wp, one)
			closeTo(t, fmt.Sprintf("%v SGD of %d", l, n), q, wq, one)
		}
	}
}

func f64(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func TestElementwise(t *testing.T) {
	out := make([]float32, 3)
	Mul(out, []float32{1, 2, 3}, []float32{4, 5, 6})
	equalBits(t, "Mul", out, []float32{4, 10, 18})
	sums := make([]float32, 4)
	Portable.Standardize(sums, []float32{1, 2, 3, 4}, []float32{1, 0}, []float32{2, 0.5})
	equalBits(t, "Standardize", sums, []float32{0, 1, 4, 2})
	ColumnSums(out, []float32{1, 2, 3, 4, 5, 6}, 2)
	equalBits(t, "ColumnSums", out, []float32{5, 7, 9})
}

func equalBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: entry %d is %v; want %v", what, i, got[i], want[i])
		}
	}
}

// The gradient of a ReLU at every level and for every tail; what lies behind stays.
func TestReLUGrad(t *testing.T) {
	for _, l := range Levels() {
		for n := 1; n <= 70; n++ {
			rng := rand.New(rand.NewPCG(uint64(n), 14))
			y, dy, out := random(rng, n), random(rng, n), random(rng, n+1)
			y[n/2] = 0
			set := slices.Clone(out)
			for i := range n {
				set[i] = 0
				if y[i] > 0 {
					set[i] = dy[i]
				}
			}
			l.ReLUGrad(out[:n], y, dy)
			equalBits(t, fmt.Sprintf("ReLUGrad of %d, %v", n, l), out, set)
			l.ReLUGrad(dy, y, dy)
			equalBits(t, fmt.Sprintf("ReLUGrad of %d in place, %v", n, l), dy, set[:n])
		}
	}
}
