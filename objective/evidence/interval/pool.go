package interval

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Group is something that was measured on a few seeds: an arm of a study, or a class.
type Group struct {
	// Seeds is the number of seeds, SumSquares the sum of squares about their mean,
	// on Seeds - 1 degrees of freedom.
	Seeds      int
	SumSquares float64
	// ImageVariance is the variance of the mean that does not shrink with seeds,
	// since all are measured on the same images. It counts as known.
	ImageVariance float64
}

// Pool is the distribution of the variance over seeds in several groups: a scaled inverse
// chi-squared distribution of the groups' variances s^2,
//
//	Freedom * Variance / s^2 ~ chi^2(Freedom)
//
// Groups have few seeds each, too few for a variance of their own, but their variances
// differ: a recipe that collapses is far noisier than a mild one. So a group's variance
// is drawn towards the common one, and less so where the groups differ more.
// The zero value is a single group without further knowledge.
//
// Source: G. K. Smyth, Linear models and empirical Bayes methods for assessing
// differential expression in microarray experiments, Statistical Applications in
// Genetics and Molecular Biology 3 (1), 2004, section 6.
type Pool struct {
	// Groups is the number of groups whose intervals hold together.
	Groups int
	// Variance is the common variance of one seed, Freedom its weight in degrees
	// of freedom: those of all groups where they are alike, 0 where nothing is known.
	Variance, Freedom float64
}

// enoughGroups is the number of groups with several seeds from which on their
// common distribution is estimated; a few variances say little of how variances
// spread. Our choice.
const enoughGroups = 6

// EnoughSeeds is the number of seeds from which on a group has an interval: with
// two, intervals held together in 91 % of studies where arms were not alike.
const EnoughSeeds = 3

// NewPool estimates the common variance of groups, of which those with several
// seeds contribute. The result depends on the order of the groups only in the last
// bits.
//
// With d_g = seeds - 1 and s_g^2 = SumSquares / d_g for each such group g, and
// e_g = ln s_g^2 - digamma(d_g/2) + ln(d_g/2), Freedom solves
//
//	trigamma(Freedom/2) = var(e) - mean(trigamma(d_g/2))
//
// (+Inf if the right side is not positive) and
//
//	ln Variance = mean(e) + digamma(Freedom/2) - ln(Freedom/2).
//
// We differ in two places: Freedom is then halved, and is at most the sum of the
// d_g, since it is itself an estimate from few groups; taken as it is, simultaneous
// intervals over twelve arms held in 93 % of studies instead of 95 (the test has
// the figures). A variance of exactly 0 counts as a hundred-thousandth of the
// median one.
func NewPool(groups []Group) Pool {
	p := Pool{Groups: len(groups)}
	var variances, freedom []float64
	for _, g := range groups {
		if g.Seeds > 1 {
			d := float64(g.Seeds - 1)
			variances, freedom = append(variances, g.SumSquares/d), append(freedom, d)
		}
	}
	if len(variances) < enoughGroups {
		return p
	}
	sorted := slices.Clone(variances)
	slices.Sort(sorted)
	floor := 1e-5 * sorted[len(sorted)/2]
	if floor == 0 {
		return p // most groups do not vary at all: nothing to learn for the others
	}
	e := make([]float64, len(variances))
	var within, all float64
	for i, v := range variances {
		half := freedom[i] / 2
		e[i] = math.Log(max(v, floor)) - mathext.Digamma(half) + math.Log(half)
		within += trigamma(half) / float64(len(e))
		all += freedom[i]
	}
	p.Freedom, p.Variance = all, math.Exp(Mean(e))
	if between := SumSquares(e)/float64(len(e)-1) - within; between > 0 {
		half := trigammaInverse(between)
		p.Freedom, p.Variance = min(half, all), math.Exp(Mean(e)+mathext.Digamma(half)-math.Log(half))
	}
	return p
}

// Bonferroni returns the level at which the intervals of all groups hold together.
func (p Pool) Bonferroni() float64 { return Bonferroni(p.Groups) }

// Drawn returns the variance of one seed of a group, drawn towards the common one, with
// its degrees of freedom,
//
//	(Freedom * Variance + SumSquares) / (Freedom + seeds - 1).
//
// It is NaN on 0 degrees of freedom.
func (p Pool) Drawn(g Group) (variance, freedom float64) {
	freedom = p.Freedom + float64(g.Seeds-1)
	return (float64(p.Freedom*p.Variance) + g.SumSquares) / freedom, freedom
}

// SeedHalfWidth returns half the width of the interval for other seeds and the same
// images, for at least two seeds:
//
//	t sqrt(s^2 / seeds)
//
// with s^2 and its degrees of freedom those of [Pool.Drawn] and t the quantile of
// Student's t at [Pool.Bonferroni]. A group that is far noisier than the rest is not
// to profit from them: the half width is at least that with its own variance,
// SumSquares / (seeds - 1), on Freedom/2 + seeds - 1 degrees of freedom.
func (p Pool) SeedHalfWidth(g Group) float64 {
	own, seeds, level := float64(g.Seeds-1), float64(g.Seeds), p.Bonferroni()
	variance, freedom := p.Drawn(g)
	drawn := Quantile(level, freedom) * math.Sqrt(variance/seeds)
	alone := Quantile(level, p.Freedom/2+own) * math.Sqrt(g.SumSquares/own/seeds)
	return max(drawn, alone)
}

// HalfWidth returns half the width of a group's interval, which holds with 95 %
// for all groups together, for other seeds and for as many other images:
// [Pool.SeedHalfWidth] with ImageVariance added by [Cochran] at the quantile of the
// normal distribution. It is NaN for a group with fewer than three seeds.
//
// ImageVariance has no doubt of its own, since it is counted over all images, but
// holds a share that the seeds' variance has too: what single models do with single
// images. So where images are few the intervals hold in 99 % of studies and more.
func (p Pool) HalfWidth(g Group) float64 {
	if g.Seeds < EnoughSeeds {
		return math.NaN()
	}
	return Cochran(p.SeedHalfWidth(g), Quantile(p.Bonferroni(), math.Inf(1)), g.ImageVariance)
}

// trigamma returns the second derivative of ln gamma at x > 0, which is
// Hurwitz' zeta(2, x).
func trigamma(x float64) float64 { return mathext.Zeta(2, x) }

// trigammaInverse returns x > 0 with trigamma(x) = y, for y > 0. trigamma falls
// from +Inf to 0 and lies between 1/x and 1/x + 1/x^2, so the root is bracketed
// and found by bisection.
func trigammaInverse(y float64) float64 {
	lo, hi := 1/y, (1+math.Sqrt(1+4*y))/(2*y)
	for range 200 {
		mid := lo + (hi-lo)/2
		if mid == lo || mid == hi {
			break
		}
		if trigamma(mid) > y {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + (hi-lo)/2
}
