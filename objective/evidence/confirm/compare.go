package confirm

import (
	"fmt"

	"evenkeel/objective"
)

const (
	// Seeds is how many fresh seeds a confirmation uses.
	Seeds = 10
	// FewestSeeds is how many it needs: with five, a two-sided sign-flip test can never
	// have a p-value below 0.05 (2/32 is the smallest).
	FewestSeeds = 6
	// MostSeeds is how many it may use. Our choice: intervals are then a tenth of those on the
	// usual ten, and the test images, which more seeds do not help with, decide.
	MostSeeds = 1000
)

// Comparison is procedure A against procedure B on the test part.
type Comparison struct {
	Seeds, Examples int
	// Spread is the difference of the corrected spreads, lower is better for A.
	Spread Difference
	// Plain is the difference of the spreads of the recalls on this test part, not
	// corrected for its noise: what somebody finds who trains both and measures them on
	// as many examples.
	Plain Difference
	// BalancedAccuracy is the difference of balanced accuracies.
	BalancedAccuracy Difference
	// Classes has each class's difference of recalls, in the order of classes.
	Classes []Class
}

// Compare compares two procedures measured on the same sample and, in the same
// order, on the same seeds. f is one of [objective.Spreads]. There is an error
// for different samples, different numbers of seeds and fewer than [FewestSeeds].
//
// A procedure against itself has differences and standard errors of exactly 0 and
// p-values of 1; exchanging A and B changes signs only. The order of examples and of
// classes matters only in the last bits.
func Compare(a, b *Measured, f objective.Spread) (Comparison, error) {
	switch {
	case a.sample != b.sample:
		return Comparison{}, fmt.Errorf("compare two procedures: they were measured on two samples; want one")
	case a.Seeds() != b.Seeds():
		return Comparison{}, fmt.Errorf("compare two procedures: one has %d seeds and the other %d; want the same seeds", a.Seeds(), b.Seeds())
	case a.Seeds() < FewestSeeds:
		return Comparison{}, fmt.Errorf("compare two procedures on %d seeds; want at least %d", a.Seeds(), FewestSeeds)
	}
	p := pair{a, b}
	c := Comparison{Seeds: a.Seeds(), Examples: len(a.sample.labels)}
	c.spread(p, f)
	c.recalls(p)
	return c, nil
}

// spread compares the spreads.
func (c *Comparison) spread(p pair, f objective.Spread) {
	a, b := p.a.spreads(f), p.b.spreads(f)
	terms := p.terms(a.slope, b.slope)
	var sum crossed
	for k := range p.a.sample.classes {
		sum.add(crossedOf(terms, k))
	}
	c.Spread = newDifference(a.value, b.value, sum)
	c.Plain = newDifference(a.plain, b.plain, sum)
}

// spreads are the spreads of a procedure, one a seed, with and without the noise of the
// examples, and by how much they grow with each class's recall.
type spreads struct {
	value, plain []float64
	slope        [][]float64
}

// spreads returns the spread of every seed.
func (m *Measured) spreads(f objective.Spread) (all spreads) {
	for _, r := range m.recall {
		v := correct(f, r, m.sample)
		all.value, all.plain, all.slope = append(all.value, v.value), append(all.plain, v.plain), append(all.slope, v.slope)
	}
	return all
}

// recalls compares the recalls of each class and their mean.
func (c *Comparison) recalls(p pair) {
	sample := p.a.sample
	one := constant(c.Seeds, sample.classes, 1)
	terms := p.terms(one, one)
	sums := make([]crossed, sample.classes)
	var sum crossed
	for k := range sample.classes {
		if len(sample.examples[k]) == 0 {
			continue
		}
		sums[k] = crossedOf(terms, k)
		sum.add(sums[k])
	}
	c.BalancedAccuracy = newDifference(p.a.balanced(), p.b.balanced(), sum.over(float64(sample.present)))
	c.Classes = p.classes(sums)
}

// balanced returns the balanced accuracy of every seed.
func (m *Measured) balanced() []float64 {
	all := make([]float64, m.Seeds())
	for s, recall := range m.recall {
		for k, r := range recall {
			if len(m.sample.examples[k]) > 0 {
				all[s] += r / float64(m.sample.present)
			}
		}
	}
	return all
}
