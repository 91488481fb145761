package explain

import (
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// uncertainty is the noise of a change; see the package comment.
type uncertainty struct {
	// seedSD is the standard deviation of the change on one seed, NaN if unknown.
	seedSD float64
	// image is the variance over validation examples.
	image float64
	// half is half the width of the interval, NaN for fewer than three seeds.
	half float64
	// smallest is the smallest effect that is found in 80 % of cases, NaN if unknown.
	smallest float64
	// unpaired says that seedSD is estimated from unweighted models alone.
	unpaired bool
	// classSE is the standard error of each class's change of recall.
	classSE []float64
}

// measureUncertainty measures the uncertainty of the change.
func (f *figures) measureUncertainty() uncertainty {
	u := uncertainty{seedSD: math.NaN(), half: math.NaN(), smallest: math.NaN(), image: f.imageVariance()}
	u.classSE = f.classErrors()
	changes := make([]float64, f.seeds)
	for i, rep := range f.Replicates {
		changes[i] = rep.Rounds[f.Round].Spread - rep.Rounds[0].Spread
	}
	group := interval.Group{Seeds: f.seeds, SumSquares: interval.SumSquares(changes), ImageVariance: u.image}
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
	level := f.Pool.Bonferroni()
	width := interval.Cochran(interval.Quantile(level, freedom)*math.Sqrt(ofSeeds), interval.Quantile(level, math.Inf(1)), u.image)
	if f.seeds >= interval.EnoughSeeds {
		width = f.Pool.HalfWidth(group)
		u.half = width
	}
	u.smallest = width
	if se := math.Sqrt(ofSeeds + u.image); se > 0 {
		u.smallest = interval.Detectable(width/se, se, interval.Satterthwaite(ofSeeds, freedom, u.image, math.Inf(1)))
	}
	return u
}

// imageVariance returns v of the package comment.
func (f *figures) imageVariance() float64 {
	before, after := f.rounds()
	return objective.ImageVariance(f.Score.Spread.Linear(after, 1), f.Score.Spread.Linear(before, -1))
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

// classErrors returns the standard error of each class's change of recall, over seeds
// and examples together.
func (f *figures) classErrors() []float64 {
	before, after := f.rounds()
	v := objective.ImageVariances(recalls(after, 1), recalls(before, -1))
	for c := range v {
		if f.seeds > 1 {
			d := make([]float64, f.seeds)
			for i := range d {
				d[i] = after[i].Val.Recall()[c] - before[i].Val.Recall()[c]
			}
			v[c] += interval.SumSquares(d) / float64((f.seeds-1)*f.seeds)
		}
		v[c] = math.Sqrt(v[c])
	}
	return v
}

// measured reports whether the change is beyond noise.
func (f *figures) measured() bool { return math.Abs(f.change) > f.uncertainty.half }
