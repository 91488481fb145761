package confirm

import (
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

const (
	// Seeds is how many fresh seeds a confirmation uses.
	Seeds = 10
	// FewestSeeds is how many it needs: with five, a two-sided sign-flip test can never
	// have a p-value below 0.05 (2/32 is the smallest).
	FewestSeeds = 6
)

// Comparison is procedure A against procedure B on the test part.
type Comparison struct {
	Seeds, Examples int
	// Spread is the difference of the corrected spreads, lower is better for A.
	Spread Difference
	// PlainA and PlainB are the mean spreads of the recalls on the test part, not
	// corrected for its noise.
	PlainA, PlainB float64
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
	sample := p.a.sample
	sa, plainA, valueA := p.a.spreads(f)
	sb, plainB, valueB := p.b.spreads(f)
	var sum crossed
	slopeA, slopeB := make([]float64, c.Seeds), make([]float64, c.Seeds)
	for k := range sample.classes {
		for s := range sa {
			slopeA[s], slopeB[s] = sa[s].slope[k], sb[s].slope[k]
		}
		sum.add(p.crossed(k, slopeA, slopeB))
	}
	c.PlainA, c.PlainB = interval.ShiftedMean(plainA), interval.ShiftedMean(plainB)
	c.Spread = newDifference(valueA, valueB, sum)
}

// spreads returns the spread of every seed.
func (m *Measured) spreads(f objective.Spread) (all []corrected, plain, value []float64) {
	for _, r := range m.recall {
		v := correct(f, r, m.sample)
		all, plain, value = append(all, v), append(plain, v.plain), append(value, v.value)
	}
	return all, plain, value
}

// recalls compares the recalls of each class and their mean.
func (c *Comparison) recalls(p pair) {
	sample := p.a.sample
	one := make([]float64, c.Seeds)
	for s := range one {
		one[s] = 1
	}
	balancedA, balancedB := make([]float64, c.Seeds), make([]float64, c.Seeds)
	sums := make([]crossed, sample.classes)
	var sum crossed
	for k := range sample.classes {
		if len(sample.examples[k]) == 0 {
			continue
		}
		sums[k] = p.crossed(k, one, one)
		sum.add(sums[k])
		for s := range one {
			balancedA[s] += p.a.recall[s][k] / float64(sample.present)
			balancedB[s] += p.b.recall[s][k] / float64(sample.present)
		}
	}
	c.BalancedAccuracy = newDifference(balancedA, balancedB, sum.over(float64(sample.present)))
	c.Classes = p.classes(sums)
}
