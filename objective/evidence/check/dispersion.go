package check

// dispersion is how much a share varies by noise. Two or three seeds say next to nothing
// about one class, so the classes are pooled: the variance is taken as a common multiple
// phi of the binomial variance,
//
//	phi = sum of squares / their expectation under the binomial variances
//
// over all classes. A class whose own phi_c is larger keeps that. phi is at least
// leastDispersion.
//
// There are two kinds. Seed noise is how runs with different seeds vary; it is valid for
// a mean difference even if the runs share seeds. Pair noise is how two runs of one seed
// differ that should be equal: not at all for a deterministic trainer, up to as much as
// seeds where rounding errors grow in a long training (Summers and Dinneen, 2021,
// "Nondeterminism and Instability in Neural Network Optimization").
//
// Recalls of classes that are confused with each other move together, so only
//
//	k = max(1, (sum e_c)^2 / (2 sum e_c^2)),    e_c the expected squares,
//
// classes count as independent, half of Satterthwaite's number, and the degrees of
// freedom are k times those of one class.
type dispersion struct {
	squares, expected []float64 // by class
	each              float64   // degrees of freedom of one class
}

// leastDispersion is the least multiple of the binomial variance: noise of less than half
// a binomial standard deviation is implausible, and shifts that small do not matter. Our
// choice.
const leastDispersion = 0.25

func newDispersion(classes int) *dispersion {
	return &dispersion{squares: make([]float64, classes), expected: make([]float64, classes)}
}

// seedDispersion returns the dispersion within samples, about their means.
func seedDispersion(samples ...sample) *dispersion {
	d := newDispersion(len(samples[0].sizes))
	for _, s := range samples {
		freedom := float64(len(s.rates) - 1)
		d.each += freedom
		for c := range s.sizes {
			d.squares[c] += s.squares(c)
			d.expected[c] += freedom * s.binomial(c)
		}
	}
	return d
}

// pairDispersion returns the dispersion of runs against others with the same seeds, which
// should be equal.
func pairDispersion(a, b sample) *dispersion {
	d := newDispersion(len(a.sizes))
	d.each = float64(len(a.rates))
	for c := range a.sizes {
		for i, row := range a.rates {
			d.squares[c] += square(row[c] - b.rates[i][c])
		}
		d.expected[c] = d.each * (a.binomial(c) + b.binomial(c))
	}
	return d
}

func square(x float64) float64 { return x * x }

// phi returns the common multiple of the binomial variance.
func (p *dispersion) phi() float64 { return max(leastDispersion, total(p.squares)/total(p.expected)) }

// phiOf returns the multiple for a class.
func (p *dispersion) phiOf(c int) float64 { return max(p.phi(), p.squares[c]/p.expected[c]) }

// none reports whether there was no variation at all.
func (p *dispersion) none() bool { return total(p.squares) == 0 }

// independent returns k.
func (p *dispersion) independent() float64 {
	var squares float64
	for _, e := range p.expected {
		squares += e * e
	}
	return max(1, square(total(p.expected))/(2*squares))
}

func (p *dispersion) freedom() float64 { return p.each * p.independent() }

func total(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum
}
