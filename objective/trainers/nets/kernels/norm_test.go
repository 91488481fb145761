package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A sourceCase is images that are made from the results of convolutions, in every way
// that a [Source] knows, with random numbers.
type sourceCase struct {
	Conv
	Source
	kind string
}

func sourceCases(c Conv) []sourceCase {
	rng := rand.New(rand.NewPCG(uint64(c.Height*100+c.Width), uint64(c.In)))
	n := c.Batch * c.Inputs()
	x, added := random(rng, n), random(rng, n)
	gain, shift, addedGain, addedShift := random(rng, c.In), random(rng, c.In), random(rng, c.In), random(rng, c.In)
	base := Source{X: x, Gain: gain, Shift: shift}
	plus, normed := base, base
	plus.Added = added
	normed.Added, normed.AddedGain, normed.AddedShift = added, addedGain, addedShift
	cut := normed
	cut.AddedReLU = true
	return []sourceCase{{c, base, "a norm"}, {c, plus, "a norm and a sum"}, {c, normed, "two norms"}, {c, cut, "a norm and a ReLU"}}
}

// reference returns the images in float64 by the definition, and the sums of absolute terms.
func (s sourceCase) reference() sums {
	z := newSums(len(s.X))
	for i := range s.X {
		c := i % s.In
		z.add(i, float64(s.X[i])*float64(s.Gain[c]))
		z.add(i, float64(s.Shift[c]))
		if s.Added != nil {
			one := newSums(1)
			if s.AddedGain == nil {
				one.add(0, float64(s.Added[i]))
			} else {
				one.add(0, float64(s.Added[i])*float64(s.AddedGain[c]))
				one.add(0, float64(s.AddedShift[c]))
			}
			if s.AddedReLU {
				one.value[0] = max(one.value[0], 0)
			}
			z.value[i] += one.value[0]
			z.scale[i] += one.scale[0]
		}
		z.value[i] = max(z.value[i], 0)
	}
	return z
}

// sourceShapes have channels around the vector widths 4 to 16 and lines of one pixel on.
func sourceShapes() []Conv {
	var shapes []Conv
	for _, channels := range []int{1, 3, 4, 5, 8, 13, 16, 17, 32, 33} {
		for _, size := range [][2]int{{1, 1}, {1, 2}, {3, 1}, {2, 4}, {3, 5}, {8, 8}} {
			shapes = append(shapes, Conv{Batch: 3, Height: size[0], Width: size[1], In: channels, Out: 2})
		}
	}
	return shapes
}

func TestNormAgainstFloat64(t *testing.T) {
	for _, l := range Levels() {
		for _, shape := range sourceShapes() {
			for _, s := range sourceCases(shape) {
				what := fmt.Sprintf("%v %+v, %s", l, shape, s.kind)
				want := s.reference()
				s.Z = make([]float32, len(s.X))
				s.Z[0] = 7
				l.Norm(s.Source, shape, 1, 3)
				if n := shape.Inputs(); s.Z[0] != 7 || s.Z[n-1] != 0 && n > 1 {
					t.Fatalf("%s: the images from 1 on wrote to image 0", what)
				}
				l.Norm(s.Source, shape, 0, 1)
				closeTo(t, what, s.Z, want.value, want.scale)
				sum, wsum := make([]float32, 2*shape.Batch*shape.In), newSums(2*shape.Batch*shape.In)
				l.NormSums(NormSum{Y: s.X, Mean: s.Shift, Out: sum}, s.Z, shape.Batch)
				for i := range s.X {
					at := i/shape.Inputs()*2*shape.In + i%shape.In
					wsum.add(at, float64(s.Z[i]))
					wsum.add(at+shape.In, float64(s.Z[i])*(float64(s.X[i])-float64(s.Shift[i%shape.In])))
				}
				closeTo(t, what+" sums", sum, wsum.value, wsum.scale)
			}
		}
	}
}

// NaN stays NaN through the ReLU of a normalisation, wherever it comes from and for every
// tail; what is added, and X, may be the result's own memory.
func TestNormKeepsNaN(t *testing.T) {
	nan := float32(math.NaN())
	for _, l := range Levels() {
		for channels := 1; channels <= 40; channels++ {
			shape := Conv{Batch: 1, Height: 1, Width: 3, In: channels, Out: 1}
			for _, s := range sourceCases(shape) {
				want := make([]float32, len(s.X))
				norm := func(in Source, z []float32) []float32 {
					in.Z = z
					l.Norm(in, shape, 0, 1)
					return z
				}
				norm(s.Source, want)
				for name, in := range map[string][]float32{"x": s.X, "added": s.Added} {
					if in == nil {
						continue
					}
					at := 5 * channels % len(in)
					old := in[at]
					in[at] = nan
					overX, overAdded := s.Source, s.Source
					overX.X = slices.Clone(s.X)
					results := map[string][]float32{"apart": norm(s.Source, make([]float32, len(want))), "over x": norm(overX, overX.X)}
					if s.Added != nil {
						overAdded.Added = slices.Clone(s.Added)
						results["over added"] = norm(overAdded, overAdded.Added)
					}
					for where, got := range results {
						what := fmt.Sprintf("%v, %d channels, %s, NaN in %s, %s", l, channels, s.kind, name, where)
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
}

// By hand: two images of two pixels and two channels.
func TestAverage(t *testing.T) {
	y, dx := make([]float32, 4), make([]float32, 8)
	Average(y, []float32{1, 2, 3, 6, 0, 0, 5, -4}, 2, 2)
	equalBits(t, "Average", y, []float32{2, 4, 2.5, -2})
	AverageGrad(dx, []float32{2, 4, 6, 8}, 2, 2)
	equalBits(t, "AverageGrad", dx, []float32{1, 2, 1, 2, 3, 4, 3, 4})
}
