package explain

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"evenkeel/objective"
)

// enoughSeeds is the number of seeds from which on a change has an interval, as on
// the leaderboard.
const enoughSeeds = 3

// noise says how far a change can be trusted; see the package comment.
type noise struct {
	// seedSD is the standard deviation of the change on one seed, NaN if unknown.
	seedSD float64
	// image is the variance that the validation images leave.
	image float64
	// half is half the width of the interval, NaN for fewer than three seeds.
	half float64
	// smallest is the smallest change that stands out in 80 % of cases, NaN if unknown.
	smallest float64
	// unpaired says that seedSD is guessed from unweighted models alone.
	unpaired bool
	// classSE is the standard error of each class's change of recall.
	classSE []float64
}

// measureNoise measures the noise of the change.
func (f *figures) measureNoise() noise {
	n := noise{seedSD: math.NaN(), half: math.NaN(), smallest: math.NaN(), image: f.imageVariance()}
	n.classSE = f.classErrors()
	changes := make([]float64, f.seeds)
	for i, rep := range f.Replicates {
		changes[i] = rep.Rounds[f.Round].Spread - rep.Rounds[0].Spread
	}
	own, s := float64(f.seeds-1), squares(changes)
	freedom := f.Noise.Freedom + own
	variance := (float64(f.Noise.Freedom*f.Noise.Variance) + s) / freedom
	if freedom == 0 {
		// Nothing but unweighted models: two of them differ by twice the variance.
		if freedom = float64(len(f.References) - 1); freedom < 1 {
			return n
		}
		n.unpaired = true
		variance = 2 * squares(f.References) / freedom
	} else if own > 0 {
		variance = max(variance, s/own) // an arm noisier than the rest does not profit from them
	}
	n.seedSD = math.Sqrt(variance)
	ofSeeds := variance / float64(f.seeds)
	total := ofSeeds + n.image
	critical, normal := quantile(f.level(), freedom), quantile(f.level(), math.Inf(1))
	width := math.Sqrt(float64(critical*critical*ofSeeds) + float64(normal*normal*n.image))
	if f.seeds >= enoughSeeds {
		noise := f.Noise
		noise.Arms = max(noise.Arms, 1)
		width = noise.HalfWidth(objective.Arm{Seeds: f.seeds, SumSquares: s, ImageVariance: n.image})
		n.half = width
	}
	if n.smallest = width; total > 0 {
		if ofSeeds > 0 {
			freedom *= float64((total / ofSeeds) * (total / ofSeeds))
		} else {
			freedom = math.Inf(1)
		}
		n.smallest += quantile(0.8, freedom) * math.Sqrt(total)
	}
	return n
}

// level is that of the upper end of an interval that holds with 95 % for all arms
// together, after Bonferroni.
func (f *figures) level() float64 { return 1 - 0.05/float64(2*max(f.Noise.Arms, 1)) }

// quantile is that of Student's t distribution.
func quantile(p, freedom float64) float64 {
	if freedom > 1e6 {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(p)
}

// imageVariance returns v of the package comment.
func (f *figures) imageVariance() float64 {
	before, after := f.rounds()
	var total float64
	for _, v := range objective.ImageVariances(f.Score.Spread.Linear(after, 1), f.Score.Spread.Linear(before, -1)) {
		total += v
	}
	return total
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

// recalls returns scale times the mean of every class's recall, each for itself.
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

// classErrors returns the standard error of each class's change of recall, seeds
// and images together.
func (f *figures) classErrors() []float64 {
	before, after := f.rounds()
	v := objective.ImageVariances(recalls(after, 1), recalls(before, -1))
	for c := range v {
		if f.seeds > 1 {
			d := make([]float64, f.seeds)
			for i := range d {
				d[i] = after[i].Val.Recall()[c] - before[i].Val.Recall()[c]
			}
			v[c] += squares(d) / float64((f.seeds-1)*f.seeds)
		}
		v[c] = math.Sqrt(v[c])
	}
	return v
}

// measured reports whether the change stands out of noise.
func (f *figures) measured() bool { return math.Abs(f.change) > f.noise.half }
