package confirm

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// near reports whether two numbers agree to rounding.
func near(a, b float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b), 1e-6)
}

// TestEqualProcedures: a procedure against itself differs by exactly nothing.
func TestEqualProcedures(t *testing.T) {
	r := readReference(t)
	for _, f := range objective.Spreads() {
		c := compare(t, 4, r.Labels, r.A, r.A, f)
		for _, d := range []Difference{c.Spread, c.BalancedAccuracy} {
			if d.Estimate != 0 || d.SE != 0 || d.Low != 0 || d.High != 0 || d.PValue != 1 || d.SignFlip() != 1 {
				t.Errorf("%s: a procedure against itself: %+v", f, d)
			}
		}
		if c.Spread.Verdict(c.Spread.PValue) != NoDifference || len(c.Gained())+len(c.Lost()) > 0 || c.Tolerance(0).Holding != Held {
			t.Errorf("%s: a procedure against itself: %+v", f, c)
		}
	}
}

// TestExchange: exchanging A and B changes signs and nothing else, bit for bit.
func TestExchange(t *testing.T) {
	r := readReference(t)
	for _, f := range objective.Spreads() {
		c, o := compare(t, 4, r.Labels, r.A, r.B, f), compare(t, 4, r.Labels, r.B, r.A, f)
		for _, p := range [][2]Difference{{c.Spread, o.Spread}, {c.BalancedAccuracy, o.BalancedAccuracy}} {
			x, y := p[0], p[1]
			if x.Estimate != -y.Estimate || x.Low != -y.High || x.High != -y.Low || x.SE != y.SE || x.PValue != y.PValue ||
				x.A != y.B || x.Measurable != y.Measurable || x.SignFlip() != y.SignFlip() {
				t.Errorf("%s: %+v\nexchanged: %+v", f, x, y)
			}
		}
		for k := range c.Classes {
			x, y := c.Classes[k], o.Classes[k]
			if x.Estimate != -y.Estimate || x.Low != -y.High || x.High != -y.Low {
				t.Errorf("%s: class %+v\nexchanged: %+v", f, x, y)
			}
		}
	}
}

// TestOrderDoesNotMatter permutes images, names of classes and seeds.
func TestOrderDoesNotMatter(t *testing.T) {
	r := readReference(t)
	rng := rand.New(rand.NewPCG(1, 1))
	images, classes, seeds := rng.Perm(len(r.Labels)), rng.Perm(4), rng.Perm(len(r.A))
	permuted := func(p []uint16) []uint16 {
		out := make([]uint16, len(p))
		for i, c := range p {
			out[images[i]] = uint16(classes[c])
		}
		return out
	}
	of := func(p [][]uint16) [][]uint16 {
		out := make([][]uint16, len(p))
		for s := range p {
			out[seeds[s]] = permuted(p[s])
		}
		return out
	}
	for _, f := range objective.Spreads() {
		c, o := compare(t, 4, r.Labels, r.A, r.B, f), compare(t, 4, permuted(r.Labels), of(r.A), of(r.B), f)
		for _, p := range [][2]Difference{{c.Spread, o.Spread}, {c.BalancedAccuracy, o.BalancedAccuracy}} {
			x, y := p[0], p[1]
			if !near(x.Estimate, y.Estimate) || !near(x.SE, y.SE) || !near(x.Freedom, y.Freedom) || !near(x.PValue, y.PValue) || x.SignFlip() != y.SignFlip() {
				t.Errorf("%s: %+v\npermuted: %+v", f, x, y)
			}
		}
		for k, x := range c.Classes {
			if y := o.Classes[classes[k]]; !near(x.Low, y.Low) || !near(x.High, y.High) || x.Examples != y.Examples {
				t.Errorf("%s: class %+v\npermuted: %+v", f, x, y)
			}
		}
	}
}

// TestAgainstBootstrap resamples images within each class, the same for A, B and
// all seeds, and takes the covariances of the seeds' differences over resamples.
// For balanced accuracy, which is linear in the recalls, only the resampling's own
// error is left (4 % for 2,000 resamples of this model); the image noise of the
// spreads of A and B mostly cancels, which leaves more.
func TestAgainstBootstrap(t *testing.T) {
	const resamples, images = 2000, 500
	m := setting(4, images, 6, .4, 0)
	a, b := m.draw(rand.New(rand.NewPCG(2, 3)))
	labels := m.labels()
	c := compare(t, 4, labels, a, b, objective.StdDev)
	rng := rand.New(rand.NewPCG(4, 5))
	drawn, at := make([]uint16, len(labels)), make([]int, len(labels))
	confusion := func(p []uint16) *objective.Confusion {
		for i, j := range at {
			drawn[i] = p[j]
		}
		confusion, err := objective.ConfusionFromLabels(4, labels, drawn)
		if err != nil {
			t.Fatal(err)
		}
		return confusion
	}
	spread, balanced := make([][]float64, resamples), make([][]float64, resamples)
	for r := range resamples {
		for i := range at {
			at[i] = i/images*images + rng.IntN(images)
		}
		for s := range a {
			x, y := confusion(a[s]), confusion(b[s])
			spread[r] = append(spread[r], objective.StdDev.Of(x.Recall())-objective.StdDev.Of(y.Recall()))
			balanced[r] = append(balanced[r], x.BalancedAccuracy()-y.BalancedAccuracy())
		}
	}
	for _, v := range []struct {
		what      string
		got       float64
		resamples [][]float64
		within    float64
	}{
		{"spread", c.Spread.SharedVariance, spread, 0.15},
		{"balanced accuracy", c.BalancedAccuracy.SharedVariance, balanced, 0.1},
	} {
		want := meanCovariance(v.resamples)
		if t.Logf("%s: image variance that seeds share %.4g; the bootstrap has %.4g", v.what, v.got, want); math.Abs(v.got-want) > v.within*want {
			t.Errorf("%s: image variance that seeds share %.4g; the bootstrap has %.4g", v.what, v.got, want)
		}
	}
}

// meanCovariance returns the mean over pairs of different columns of their
// covariance over rows.
func meanCovariance(d [][]float64) float64 {
	columns := len(d[0])
	var total float64
	for s := range columns {
		for u := range s {
			x, y := make([]float64, len(d)), make([]float64, len(d))
			for r := range d {
				x[r], y[r] = d[r][s], d[r][u]
			}
			mx, my := interval.ShiftedMean(x), interval.ShiftedMean(y)
			for r := range x {
				total += (x[r] - mx) * (y[r] - my) / float64(len(x)-1)
			}
		}
	}
	return total / float64(columns*(columns-1)/2)
}

// TestImagesOnly: if A is right and B is wrong on the same number
// of images of each class with every seed, only the images' noise is left.
func TestImagesOnly(t *testing.T) {
	labels := make([]uint16, 200)
	one, other := make([]uint16, 200), make([]uint16, 200)
	for i := range labels {
		labels[i] = uint16(i / 100)
		one[i], other[i] = labels[i], labels[i]
		if i%100 < 10 {
			one[i] = 1 - labels[i]
		}
		if i%100 < 25 {
			other[i] = 1 - labels[i]
		}
	}
	c := compare(t, 2, labels, slices.Repeat([][]uint16{one}, 6), slices.Repeat([][]uint16{other}, 6), objective.StdDev)
	// Per class 15 of 100 images differ: variance (.15 - .15^2)/99, halved by the mean over two classes.
	want := math.Sqrt(.15 * .85 / 99 / 2)
	if d := c.BalancedAccuracy; math.Abs(d.SE-want) > 1e-12 || d.SeedVariance > 1e-30 || math.Abs(d.Estimate-.15) > 1e-12 {
		t.Errorf("%+v; want a standard error of %v from images alone", d, want)
	}
}

// TestClassesWithoutImages leaves a class out as if it were not there.
func TestClassesWithoutImages(t *testing.T) {
	r := readReference(t)
	for _, f := range objective.Spreads() {
		c, o := compare(t, 4, r.Labels, r.A, r.B, f), compare(t, 6, r.Labels, r.A, r.B, f)
		if c.Spread.Estimate != o.Spread.Estimate || c.Spread.SE != o.Spread.SE || c.BalancedAccuracy.High != o.BalancedAccuracy.High {
			t.Errorf("%s: %+v; with two classes without images %+v", f, c.Spread, o.Spread)
		}
		if k := o.Classes[5]; !math.IsNaN(k.Estimate) || !math.IsNaN(k.Low) || k.Examples != 0 || o.Classes[1] != c.Classes[1] {
			t.Errorf("%s: classes %+v", f, o.Classes)
		}
		if len(o.Gained()) != len(c.Gained()) {
			t.Errorf("%s: gained %+v; want %+v", f, o.Gained(), c.Gained())
		}
	}
}

// TestExtremes: nothing is NaN where recalls are 0 or 1, classes have one image,
// or there is one class.
func TestExtremes(t *testing.T) {
	labels := []uint16{0, 0, 0, 1, 1, 2}
	right, wrong := slices.Clone(labels), []uint16{1, 1, 1, 2, 2, 0}
	for _, f := range objective.Spreads() {
		for _, p := range [][2][]uint16{{right, wrong}, {wrong, right}, {wrong, wrong}, {right, {0, 0, 1, 1, 1, 0}}} {
			c := compare(t, 3, labels, slices.Repeat([][]uint16{p[0]}, 6), slices.Repeat([][]uint16{p[1]}, 6), f)
			for _, d := range []Difference{c.Spread, c.BalancedAccuracy} {
				for _, v := range []float64{d.A, d.B, d.Estimate, d.SE, d.Freedom, d.Low, d.High, d.PValue, d.Measurable, d.SignFlip()} {
					if math.IsNaN(v) {
						t.Errorf("%s: %+v", f, d)
					}
				}
			}
		}
		c := compare(t, 1, []uint16{0, 0}, slices.Repeat([][]uint16{{0, 0}}, 6), slices.Repeat([][]uint16{{0, 0}}, 6), f)
		if c.Spread.Estimate != 0 || c.Spread.PValue != 1 {
			t.Errorf("%s, one class: %+v", f, c.Spread)
		}
	}
}

// TestCorrection compares the corrected spread with the variance formula of its
// comment for stddev, and with recalls that have nothing but noise.
func TestCorrection(t *testing.T) {
	labels := (model{images: []int{50, 80, 60}}).labels()
	sample, err := NewSample(3, labels)
	if err != nil {
		t.Fatal(err)
	}
	r := []float64{.9, .7, .5}
	// V = .08/3; N = 2/3 * (.09/49 + .21/79 + .25/59)/3
	want := math.Sqrt(.08/3 - 2.0/9*(.09/49+.21/79+.25/59))
	if got := correct(objective.StdDev, r, sample); math.Abs(got.value-want) > 1e-15 || math.Abs(got.plain-math.Sqrt(.08/3)) > 1e-15 {
		t.Errorf("corrected to %v from %v; want %v", got.value, got.plain, want)
	}
	for _, f := range []objective.Spread{objective.StdDev, objective.CV, objective.Gini} {
		if got := correct(f, []float64{.8, .8, .79}, sample); got.value != 0 || got.plain == 0 {
			t.Errorf("%s of nothing but noise is corrected to %v; want 0", f, got.value)
		}
		if got := correct(f, []float64{1, 0, 1}, sample); got.value != got.plain {
			t.Errorf("%s without image noise is corrected from %v to %v", f, got.plain, got.value)
		}
	}
}

// TestFaults checks what is refused and that the message says what was wrong.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		classes int
		labels  []uint16
		want    string
	}{
		{0, []uint16{0}, "0 classes"},
		{2, nil, "0 examples"},
		{2, []uint16{0, 2}, "test label 1 is class 2"},
	} {
		if _, err := NewSample(c.classes, c.labels); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("NewSample: %v; want it to say %q", err, c.want)
		}
	}
	sample, err := NewSample(2, []uint16{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sample.Measure([][]uint16{{0, 1}, {0}}); err == nil || !strings.Contains(err.Error(), "seed 2 of 2") {
		t.Errorf("Measure: %v", err)
	}
	measure := func(s *Sample, seeds int) *Measured {
		m, err := s.Measure(slices.Repeat([][]uint16{{0, 1}}, seeds))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	other, err := NewSample(2, []uint16{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	for want, pair := range map[string][2]*Measured{
		"two samples":   {measure(sample, 6), measure(other, 6)},
		"6 seeds and":   {measure(sample, 6), measure(sample, 7)},
		"at least 6":    {measure(sample, 5), measure(sample, 5)},
		"on 0 seeds; w": {measure(sample, 0), measure(sample, 0)},
	} {
		if _, err := Compare(pair[0], pair[1], objective.StdDev); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compare: %v; want it to say %q", err, want)
		}
	}
}
