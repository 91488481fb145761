package kernels

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainCase is a convolution with random inputs and what the gradient by its output
// is made of.
type plainCase struct {
	Conv
	x, w, before          []float32 // before is what dx starts from
	g, gain, slope, shift []float32
}

func newPlainCase(c Conv) plainCase {
	rng := rand.New(rand.NewPCG(uint64(c.Height*100+c.Width), uint64(c.In*1000+c.Out*10+c.Stride)))
	return plainCase{
		c, random(rng, c.Batch*c.Inputs()), random(rng, c.Weights()*c.Out), random(rng, c.Batch*c.Inputs()),
		random(rng, c.outputs()), random(rng, c.Out), random(rng, c.Out), random(rng, c.Out),
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

// plain is everything that the convolution and its gradient compute, the gradient by w
// in one group.
type plain struct{ y, moments, dw, dx, added []float32 }

func (c plainCase) run(l Level, ws *Workspace) plain {
	u := c.unit()
	p := plain{y: u.Y, moments: u.Moments, dw: make([]float32, len(c.w))}
	in, all := Source{X: c.x}, Groups{0, 1, 1, c.Batch}
	l.Convolve(ws, in, 0, c.Batch, u, Unit{})
	if !c.Planar {
		p.dx, p.added = make([]float32, len(c.x)), make([]float32, len(c.x))
		l.ConvolveGrad(ws, in, all, c.grad(p.y, p.dw), UnitGrad{}, InputGrad{DX: p.added, Start: c.before})
	}
	l.ConvolveGrad(ws, in, all, c.grad(p.y, p.dw), UnitGrad{}, InputGrad{DX: p.dx})
	return p
}

func (c plainCase) unit() Unit {
	return Unit{Conv: c.Conv, W: c.w, Y: make([]float32, c.outputs()), Moments: make([]float32, c.Batch*2*c.Out)}
}

func (c plainCase) grad(y, dw []float32) UnitGrad {
	return UnitGrad{Conv: c.Conv, W: c.w, G: c.g, Y: y, Gain: c.gain, Slope: c.slope, Shift: c.shift, DW: dw}
}

// derivative returns dy by the definition, from the y that a level computed.
func (c plainCase) derivative(y []float32) []float64 {
	dy := make([]float64, len(y))
	for i := range y {
		o := i % c.Out
		dy[i] = float64(c.g[i])*float64(c.gain[o]) + float64(y[i])*float64(c.slope[o]) + float64(c.shift[o])
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
			dy := c.derivative(got.y)
			for i, v := range c.before {
				added.add(i, float64(v))
			}
			c.terms(func(n, x, w int) {
				y.add(n, float64(c.x[x])*float64(c.w[w]))
				dw.add(w, dy[n]*float64(c.x[x]))
				dx.add(x, dy[n]*float64(c.w[w]))
				added.add(x, dy[n]*float64(c.w[w]))
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

// Images that are made in passing give what the same images standing in memory give, are
// stored where asked for, and cut the gradient by them, which is summed up: bit for bit.
func TestConvolveOfMadeImages(t *testing.T) {
	for _, l := range Levels() {
		var ws Workspace
		for _, shape := range sourceShapes() {
			for _, s := range sourceCases(shape) {
				what := fmt.Sprintf("%v %+v, %s", l, shape, s.kind)
				z := make([]float32, len(s.X))
				s.Z = z
				l.Norm(s.Source, shape, 0, shape.Batch)
				c := newPlainCase(shape)
				c.x = z
				want := c.run(l, &ws)
				s.Z = make([]float32, len(z))
				u, dw, dx := c.unit(), make([]float32, len(c.w)), make([]float32, len(z))
				l.Convolve(&ws, s.Source, 0, c.Batch, u, Unit{})
				equalBits(t, what+" y", u.Y, want.y)
				equalBits(t, what+" moments", u.Moments, want.moments)
				equalBits(t, what+" z", s.Z, z)
				s.Z = nil
				mean := c.w[:c.In]
				sums := [2]NormSum{{z, mean, make([]float32, 2*c.Batch*c.In)}, {s.X, mean, make([]float32, 2*c.Batch*c.In)}}
				l.ConvolveGrad(&ws, s.Source, Groups{0, 1, 1, c.Batch}, c.grad(want.y, dw), UnitGrad{}, InputGrad{DX: dx, Cut: true, Sums: sums})
				equalBits(t, what+" dw", dw, want.dw)
				for i, v := range z {
					if v <= 0 {
						want.dx[i] = 0
					}
				}
				equalBits(t, what+" dx, cut", dx, want.dx)
				for i, sum := range sums {
					wsum := sum
					wsum.Out = make([]float32, len(sum.Out))
					l.NormSums(wsum, dx, c.Batch)
					equalBits(t, fmt.Sprintf("%s sums %d", what, i), sum.Out, wsum.Out)
				}
			}
		}
	}
}

// Two convolutions of the same images give what each alone gives; their gradients by the
// images are added, the second's first. Groups and ranges of images change nothing, and
// images beyond those that are there are left alone.
func TestConvolveTwoAndGroups(t *testing.T) {
	for _, l := range Levels() {
		var ws Workspace
		for _, stride := range []int{1, 2} {
			shape := Conv{Batch: 7, Height: 5, Width: 6, In: 9, Out: 20, Stride: stride}
			beside := shape
			beside.Kernel, beside.Out = 1, 33
			a, b := newPlainCase(shape), newPlainCase(beside)
			b.x = a.x
			const there = 5 // images
			ua, ub, in := a.unit(), b.unit(), Source{X: a.x}
			l.Convolve(&ws, in, 0, 2, ua, ub)
			l.Convolve(&ws, in, 2, there, ua, ub)
			dwa, dwb := make([]float32, 3*len(a.w)), make([]float32, 3*len(b.w))
			back := InputGrad{DX: make([]float32, len(a.x)), Start: a.before}
			for _, g := range []Groups{{2, 3, 3, there}, {0, 2, 3, there}} {
				l.ConvolveGrad(&ws, in, g, a.grad(ua.Y, dwa), b.grad(ub.Y, dwb), back)
			}
			for i := range 3 {
				from, to := there*i/3, there*(i+1)/3
				one := func(c plainCase) (plainCase, plain) {
					part := func(x []float32) []float32 { return x[from*len(x)/c.Batch : to*len(x)/c.Batch] }
					c.x, c.before, c.g = part(c.x), part(c.before), part(c.g)
					c.Batch = to - from
					return c, c.run(l, &ws)
				}
				what := fmt.Sprintf("%v, stride %d, group %d", l, stride, i)
				first, wa := one(a)
				second, wb := one(b)
				equalBits(t, what+" y", ua.Y[from*len(ua.Y)/7:], wa.y)
				equalBits(t, what+" y beside", ub.Y[from*len(ub.Y)/7:], wb.y)
				equalBits(t, what+" dw", dwa[i*len(a.w):], wa.dw)
				equalBits(t, what+" dw beside", dwb[i*len(b.w):], wb.dw)
				// The second's gradient is where the first's starts.
				sum := make([]float32, len(first.x))
				second.before = first.before
				first.before = second.run(l, &ws).added
				copy(sum, first.run(l, &ws).added)
				equalBits(t, what+" dx", back.DX[from*len(a.x)/7:], sum)
			}
			for what, x := range map[string][]float32{"y": ua.Y, "y beside": ub.Y, "dx": back.DX} {
				for _, v := range x[there*len(x)/7:] {
					if v != 0 {
						t.Fatalf("%v: %s has %v where there is no image", l, what, v)
					}
				}
			}
		}
	}
}

// Slices that are too short, and shapes that do not go together, are refused.
func TestConvolveRefuses(t *testing.T) {
	c := newPlainCase(Conv{Batch: 2, Height: 3, Width: 3, In: 2, Out: 3})
	planar := c
	planar.Planar = true
	var ws Workspace
	y, dw, in, all := c.unit().Y, make([]float32, 2*len(c.w)), Source{X: c.x}, Groups{0, 2, 2, 2}
	convolve := func(in Source, to int, change func(a, b *Unit)) func() {
		return func() {
			a, b := c.unit(), c.unit()
			change(&a, &b)
			Portable.Convolve(&ws, in, 0, to, a, b)
		}
	}
	grad := func(g Groups, back InputGrad, change func(u *UnitGrad)) func() {
		return func() {
			u := c.grad(y, dw)
			change(&u)
			Portable.ConvolveGrad(&ws, in, g, u, UnitGrad{}, back)
		}
	}
	nothing, keep := func(_, _ *Unit) {}, func(_ *UnitGrad) {}
	convolve(in, 2, nothing)()
	grad(all, InputGrad{DX: slices.Clone(c.x)}, keep)()
	mustPanic(t, map[string]func(){
		"images that are not there":   convolve(in, 3, nothing),
		"short images":                convolve(Source{X: c.x[1:]}, 2, nothing),
		"a gain without shift":        convolve(Source{X: c.x, Gain: c.w}, 2, nothing),
		"a short z":                   convolve(Source{X: c.x, Gain: c.w, Shift: c.w, Z: c.x[1:]}, 2, nothing),
		"short weights":               convolve(in, 2, func(a, _ *Unit) { a.W = a.W[1:] }),
		"a short result":              convolve(in, 2, func(_, b *Unit) { b.Y = b.Y[1:] }),
		"short moments":               convolve(in, 2, func(a, _ *Unit) { a.Moments = a.Moments[1:] }),
		"a lower second image":        convolve(in, 2, func(_, b *Unit) { b.Height-- }),
		"fewer second channels":       convolve(in, 2, func(_, b *Unit) { b.In-- }),
		"fewer second images":         convolve(in, 1, func(_, b *Unit) { b.Batch-- }),
		"planar second images":        convolve(in, 2, func(_, b *Unit) { b.Planar = true }),
		"more groups than images":     grad(Groups{0, 1, 3, 2}, InputGrad{}, keep),
		"more images than the batch":  grad(Groups{0, 1, 1, 3}, InputGrad{}, keep),
		"a gradient by weights":       grad(all, InputGrad{}, func(u *UnitGrad) { u.DW = u.DW[1:] }),
		"a short gradient":            grad(all, InputGrad{}, func(u *UnitGrad) { u.G = u.G[1:] }),
		"a short gradient by images":  grad(all, InputGrad{DX: c.x[1:]}, keep),
		"a short start":               grad(all, InputGrad{DX: c.x, Start: c.x[1:]}, keep),
		"short sums":                  grad(all, InputGrad{DX: c.x, Sums: [2]NormSum{{c.x, c.x, c.x[:7]}, {}}}, keep),
		"a gradient by planar images": grad(all, InputGrad{DX: c.x}, func(u *UnitGrad) { u.Conv = planar.Conv }),
		"planar images made":          convolve(Source{X: c.x, Gain: c.w, Shift: c.w}, 2, func(a, b *Unit) { a.Conv, b.Conv = planar.Conv, planar.Conv }),
		"a z of what is not made":     convolve(Source{X: c.x, Z: c.x}, 2, nothing),
		"a short sum":                 convolve(Source{X: c.x, Gain: c.w, Shift: c.w, Added: c.x[1:]}, 2, nothing),
		"a short shift of a sum":      convolve(Source{X: c.x, Gain: c.w, Shift: c.w, Added: c.x, AddedGain: c.w, AddedShift: c.w[:1]}, 2, nothing),
		"a short gain":                grad(all, InputGrad{}, func(u *UnitGrad) { u.Gain = u.Gain[1:] }),
		"a short slope":               grad(all, InputGrad{}, func(u *UnitGrad) { u.Slope = u.Slope[1:] }),
		"a short shift":               grad(all, InputGrad{}, func(u *UnitGrad) { u.Shift = u.Shift[1:] }),
		"short results":               grad(all, InputGrad{}, func(u *UnitGrad) { u.Y = u.Y[1:] }),
		"short images of sums":        grad(all, InputGrad{DX: c.x, Sums: [2]NormSum{{c.x[1:], c.x, make([]float32, 8)}, {}}}, keep),
		"a short mean of sums":        grad(all, InputGrad{DX: c.x, Sums: [2]NormSum{{}, {c.x, c.x[:1], make([]float32, 8)}}}, keep),
		"sums of no gradient":         grad(all, InputGrad{Sums: [2]NormSum{{c.x, c.x, make([]float32, 8)}, {}}}, keep),
		"a start of no gradient":      grad(all, InputGrad{Start: c.x}, keep),
		"groups from below 0":         grad(Groups{-1, 1, 2, 2}, InputGrad{}, keep),
		"groups beyond the last":      grad(Groups{0, 3, 2, 2}, InputGrad{}, keep),
		"groups backwards":            grad(Groups{2, 1, 2, 2}, InputGrad{}, keep),
		"gradients of other images": func() {
			a, b := c.grad(y, dw), c.grad(y, dw)
			b.Width--
			Portable.ConvolveGrad(&ws, in, all, a, b, InputGrad{})
		},
		"a norm beyond the images": func() {
			Portable.Norm(Source{X: c.x, Gain: c.w, Shift: c.w, Z: slices.Clone(c.x)}, c.Conv, 0, 3)
		},
		"a norm of nothing": func() { Portable.Norm(in, c.Conv, 0, 2) },
	})
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
		for _, shape := range sourceShapes() {
			for _, s := range sourceCases(shape) {
				z := [2][]float32{make([]float32, len(s.X)), make([]float32, len(s.X))}
				sum := [2][]float32{make([]float32, 6*shape.In), make([]float32, 6*shape.In)}
				for i, level := range []Level{l, other} {
					s.Z = z[i]
					level.Norm(s.Source, shape, 0, shape.Batch)
					level.NormSums(NormSum{Y: s.X, Mean: s.Gain, Out: sum[i]}, s.X, shape.Batch)
				}
				equalBits(t, s.kind, z[0], z[1])
				equalBits(t, "sums", sum[0], sum[1])
			}
		}
	}
}
