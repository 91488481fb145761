package posthoc_test

import (
	"fmt"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/schemes"
)

// benchLogits returns 1,200 x 10 logits of an uneven model.
func benchLogits(b *testing.B) *posthoc.Logits {
	rng := generator(1)
	return uneven(10, rng).draw(b, rng, 120)
}

func BenchmarkCount(b *testing.B) {
	p := benchLogits(b)
	rng := generator(2)
	counts, shift := p.NewCounts(), make([]float64, 10)
	for c := range shift {
		shift[c] = 0.7 * rng.NormFloat64()
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Count(shift, counts)
	}
}

func benchChain(b *testing.B) posthoc.Chain {
	b.Helper()
	r := recipe(b, "error-odds", "exponent", 0.25)
	r.Update = schemes.Accumulate
	return posthoc.Chain{Recipe: r, Rounds: 4}
}

func BenchmarkChainOf4Rounds(b *testing.B) {
	p, chain := benchLogits(b), benchChain(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := chain.Run(p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCrossFittedChainOf4Rounds(b *testing.B) {
	f, err := posthoc.NewFolds(benchLogits(b))
	if err != nil {
		b.Fatal(err)
	}
	chain := benchChain(b)
	for b.Loop() {
		if _, err := chain.CrossFit(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	p := benchLogits(b)
	for _, s := range objective.Spreads() {
		b.Run(string(s), func(b *testing.B) {
			for b.Loop() {
				p.Fit(objective.Score{Spread: s, Tolerance: 0.01, Penalty: 2})
			}
		})
	}
}

func BenchmarkFitOfFolds(b *testing.B) {
	f, err := posthoc.NewFolds(benchLogits(b))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f.Fit(score)
	}
}

func BenchmarkFitOfManyClasses(b *testing.B) {
	for _, size := range [][2]int{{100, 50}, {1000, 5}} {
		rng := generator(1)
		p := uneven(size[0], rng).draw(b, rng, size[1])
		b.Run(fmt.Sprintf("%dx%d", size[0]*size[1], size[0]), func(b *testing.B) {
			for b.Loop() {
				p.Fit(score)
			}
		})
	}
}
