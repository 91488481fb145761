package confirm

import (
	"math"
	"math/rand/v2"

	"evenkeel/objective"
)

// model simulates two procedures whose true recalls are known. Image i of class
// c is recognised by procedure P on seed s if
//
//	probit(recall_Pc) + seedSD (sqrt(1/2) v_sc + sqrt(1/2) v_Psc) + common v_s
//	  + sqrt(image) u_i + sqrt(both) e_si + sqrt(own) e_Psi > 0
//
// with standard normal u, v, e and image + both + own = 1, so that recall given
// the seed is Phi of the first line.
type model struct {
	a, b                     []float64 // recalls before seed noise
	images                   []int
	seeds                    int
	seedSD, image, both, own float64
	common                   float64 // of a seed, on all classes of both
}

func phi(x float64) float64    { return 0.5 * math.Erfc(-x/math.Sqrt2) }
func probit(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

func probits(p []float64) []float64 {
	out := make([]float64, len(p))
	for i, v := range p {
		out[i] = probit(v)
	}
	return out
}

// labels returns the labels of the model's test part.
func (m model) labels() []uint16 {
	var l []uint16
	for c, n := range m.images {
		for range n {
			l = append(l, uint16(c))
		}
	}
	return l
}

// recalls draws the true recalls of one seed.
func (m model) recalls(rng *rand.Rand, pa, pb, ra, rb []float64) {
	common := 0.0
	if m.common > 0 {
		common = m.common * rng.NormFloat64()
	}
	for c := range pa {
		shared := rng.NormFloat64()
		ra[c] = pa[c] + common + m.seedSD*math.Sqrt(0.5)*(shared+rng.NormFloat64())
		rb[c] = pb[c] + common + m.seedSD*math.Sqrt(0.5)*(shared+rng.NormFloat64())
	}
}

// truth returns what the intervals estimate: the expected difference of the
// spreads of true recalls over training seeds, of balanced accuracies and of recalls.
func (m model) truth(f objective.Spread, seeds int) (spread, balanced float64, classes []float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	k := len(m.a)
	pa, pb := probits(m.a), probits(m.b)
	ra, rb := make([]float64, k), make([]float64, k)
	classes = make([]float64, k)
	for range seeds {
		m.recalls(rng, pa, pb, ra, rb)
		for c := range ra {
			ra[c], rb[c] = phi(ra[c]), phi(rb[c])
		}
		spread += (f.Of(ra) - f.Of(rb)) / float64(seeds)
	}
	for c := range ra {
		scale := math.Sqrt(1 + m.seedSD*m.seedSD)
		classes[c] = phi(pa[c]/scale) - phi(pb[c]/scale)
		balanced += classes[c] / float64(k)
	}
	return
}

// draw simulates one confirmation: predictions of a and b, one slice a seed.
func (m model) draw(rng *rand.Rand) (a, b [][]uint16) {
	k := len(m.a)
	pa, pb := probits(m.a), probits(m.b)
	labels := m.labels()
	u := make([]float64, len(labels))
	for i := range u {
		u[i] = math.Sqrt(m.image) * rng.NormFloat64()
	}
	ra, rb := make([]float64, k), make([]float64, k)
	both, own := math.Sqrt(m.both), math.Sqrt(m.own)
	for range m.seeds {
		m.recalls(rng, pa, pb, ra, rb)
		sa, sb := make([]uint16, len(labels)), make([]uint16, len(labels))
		for i, c := range labels {
			z := u[i] + both*rng.NormFloat64()
			sa[i], sb[i] = c, c
			wrong := uint16((int(c) + 1) % k)
			if ra[c]+z+own*rng.NormFloat64() <= 0 {
				sa[i] = wrong
			}
			if rb[c]+z+own*rng.NormFloat64() <= 0 {
				sb[i] = wrong
			}
		}
		a, b = append(a, sa), append(b, sb)
	}
	return a, b
}

// profile returns k recalls with a long lower tail, as image classifiers have
// them; three classes have those of the README's car, dog and cat.
func profile(k int) []float64 {
	switch k {
	case 3:
		return []float64{.956, .737, .781}
	case 10:
		return []float64{.80, .95, .76, .86, .78, .93, .60, .93, .95, .94}
	}
	r := make([]float64, k)
	for i := range r {
		r[i] = .97 - .4*math.Pow(float64(i)/float64(k-1), 2.5)
	}
	return r
}

// shrunk moves recalls towards their mean, which falls by drop.
func shrunk(r []float64, by, drop float64) []float64 {
	var m float64
	for _, v := range r {
		m += v / float64(len(r))
	}
	out := make([]float64, len(r))
	for i, v := range r {
		out[i] = min(.995, m-drop+by*(v-m))
	}
	return out
}
