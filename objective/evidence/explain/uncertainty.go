package explain

import (
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// uncertainty is the noise of the arm's score against the reference; see the package
// comment. Its interval is the stored one.
type uncertainty struct {
	// seedSD is the standard deviation of the difference on one seed, NaN if unknown.
	seedSD float64
	// image is the variance over validation examples.
	image float64
	// smallest is the smallest effect that is found in 80 % of cases, NaN if unknown.
	smallest float64
	// unpaired says that seedSD is estimated from unweighted models alone.
	unpaired bool
	// classHalf is half the width of the 95 % interval of each class's change of recall, and
	// spreadHalf that of the change of the spread against the trial's own unweighted model, as
	// evenkeel compare has them. With one seed classHalf is of the examples alone, and
	// spreadHalf is NaN.
	classHalf  []float64
	spreadHalf float64
}

// measureUncertainty measures what the interval of the arm's score is made of.
func (f *figures) measureUncertainty() uncertainty {
	arm := f.measured
	u := uncertainty{seedSD: math.NaN(), smallest: math.NaN(), image: arm.ImageVariance}
	u.classHalf, u.spreadHalf = f.classHalves(), f.spreadHalf()
	group := interval.Group{Seeds: arm.Seeds, SumSquares: arm.SumSquares, ImageVariance: u.image}
	variance, freedom := f.Pool.Drawn(group)
	if freedom == 0 {
		// Nothing but unweighted models: two of them differ by twice the variance.
		if freedom = float64(len(f.References) - 1); freedom < 1 {
			return u
		}
		u.unpaired = true
		variance = 2 * interval.SumSquares(f.References) / freedom
	} else if f.seeds > 1 {
		variance = max(variance, group.SumSquares/float64(f.seeds-1)) // at least the variance of the arm itself
	}
	u.seedSD = math.Sqrt(variance)
	ofSeeds := variance / float64(f.seeds)
	width := f.stored.Half
	if math.IsNaN(width) {
		level := f.Pool.Bonferroni()
		width = interval.Cochran(interval.Quantile(level, freedom)*math.Sqrt(ofSeeds), interval.Quantile(level, math.Inf(1)), u.image)
	}
	u.smallest = width
	if se := math.Sqrt(ofSeeds + u.image); se > 0 {
		u.smallest = interval.Detectable(width/se, se, interval.Satterthwaite(ofSeeds, freedom, u.image, math.Inf(1)))
	}
	return u
}

// rounds returns the rounds without and with the weights on every seed, with their
// hits as far as predictions were kept.
func (f *figures) rounds() (before, after []objective.Round) {
	for i, rep := range f.Replicates {
		b, a, o := rep.Rounds[0], rep.Rounds[f.Round], f.outputs(i)
		b.Hits, a.Hits = objective.NewHits(b.Val, o.Labels, o.Before), objective.NewHits(a.Val, o.Labels, o.After)
		before, after = append(before, b), append(after, a)
	}
	return before, after
}

// recalls returns scale times the mean recall of every class, class by class.
func recalls(rounds []objective.Round, scale float64) objective.Linear {
	l := objective.Linear{Rounds: rounds}
	for _, r := range rounds {
		slopes := make([]float64, r.Val.Classes())
		for c := range slopes {
			slopes[c] = scale / float64(len(rounds))
		}
		l.Slopes = append(l.Slopes, slopes)
	}
	return l
}

// classHalves returns half the width of the 95 % interval of each class's change of recall,
// over seeds and examples together; with one seed, over examples.
func (f *figures) classHalves() []float64 {
	before, after := f.rounds()
	halves := objective.ImageVariances(recalls(after, 1), recalls(before, -1))
	for c, image := range halves {
		seeds := 0.0
		if f.seeds > 1 {
			seeds = pairedHalf(before, after, func(r objective.Round) float64 { return r.Val.Recall()[c] })
		}
		halves[c] = interval.Cochran(seeds, interval.Quantile(interval.TwoSided, math.Inf(1)), image)
	}
	return halves
}

// spreadHalf returns the same for the change of the spread; NaN with one seed.
func (f *figures) spreadHalf() float64 {
	before, after := f.rounds()
	seeds := pairedHalf(before, after, func(r objective.Round) float64 { return r.Spread })
	image := objective.ImageVariance(f.Score.Spread.Linear(after, 1), f.Score.Spread.Linear(before, -1))
	return interval.Cochran(seeds, interval.Quantile(interval.TwoSided, math.Inf(1)), image)
}

// pairedHalf returns half the width of the interval over seeds of a figure's change; NaN with
// one seed.
func pairedHalf(before, after []objective.Round, of func(objective.Round) float64) float64 {
	a, b := make([]float64, len(before)), make([]float64, len(after))
	for i := range a {
		a[i], b[i] = of(before[i]), of(after[i])
	}
	d := interval.PairedDifference(a, b)
	return d.High - d.Mean
}
