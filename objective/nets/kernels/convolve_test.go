package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainCase is a convolution with random inputs and what the gradient by its output
// is made of.
type plainCase struct {
	Conv
	x, w, before              []float32 // before is what dx holds
	dz, z, gain, slope, shift []float32
}

func newPlainCase(c Conv) plainCase {
	rng := rand.New(rand.NewPCG(uint64(c.Height*100+c.Width), uint64(c.In*1000+c.Out*10+c.Stride)))
	n := c.Batch * c.pixels() * c.Out
	return plainCase{
		c, random(rng, c.Batch*c.Inputs()), random(rng, c.Weights()*c.Out), random(rng, c.Batch*c.Inputs()),
		random(rng, n), random(rng, n), random(rng, c.Out), random(rng, c.Out), random(rng, c.Out),
	}
}

// terms calls f with the indices in y, x and w of every product, by the definition.
func (c plainCase) terms(f func(y, x, w int)) {
	height, width := c.OutputSize()
	at := convCase{Conv: c.Conv}.at
	for y := range c.Batch * height * width * c.Out {
		image, i, j, o := y/c.Out/width/height, y/c.Out/width%height, y/c.Out%width, y%c.Out
		for t := range c.Weights() {
			u, v, ch := t/c.In/c.kernel(), t/c.In%c.kernel(), t%c.In
			if x := at(image, c.stride()*i+u-c.kernel()/2, c.stride()*j+v-c.kernel()/2, ch); x >= 0 {
				f(y, x, t*c.Out+o)
			}
		}
	}
}

// plainCases has both kernels and strides, odd and even sizes from one pixel on, and
// channels around the vector and panel widths 4 to 32.
func plainCases() []plainCase {
	var cases []plainCase
	add := func(c Conv) { cases = append(cases, newPlainCase(c)) }
	for _, kernel := range []int{1, 3} {
		for _, stride := range []int{1, 2} {
			for _, size := range [][2]int{{1, 1}, {1, 4}, {2, 2}, {3, 2}, {5, 4}, {8, 8}, {7, 18}, {6, 33}} {
				for _, planar := range []bool{false, true} {
					add(Conv{Batch: 2, Height: size[0], Width: size[1], In: 3, Out: 5, Kernel: kernel, Stride: stride, Planar: planar})
					add(Conv{Batch: 3, Height: size[0], Width: size[1], In: 1, Out: 16, Kernel: kernel, Stride: stride, Planar: planar})
				}
			}
			for _, n := range []int{1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40, 65} {
				add(Conv{Batch: 2, Height: 4, Width: 5, In: n, Out: 2, Kernel: kernel, Stride: stride})
				add(Conv{Batch: 2, Height: 5, Width: 4, In: 2, Out: n, Kernel: kernel, Stride: stride})
			}
		}
	}
	// Several blocks of lines in one sum.
	return append(cases, newPlainCase(Conv{Batch: 2, Height: 20, Width: 30, In: 2, Out: 6}), newPlainCase(Conv{Batch: 1, Height: 3, Width: 300, In: 1, Out: 1}))
}

// plain is everything that the convolution and its gradient compute.
type plain struct{ y, moments, dw, dx, added []float32 }

func (c plainCase) run(l Level, ws *Workspace) plain {
	p := plain{
		y: make([]float32, c.Batch*c.pixels()*c.Out), moments: make([]float32, c.Batch*2*c.Out), dw: make([]float32, len(c.w)),
	}
	l.Convolve(ws, p.y, p.moments, c.x, c.w, c.Conv)
	if !c.Planar {
		p.dx, p.added = make([]float32, len(c.x)), append([]float32(nil), c.before...)
		l.ConvolveGrad(ws, p.dw, p.added, c.x, c.w, c.grad(p.y, nil), c.Conv, true)
	}
	l.ConvolveGrad(ws, p.dw, p.dx, c.x, c.w, c.grad(p.y, c.z), c.Conv, false)
	return p
}

func (c plainCase) grad(y, z []float32) NormGrad {
	return NormGrad{DZ: c.dz, Z: z, Y: y, Gain: c.gain, Slope: c.slope, Shift: c.shift}
}

// derivative returns dy by the definition, from the y that a level computed.
func (c plainCase) derivative(y []float32, cut bool) []float64 {
	dy := make([]float64, len(y))
	for i := range y {
		g, o := float64(c.dz[i]), i%c.Out
		if cut && c.z[i] <= 0 {
			g = 0
		}
		dy[i] = g*float64(c.gain[o]) + float64(y[i])*float64(c.slope[o]) + float64(c.shift[o])
	}
	return dy
}

// Results and gradients against float64 by the definition, to 1e-5 of the sum of the
// absolute terms; one workspace for all shapes, so that what an earlier one left shows.
func TestConvolveAgainstFloat64(t *testing.T) {
	for _, l := range Levels() {
		var ws Workspace
		for _, c := range plainCases() {
			what := fmt.Sprintf("%v %+v", l, c.Conv)
			got := c.run(l, &ws)
			y, dw, dx, added := newSums(len(got.y)), newSums(len(c.w)), newSums(len(c.x)), newSums(len(c.x))
			cut, whole := c.derivative(got.y, true), c.derivative(got.y, false)
			for i, v := range c.before {
				added.add(i, float64(v))
			}
			c.terms(func(n, x, w int) {
				y.add(n, float64(c.x[x])*float64(c.w[w]))
				dw.add(w, cut[n]*float64(c.x[x]))
				dx.add(x, cut[n]*float64(c.w[w]))
				added.add(x, whole[n]*float64(c.w[w]))
			})
			closeTo(t, what+" y", got.y, y.value, y.scale)
			closeTo(t, what+" dw", got.dw, dw.value, dw.scale)
			if got.dx != nil {
				closeTo(t, what+" dx", got.dx, dx.value, dx.scale)
				closeTo(t, what+" dx, added", got.added, added.value, added.scale)
			}
			c.checkMoments(t, what, got)
		}
	}
}

func (c plainCase) checkMoments(t *testing.T, what string, got plain) {
	t.Helper()
	pixels := c.pixels()
	sum, square := newSums(len(got.moments)/2), newSums(len(got.moments)/2)
	for i, v := range got.y {
		sum.add(i/(pixels*c.Out)*c.Out+i%c.Out, float64(v))
	}
	for i, v := range got.y {
		at := i/(pixels*c.Out)*c.Out + i%c.Out
		d := float64(v) - sum.value[at]/float64(pixels)
		square.add(at, d*d)
		square.scale[at] += d * d
	}
	for i := range c.Batch {
		at := i * c.Out
		closeTo(t, what+" sums", got.moments[2*at:2*at+c.Out], sum.value[at:at+c.Out], sum.scale[at:at+c.Out])
		closeTo(t, what+" squares", got.moments[2*at+c.Out:2*at+2*c.Out], square.value[at:at+c.Out], square.scale[at:at+c.Out])
	}
}

// normCase is the result of the normalising kernels on random numbers.
func normCase(l Level, images, pixels, channels int) (in [6][]float32, z, cut, sum []float32) {
	rng := rand.New(rand.NewPCG(uint64(pixels), uint64(channels)))
	n := images * pixels * channels
	for i := range 3 {
		in[i] = random(rng, n)
	}
	for i := 3; i < 6; i++ {
		in[i] = random(rng, channels)
	}
	z, cut, sum = make([]float32, n), make([]float32, n), make([]float32, images*2*channels)
	l.Norm(z, in[0], in[3], in[4], nil, false)
	l.Norm(cut, in[0], in[3], in[4], in[1], true)
	l.NormSums(sum, in[2], in[1], in[0], in[5], images)
	return in, z, cut, sum
}

func TestNormAgainstFloat64(t *testing.T) {
	for _, l := range Levels() {
		for _, channels := range []int{1, 3, 4, 5, 8, 13, 16, 17, 32, 33} {
			for _, pixels := range []int{1, 2, 3, 4, 5, 9, 64} {
				const images = 2
				what := fmt.Sprintf("%v, %d pixels, %d channels", l, pixels, channels)
				in, z, cut, sum := normCase(l, images, pixels, channels)
				wz, wcut, wsum := newSums(len(z)), newSums(len(z)), newSums(len(sum))
				for i := range z {
					c := i % channels
					for _, s := range []sums{wz, wcut} {
						s.add(i, float64(in[0][i])*float64(in[3][c]))
						s.add(i, float64(in[4][c]))
					}
					wcut.add(i, float64(in[1][i]))
					wcut.value[i] = max(wcut.value[i], 0)
					if in[1][i] > 0 {
						at := i/(pixels*channels)*2*channels + c
						wsum.add(at, float64(in[2][i]))
						wsum.add(at+channels, float64(in[2][i])*(float64(in[0][i])-float64(in[5][c])))
					}
				}
				closeTo(t, what+" z", z, wz.value, wz.scale)
				closeTo(t, what+" z, added and cut", cut, wcut.value, wcut.scale)
				closeTo(t, what+" sums", sum, wsum.value, wsum.scale)
			}
		}
	}
}

// NaN stays NaN through the ReLU of a normalisation, wherever it comes from and for every
// tail; what is added, and y, may be the result's own memory.
func TestNormKeepsNaN(t *testing.T) {
	nan := float32(math.NaN())
	for _, l := range Levels() {
		for channels := 1; channels <= 40; channels++ {
			const pixels = 3
			n := pixels * channels
			rng := rand.New(rand.NewPCG(uint64(channels), 17))
			y, added, gain, shift := random(rng, n), random(rng, n), random(rng, channels), random(rng, channels)
			want := make([]float32, n)
			l.Norm(want, y, gain, shift, added, true)
			for _, in := range [][]float32{y, added} {
				at := rng.IntN(n)
				old := in[at]
				in[at] = nan
				z, overY, overAdded := make([]float32, n), slices.Clone(y), slices.Clone(added)
				l.Norm(z, y, gain, shift, added, true)
				l.Norm(overY, overY, gain, shift, added, true)
				l.Norm(overAdded, y, gain, shift, overAdded, true)
				for what, got := range map[string][]float32{"apart": z, "over y": overY, "over added": overAdded} {
					what = fmt.Sprintf("%v, %d channels, %s", l, channels, what)
					if got[at] == got[at] {
						t.Fatalf("%s: NaN became %v", what, got[at])
					}
					got[at] = want[at]
					equalBits(t, what, got, want)
				}
				in[at] = old
			}
		}
	}
}

// By hand: two images of two pixels and two channels.
func TestAverage(t *testing.T) {
	y, dx := make([]float32, 4), make([]float32, 8)
	Average(y, []float32{1, 2, 3, 6, 0, 0, 5, -4}, 2, 2)
	equalBits(t, "Average", y, []float32{2, 4, 2.5, -2})
	AverageGrad(dx, []float32{2, 4, 6, 8}, 2, 2)
	equalBits(t, "AverageGrad", dx, []float32{1, 2, 1, 2, 3, 4, 3, 4})
}

// Levels with the same numerics id agree in every bit, and planar images with the
// same images pixel by pixel.
func TestConvolveLevelsAgreeBitForBit(t *testing.T) {
	first := map[string]Level{}
	for _, l := range Levels() {
		other, ok := first[l.NumericsID()]
		if !ok {
			first[l.NumericsID()], other = l, l
		}
		var ws Workspace
		for _, c := range plainCases() {
			what := fmt.Sprintf("%v %+v", l, c.Conv)
			got, same := c.run(l, &ws), c
			if c.Planar {
				same.x, same.Planar = make([]float32, len(c.x)), false
				for n := range c.x {
					image, p := n/c.Inputs(), n%c.Inputs()
					channel, i, j := p/(c.Height*c.Width), p/c.Width%c.Height, p%c.Width
					same.x[(convCase{Conv: same.Conv}).at(image, i, j, channel)] = c.x[n]
				}
			}
			want := same.run(other, &ws)
			equalBits(t, what+" y", got.y, want.y)
			equalBits(t, what+" moments", got.moments, want.moments)
			equalBits(t, what+" dw", got.dw, want.dw)
			if got.dx != nil {
				equalBits(t, what+" dx", got.dx, want.dx)
				equalBits(t, what+" dx, added", got.added, want.added)
			}
		}
		for _, channels := range []int{1, 5, 16, 33} {
			_, z, cut, sum := normCase(l, 3, 7, channels)
			_, wz, wcut, wsum := normCase(other, 3, 7, channels)
			equalBits(t, "z", z, wz)
			equalBits(t, "z, added and cut", cut, wcut)
			equalBits(t, "sums", sum, wsum)
		}
	}
}
