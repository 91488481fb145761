package check

// noise gathers what is known of how much a share varies for no reason. Two or
// three seeds say next to nothing of one class, so the classes are pooled: the
// variance is taken as a common multiple phi of the binomial variance,
//
//	phi = sum of squares / what the binomial variances make of them
//
// over all classes. A class whose own phi_c is larger keeps that. phi is at least
// leastNoise.
//
// There are two kinds. Seed noise is how runs with different seeds vary; it holds
// for a mean difference whatever the runs share. Pair noise is how two runs of one
// seed differ of which nobody expects anything else: not at all for a trainer that
// repeats itself, up to as much as seeds where rounding grows in a long training
// (Summers and Dinneen, 2021, "Nondeterminism and Instability in Neural Network
// Optimization").
//
// Recalls of classes that are confused with each other move together, so only
//
//	k = max(1, (sum e_c)^2 / (2 sum e_c^2)),    e_c the expected squares,
//
// classes count as independent, half of Satterthwaite's number, and the degrees of
// freedom are k times those of one class.
type noise struct {
	squares, expected []float64 // by class
	each              float64   // degrees of freedom of one class
}

// leastNoise is the least multiple of the binomial variance: less noise than half
// a binomial standard deviation is not believed, and smaller shifts are of no
// interest. Our choice.
const leastNoise = 0.25

func newNoise(classes int) *noise {
	return &noise{squares: make([]float64, classes), expected: make([]float64, classes)}
}

// seedNoise returns the noise within samples, about their means.
func seedNoise(samples ...sample) *noise {
	n := newNoise(len(samples[0].sizes))
	for _, s := range samples {
		freedom := float64(len(s.rates) - 1)
		n.each += freedom
		for c := range s.sizes {
			n.squares[c] += s.squares(c)
			n.expected[c] += freedom * s.binomial(c)
		}
	}
	return n
}

// pairNoise returns the noise of runs against others with the same seeds that
// should not differ.
func pairNoise(a, b sample) *noise {
	n := newNoise(len(a.sizes))
	n.each = float64(len(a.rates))
	for c := range a.sizes {
		for i, row := range a.rates {
			n.squares[c] += square(row[c] - b.rates[i][c])
		}
		n.expected[c] = n.each * (a.binomial(c) + b.binomial(c))
	}
	return n
}

func square(x float64) float64 { return x * x }

// phi returns the common multiple of the binomial variance.
func (n *noise) phi() float64 { return max(leastNoise, total(n.squares)/total(n.expected)) }

// phiOf returns the multiple for a class.
func (n *noise) phiOf(c int) float64 { return max(n.phi(), n.squares[c]/n.expected[c]) }

// none reports whether there was no variation at all.
func (n *noise) none() bool { return total(n.squares) == 0 }

// independent returns k.
func (n *noise) independent() float64 {
	var squares float64
	for _, e := range n.expected {
		squares += e * e
	}
	return max(1, square(total(n.expected))/(2*squares))
}

func (n *noise) freedom() float64 { return n.each * n.independent() }

func total(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum
}
