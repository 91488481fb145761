package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// convCase is a block with random inputs and the gradient by its output.
type convCase struct {
	Conv
	x, w, bias, dy []float32
}

func newConvCase(c Conv) convCase {
	rng := rand.New(rand.NewPCG(uint64(c.Height*100+c.Width), uint64(c.In*1000+c.Out)))
	return convCase{c, random(rng, c.Batch*c.Inputs()), random(rng, c.Weights()*c.Out), random(rng, c.Out), random(rng, c.Batch*c.PooledOutputs())}
}

// at returns the index in x of a pixel's channel, -1 outside the image.
func (c convCase) at(image, i, j, channel int) int {
	switch {
	case i < 0 || j < 0 || i >= c.Height || j >= c.Width:
		return -1
	case c.Planar:
		return ((image*c.In+channel)*c.Height+i)*c.Width + j
	}
	return ((image*c.Height+i)*c.Width+j)*c.In + channel
}

// sums are float64 results and the sums of their absolute terms.
type sums struct{ value, scale []float64 }

func newSums(n int) sums { return sums{make([]float64, n), make([]float64, n)} }

func (s sums) add(i int, v float64) {
	s.value[i] += v
	s.scale[i] += math.Abs(v)
}

// terms calls f with the indices in x and w of every term of one convolution sum.
func (c convCase) terms(image, i, j, o int, f func(x, w int)) {
	for u := range 3 {
		for v := range 3 {
			for ch := range c.In {
				if at := c.at(image, i+u-1, j+v-1, ch); at >= 0 {
					f(at, ((u*3+v)*c.In+ch)*c.Out+o)
				}
			}
		}
	}
}

// reference computes y, the four sums each came from and, for a given taken, the
// gradients, in float64 by the definition.
func (c convCase) reference(taken []uint8) (y sums, windows [][4]float64, dw, db, dx sums) {
	y, dw, db, dx = newSums(c.Batch*c.PooledOutputs()), newSums(len(c.w)), newSums(c.Out), newSums(len(c.x))
	windows = make([][4]float64, len(y.value))
	for n := range y.value {
		image, o := n/c.PooledOutputs(), n%c.Out
		p := n % c.PooledOutputs() / c.Out
		i, j := p/(c.Width/2)*2, p%(c.Width/2)*2
		for k := range 4 {
			one := newSums(1)
			one.add(0, float64(c.bias[o]))
			c.terms(image, i+k/2, j+k%2, o, func(x, w int) { one.add(0, float64(c.x[x])*float64(c.w[w])) })
			windows[n][k] = one.value[0]
			y.value[n], y.scale[n] = max(y.value[n], one.value[0]), max(y.scale[n], one.scale[0])
		}
		k := int(taken[n])
		if k > 3 {
			continue
		}
		g := float64(c.dy[n])
		db.add(o, g)
		c.terms(image, i+k/2, j+k%2, o, func(x, w int) {
			dw.add(w, g*float64(c.x[x]))
			dx.add(x, g*float64(c.w[w]))
		})
	}
	return y, windows, dw, db, dx
}

// convCases has every size from 2x2 on that is odd or even in a way of its own,
// and channels around the vector and panel widths 4 to 32.
func convCases() []convCase {
	var cases []convCase
	for _, size := range [][2]int{{2, 2}, {3, 2}, {2, 5}, {7, 9}, {8, 8}, {10, 13}, {4, 21}} {
		for _, out := range []int{1, 3, 5, 16, 33} {
			for _, in := range []int{1, 3, 6} {
				c := Conv{Batch: 3, Height: size[0], Width: size[1], In: in, Out: out}
				cases = append(cases, newConvCase(c))
				c.Planar = true
				cases = append(cases, newConvCase(c))
			}
		}
	}
	// Several blocks of lines in one sum, of an even and an odd number of lines, and a last
	// line without a partner.
	for _, c := range []Conv{{Batch: 2, Height: 27, Width: 30, In: 1, Out: 5}, {Batch: 2, Height: 21, Width: 28, In: 2, Out: 4}} {
		cases = append(cases, newConvCase(c))
		c.Planar = true
		cases = append(cases, newConvCase(c))
	}
	for _, out := range []int{4, 8, 9, 12, 20, 32, 40, 47, 64, 70} {
		cases = append(cases, newConvCase(Conv{Batch: 2, Height: 5, Width: 6, In: 2, Out: out}), newConvCase(Conv{Batch: 2, Height: 6, Width: 5, In: out, Out: 3}))
	}
	return cases
}

// blocked is everything the two kernels compute.
type blocked struct {
	y, dwb, dw, db, dx []float32 // dw and db are dwb
	taken              []uint8
}

func (c convCase) run(l Level, ws *Workspace) blocked {
	b := blocked{
		y: make([]float32, c.Batch*c.PooledOutputs()), taken: make([]uint8, c.Batch*c.PooledOutputs()),
		dwb: make([]float32, len(c.w)+c.Out),
	}
	b.dw, b.db = b.dwb[:len(c.w)], b.dwb[len(c.w):]
	if !c.Planar {
		b.dx = make([]float32, len(c.x))
	}
	l.ConvBlock(ws, b.y, b.taken, c.x, c.w, c.bias, c.Conv)
	l.ConvBlockGrad(ws, Groups{0, 1, 1, c.Batch}, b.dwb, b.dx, c.x, c.w, c.dy, b.taken, c.Conv)
	return b
}

// Whether what was taken is kept or not, the result has the same bits.
func TestConvBlockWithoutTaken(t *testing.T) {
	for _, l := range Levels() {
		var ws Workspace
		for _, c := range convCases() {
			y := make([]float32, c.Batch*c.PooledOutputs()+1)
			y[len(y)-1] = 7
			l.ConvBlock(&ws, y, nil, c.x, c.w, c.bias, c.Conv)
			equalBits(t, fmt.Sprintf("%v %+v", l, c.Conv), y, append(c.run(l, &ws).y, 7))
		}
	}
}

// A gradient needs what was taken, and a result never fits into too little.
func TestConvBlockRefusesTooFewTaken(t *testing.T) {
	c := convCases()[0]
	var ws Workspace
	some := c.run(Portable, &ws)
	mustPanic(t, map[string]func(){
		"an empty taken": func() { Portable.ConvBlock(&ws, some.y, []uint8{}, c.x, c.w, c.bias, c.Conv) },
		"a gradient without taken": func() {
			Portable.ConvBlockGrad(&ws, Groups{0, 1, 1, c.Batch}, some.dwb, nil, c.x, c.w, c.dy, nil, c.Conv)
		},
		"too little for the groups": func() {
			Portable.ConvBlockGrad(&ws, Groups{0, 1, 2, c.Batch}, some.dwb, nil, c.x, c.w, c.dy, some.taken, c.Conv)
		},
	})
}

// Results and gradients against float64 by the definition; one workspace for
// all shapes, so that what an earlier one left shows.
func TestConvBlockAgainstFloat64(t *testing.T) {
	for _, l := range Levels() {
		var ws Workspace
		for _, c := range convCases() {
			what := fmt.Sprintf("%v %+v", l, c.Conv)
			got := c.run(l, &ws)
			y, windows, dw, db, dx := c.reference(got.taken)
			closeTo(t, what+" y", got.y, y.value, y.scale)
			for n, k := range got.taken {
				top := slices.Max(windows[n][:])
				if k < 4 && windows[n][k] < top-1e-5*y.scale[n] || k == 4 && top > 1e-5*y.scale[n] || k > 4 {
					t.Fatalf("%s: output %d took %d of %v", what, n, k, windows[n])
				}
			}
			closeTo(t, what+" dw", got.dw, dw.value, dw.scale)
			closeTo(t, what+" db", got.db, db.value, db.scale)
			if got.dx != nil {
				closeTo(t, what+" dx", got.dx, dx.value, dx.scale)
			}
		}
	}
}

// Levels with the same numerics id agree in every bit, planar images with the
// same images pixel by pixel.
func TestConvBlockLevelsAgreeBitForBit(t *testing.T) {
	first := map[string]Level{}
	for _, l := range Levels() {
		other, ok := first[l.NumericsID()]
		if !ok {
			first[l.NumericsID()] = l
		}
		var ws Workspace
		for _, c := range convCases() {
			what := fmt.Sprintf("%v %+v", l, c.Conv)
			got := c.run(l, &ws)
			if c.Planar {
				turned := convCase{c.Conv, make([]float32, len(c.x)), c.w, c.bias, c.dy}
				turned.Planar = false
				for n := range c.x {
					image, p := n/c.Inputs(), n%c.Inputs()
					channel, i, j := p/(c.Height*c.Width), p/c.Width%c.Height, p%c.Width
					turned.x[turned.at(image, i, j, channel)] = c.x[n]
				}
				sameBits(t, what+" planar", got, turned.run(l, &ws))
			}
			if ok {
				sameBits(t, fmt.Sprintf("%s against %v", what, other), got, c.run(other, &ws))
			}
		}
	}
}

func sameBits(t *testing.T, what string, a, b blocked) {
	t.Helper()
	equalBits(t, what+" y", a.y, b.y)
	equalBits(t, what+" dw", a.dw, b.dw)
	equalBits(t, what+" db", a.db, b.db)
	if a.dx != nil {
		equalBits(t, what+" dx", a.dx, b.dx)
	}
	if !slices.Equal(a.taken, b.taken) {
		t.Fatalf("%s: taken %v and %v", what, a.taken, b.taken)
	}
}

// What an image becomes does not depend on the images beside it, and its
// gradients are added up in order.
func TestConvBlockImagesAreIndependent(t *testing.T) {
	c := newConvCase(Conv{Batch: 4, Height: 9, Width: 7, In: 3, Out: 33})
	for _, l := range Levels() {
		var ws Workspace
		all := c.run(l, &ws)
		dw, db := make([]float32, len(all.dw)), make([]float32, len(all.db))
		for i := range c.Batch {
			in, out := c.Inputs(), c.PooledOutputs()
			one := convCase{c.Conv, c.x[i*in : (i+1)*in], c.w, c.bias, c.dy[i*out : (i+1)*out]}
			one.Batch = 1
			got := one.run(l, &ws)
			equalBits(t, fmt.Sprintf("%v y of image %d", l, i), got.y, all.y[i*out:(i+1)*out])
			equalBits(t, fmt.Sprintf("%v dx of image %d", l, i), got.dx, all.dx[i*in:(i+1)*in])
			for k, v := range got.dw {
				dw[k] += v
			}
			for k, v := range got.db {
				db[k] += v
			}
		}
		equalBits(t, fmt.Sprintf("%v dw", l), dw, all.dw)
		equalBits(t, fmt.Sprintf("%v db", l), db, all.db)
	}
}

// Each group of images gives the gradients that it gives alone.
func TestConvBlockGradByGroups(t *testing.T) {
	c := newConvCase(Conv{Batch: 5, Height: 9, Width: 7, In: 3, Out: 33})
	in, out := c.Inputs(), c.PooledOutputs()
	for _, l := range Levels() {
		var ws Workspace
		all := c.run(l, &ws)
		n := len(all.dwb)
		dwb, dx := make([]float32, 3*n), make([]float32, len(c.x))
		for _, g := range []Groups{{1, 3, 3, 5}, {0, 1, 3, 5}} {
			l.ConvBlockGrad(&ws, g, dwb, dx, c.x, c.w, c.dy, all.taken, c.Conv)
		}
		equalBits(t, fmt.Sprintf("%v dx", l), dx, all.dx)
		for i := range 3 {
			from, to := 5*i/3, 5*(i+1)/3
			one := convCase{c.Conv, c.x[from*in : to*in], c.w, c.bias, c.dy[from*out : to*out]}
			one.Batch = to - from
			equalBits(t, fmt.Sprintf("%v dw and db of group %d", l, i), dwb[i*n:(i+1)*n], one.run(l, &ws).dwb)
		}
	}
}

// By hand, with a filter that copies its pixel: of equals the first is taken,
// what is not positive has no gradient, and a fifth column is not there. A NaN
// reaches the nine sums around it and stays NaN through ReLU and pooling.
func TestConvBlockPooling(t *testing.T) {
	x := []float32{
		1, 1, 2, 5, 9,
		1, 1, 5, 5, 9,
		0, -1, 3, 2, 9,
		-1, -2, 7, 1, 9,
	}
	w := make([]float32, 9)
	w[4] = 1
	c := Conv{Batch: 1, Height: 4, Width: 5, In: 1, Out: 1}
	for _, l := range Levels() {
		var ws Workspace
		y, taken := make([]float32, 4), make([]uint8, 4)
		l.ConvBlock(&ws, y, taken, x, w, []float32{0}, c)
		equalBits(t, fmt.Sprintf("%v pooled", l), y, []float32{1, 5, 0, 7})
		if !slices.Equal(taken, []uint8{0, 1, 4, 2}) {
			t.Errorf("%v: took %v; want 0, 1, 4, 2", l, taken)
		}
		broken := slices.Clone(x)
		broken[19] = float32(math.NaN())
		l.ConvBlock(&ws, y, taken, broken, w, []float32{0}, c)
		if y[3] == y[3] {
			t.Errorf("%v: NaN became %v", l, y[3])
		}
		equalBits(t, fmt.Sprintf("%v pooled beside NaN", l), y[:3], []float32{1, 5, 0})
	}
}
