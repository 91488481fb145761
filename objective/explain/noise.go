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
	if total == 0 {
		n.smallest = 0
		if f.seeds >= enoughSeeds {
			n.half = 0
		}
		return n
	}
	if ofSeeds > 0 {
		freedom *= float64((total / ofSeeds) * (total / ofSeeds))
	} else {
		freedom = math.Inf(1)
	}
	se := math.Sqrt(total)
	critical := quantile(f.level(), freedom)
	n.smallest = (critical + quantile(0.8, freedom)) * se
	if f.seeds >= enoughSeeds {
		n.half = critical * se
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

// gradient returns the derivatives of the spread by each recall, by central
// differences; 0 for classes without examples.
func gradient(s objective.Spread, recall []float64) []float64 {
	const h = 1e-5
	g, x := make([]float64, len(recall)), append([]float64(nil), recall...)
	for c, r := range recall {
		if math.IsNaN(r) {
			continue
		}
		x[c] = r + h
		above := s.Of(x)
		x[c] = r - h
		g[c], x[c] = (above-s.Of(x))/(2*h), r
	}
	return g
}

// imageVariance returns v of the package comment.
func (f *figures) imageVariance() float64 {
	before, after := gradient(f.Score.Spread, f.before), gradient(f.Score.Spread, f.after)
	if labels, right := f.hits(); labels != nil {
		return stratified(f.support, labels, func(e int, c uint16) float64 {
			return float64(after[c]*right[1][e]) - float64(before[c]*right[0][e])
		})
	}
	var v float64
	for c, m := range f.support {
		if m > 1 {
			v += (binomial(before[c], f.before[c]) + binomial(after[c], f.after[c])) / float64(m-1)
		}
	}
	return v
}

// binomial is the variance of g times a hit of probability r.
func binomial(g, r float64) float64 { return float64(g * g * r * (1 - r)) }

// hits returns the labels and, without and with the weights, the share of seeds
// that predicted each example rightly; nil where predictions are missing.
func (f *figures) hits() (labels []uint16, right [2][]float64) {
	labels = f.outputs(0).Labels
	right[0], right[1] = make([]float64, len(labels)), make([]float64, len(labels))
	for i := range f.Replicates {
		o := f.outputs(i)
		if len(labels) == 0 || len(o.Before) != len(labels) || len(o.After) != len(labels) {
			return nil, right
		}
		for k, p := range [][]uint16{o.Before, o.After} {
			for e, c := range labels {
				if p[e] == c {
					right[k][e] += 1 / float64(f.seeds)
				}
			}
		}
	}
	return labels, right
}

// stratified returns the sum over classes of var_c(d) / (m_c - 1).
func stratified(support []int64, labels []uint16, d func(e int, c uint16) float64) float64 {
	var v float64
	for _, x := range perClass(support, labels, d) {
		v += x
	}
	return v
}

// perClass returns the variance of the mean of d in each class.
func perClass(support []int64, labels []uint16, d func(e int, c uint16) float64) []float64 {
	sum, square := make([]float64, len(support)), make([]float64, len(support))
	for e, c := range labels {
		x := d(e, c)
		sum[c] += x
		square[c] += float64(x * x)
	}
	v := make([]float64, len(support))
	for c, m := range support {
		if m > 1 {
			mean := sum[c] / float64(m)
			v[c] = max(0, square[c]/float64(m)-float64(mean*mean)) / float64(m-1)
		}
	}
	return v
}

// classErrors returns the standard error of each class's change of recall, seeds
// and images together.
func (f *figures) classErrors() []float64 {
	v := make([]float64, len(f.Classes))
	if labels, right := f.hits(); labels != nil {
		v = perClass(f.support, labels, func(e int, _ uint16) float64 { return right[1][e] - right[0][e] })
	} else {
		for c, m := range f.support {
			if m > 1 {
				v[c] = (binomial(1, f.before[c]) + binomial(1, f.after[c])) / float64(m-1)
			}
		}
	}
	for c := range v {
		if f.seeds > 1 {
			d := make([]float64, f.seeds)
			for i, rep := range f.Replicates {
				d[i] = rep.Rounds[f.Round].Val.Recall()[c] - rep.Rounds[0].Val.Recall()[c]
			}
			v[c] += squares(d) / float64((f.seeds-1)*f.seeds)
		}
		v[c] = math.Sqrt(v[c])
	}
	return v
}

// measured reports whether the change stands out of noise.
func (f *figures) measured() bool { return math.Abs(f.change) > f.noise.half }
