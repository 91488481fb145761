package posthoc

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// LeastExamples is the least number of examples of a class for [EstimateFixed]: two in
// each fold.
const LeastExamples = 2 * foldCount

// Interval is an estimate with its 95 % interval.
type Interval struct{ Estimate, Low, High float64 }

// around returns estimate ± half.
func around(estimate, half float64) Interval {
	return Interval{estimate, estimate - half, estimate + half}
}

// Fixed is one set of offsets, and what it does to examples that it was not fitted to.
type Fixed struct {
	// Offsets are what to add to the logits, one per class, in nats with sum 0: fitted on
	// all examples, and the mean over models where there are several.
	Offsets []float64
	// Models is the number of models that the figures are from.
	Models int
	// Support is the number of examples of each class, Before and After its recall without
	// the offsets and cross-fitted with them: means over models.
	Support       []int64
	Before, After []float64
	// PlainSpread and PlainAfter are the spreads without and with offsets on so many
	// examples, the latter as [CrossFitted.Spread] has it. Spread and SpreadAfter are
	// those on infinitely many: for [objective.StdDev] what the noise of the examples
	// adds is removed; other measures are as on so many examples.
	PlainSpread, PlainAfter float64
	Spread, SpreadAfter     float64
	// Change is SpreadAfter - Spread.
	Change Interval
	// BalancedAccuracy is that without offsets, Cost the change that they make.
	BalancedAccuracy float64
	Cost             Interval

	effect offsetsEffect
}

// Gains reports whether the offsets even the recalls out beyond noise.
func (f *Fixed) Gains() bool { return f.Change.High < 0 }

// EstimateFixed fits offsets to each of several models of one procedure and estimates what
// their mean does to other examples and, where there are several, other models.
//
// parts are the models' logits for the same examples, cut into folds. offsets is the set
// to judge, fitted on all examples with the same score; nil stands for the mean of
// [Folds.FitAll] over the models.
//
// The figures of model s in fold k are those under the mean of the offsets that the other
// models give without fold k, or, if there is one model, that it gives itself. So neither
// the examples nor, where that can be, the model had a part in the offsets they are
// measured with. See [CrossFitted.Spread] for the spread S of such figures. For the
// standard deviation of K classes with m_c examples of recall r_c,
//
//	N           = (1 - 1/K) mean_c( r_c (1 - r_c) / (m_c - 1) )
//	Spread      = sqrt(max(0, plain^2 - N))
//	SpreadAfter = sqrt(max(0, S^2 - N))
//
// with r_c without offsets in both, since S is plain with a difference from which the noise
// drops out. The variance of the change for one model has two parts,
//
//	v = var*(change) + (2/3 sum over folds k of (d_k - mean d)^2 + 1/2 (mean d)^2)
//	d_k = f(b_k) - f(b)
//
// The first is that of 400 simulated measurements: for each fold and class the two
// recalls are drawn from the normal distribution with the means and the covariance that
// were measured; a simulated spread has the noise twice, so 2 N is removed. The second is
// for the offsets themselves, which other examples would have made different: f(b) is the
// spread of all examples under the offsets that the same models give of all examples,
// f(b_k) that under those of fold k. It is the variance of a jackknife that leaves a third out, and a part of their distance
// from b, whose spread is too good on the examples it was fitted to. How large a part is
// our choice, by simulation. The cost has [objective.BalancedVariance] as its first part
// and 2/3 sum of d_k^2 as its second, d_k being of the balanced accuracy. With S models,
// d_s their changes,
//
//	half width^2 = t^2 var(d_s) / S + z^2 q mean of v_s
//
// where q is the variance over examples of the mean change in that of one model's, to
// first order ([objective.ImageVariance]), and t is Student's on S - 1 degrees of freedom.
//
// It returns an error if a class has fewer than [LeastExamples], or the models are of
// different examples.
func EstimateFixed(score objective.Score, offsets []float64, parts ...*Folds) (*Fixed, error) {
	return Estimation{}.Fixed(score, offsets, parts...)
}

// Estimation says how [EstimateFixed] and [Folds.FitAll] are to work. But for what is stopped
// nothing of it changes a figure.
type Estimation struct {
	// AtOnce is the number of models that offsets are fitted to at once, at least 1.
	AtOnce int
	// Stopped, if not nil, is asked during the fits whether to give up, from several goroutines.
	// Once it has said so it must go on saying so.
	Stopped func() bool
	// Fewest, if above 0, is with how many models that are fitted by then the estimate is made
	// where Stopped says so, as if it were of these alone.
	Fewest int
}

// FitAll is [Folds.FitAll]. The error is [ErrStopped] where it gave up.
func (e Estimation) FitAll(f *Folds, score objective.Score) (Fitted, error) {
	all := f.all(f.fits(score, e.Stopped), score, e.Stopped)
	if e.Stopped != nil && e.Stopped() {
		return Fitted{}, ErrStopped
	}
	return all, nil
}

// ErrStopped says that [Estimation.Stopped] said so.
var ErrStopped = errors.New("stopped before the offsets were fitted")

// Fixed is [EstimateFixed]. The error is [ErrStopped] where it gave up.
func (e Estimation) Fixed(score objective.Score, offsets []float64, parts ...*Folds) (*Fixed, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("no model to fit offsets to; want the logits of at least 1")
	}
	first := parts[0].whole
	for c, n := range first.support {
		if n < LeastExamples {
			return nil, fmt.Errorf("class %d has %d examples; want at least %d, two for each of the %d folds that offsets are measured on", c, n, LeastExamples, foldCount)
		}
	}
	parts = slices.Clone(parts)
	fits := make([]FittedFolds, len(parts))
	for s, part := range parts {
		if !slices.Equal(part.whole.labels, first.labels) {
			return nil, fmt.Errorf("model %d has other examples than the first; want the logits of the same ones", s)
		}
	}
	fitted := e.fit(score, parts, fits)
	if n := len(fitted); n < len(parts) && (e.Fewest == 0 || n < e.Fewest) {
		return nil, ErrStopped
	}
	for i, s := range fitted {
		parts[i], fits[i] = parts[s], fits[s]
	}
	parts, fits = parts[:len(fitted)], fits[:len(fitted)]
	all := make([][]float64, len(fits))
	for s := range fits {
		all[s] = fits[s].All.Offsets
	}
	f := &Fixed{Offsets: offsets, Models: len(parts), Support: first.Support()}
	if f.Offsets == nil {
		f.Offsets = MeanOffsets(all)
	}
	f.Before, f.After = make([]float64, first.classes), make([]float64, first.classes)
	var changes, costs []float64
	var variance, costVariance float64 // means over models
	effect := &f.effect
	for s, part := range parts {
		others := func(of func(FittedFolds) []float64) []float64 {
			var list [][]float64
			for o := range fits {
				if o != s || len(fits) == 1 {
					list = append(list, of(fits[o]))
				}
			}
			return MeanOffsets(list)
		}
		shifts := make([][]float64, foldCount)
		for k := range shifts {
			shifts[k] = others(func(fit FittedFolds) []float64 { return fit.Folds[k].Shift })
		}
		m := measure(score.Spread, part, others(func(fit FittedFolds) []float64 { return fit.All.Offsets }), shifts)
		f.add(m, float64(len(parts)))
		changes, costs = append(changes, m.after-m.before), append(costs, -m.crossed.Drop())
		variance += m.variance / float64(len(parts))
		costVariance += m.costVariance / float64(len(parts))
		effect.before = append(effect.before, round(m.crossed.Plain, first.labels, m.plain))
		effect.after = append(effect.after, round(m.crossed.Confusion, first.labels, m.crossed.Predictions))
		effect.plain = append(effect.plain, m.plainS)
	}
	effect.variance = variance * shared(score.Spread.Linear, effect.before, effect.after)
	effect.costVariance = costVariance * shared(balancedLinear, effect.before, effect.after)
	f.Change = around(interval.Mean(changes), halfWidth(changes, effect.variance))
	f.Cost = around(interval.Mean(costs), halfWidth(costs, effect.costVariance))
	return f, nil
}

// fit fits offsets to every model, and returns the models that were fitted, in their order.
func (e Estimation) fit(score objective.Score, parts []*Folds, into []FittedFolds) (fitted []int) {
	var next atomic.Int64
	complete := make([]bool, len(parts))
	var work sync.WaitGroup
	stopped := func() bool { return e.Stopped != nil && e.Stopped() }
	for range min(len(parts), max(1, e.AtOnce)) {
		work.Go(func() {
			for s := int(next.Add(1)) - 1; s < len(parts) && !stopped(); s = int(next.Add(1)) - 1 {
				into[s] = parts[s].fit(score, e.Stopped)
				complete[s] = !stopped()
			}
		})
	}
	work.Wait()
	for s, done := range complete {
		if done {
			fitted = append(fitted, s)
		}
	}
	return fitted
}

// round returns what is known of predictions for examples with these labels.
func round(m *objective.Confusion, labels, predictions []uint16) objective.Round {
	return objective.Round{Val: m, Hits: objective.NewHits(m, labels, predictions)}
}

// halfWidth returns that of the mean of figures of several models, with the variance over
// examples of the mean.
func halfWidth(x []float64, variance float64) float64 {
	half := 0.0
	if n := float64(len(x)); n > 1 {
		half = interval.Quantile(interval.TwoSided, n-1) * math.Sqrt(interval.Variance(x)/n)
	}
	return interval.Cochran(half, interval.Quantile(interval.TwoSided, math.Inf(1)), variance)
}

// shared returns the variance over examples of the mean change of several models, in that
// of a single one, to first order: 1 where all err on the same examples.
func shared(linear func([]objective.Round, float64) objective.Linear, before, after []objective.Round) float64 {
	var one float64
	for s := range before {
		one += objective.ImageVariance(linear(after[s:s+1], 1), linear(before[s:s+1], -1)) / float64(len(before))
	}
	if one == 0 {
		return 1
	}
	return min(1, objective.ImageVariance(linear(after, 1), linear(before, -1))/one)
}

// balancedLinear is scale times the mean balanced accuracy.
func balancedLinear(rounds []objective.Round, scale float64) objective.Linear {
	l := objective.Linear{Rounds: rounds, Slopes: make([][]float64, len(rounds))}
	for s, r := range rounds {
		l.Slopes[s] = make([]float64, r.Val.Classes())
		for c := range l.Slopes[s] {
			l.Slopes[s][c] = scale / float64(len(rounds)*r.Val.Classes())
		}
	}
	return l
}

// MeanOffsets returns the mean of sets of offsets of the same classes; that of one is the same
// bit for bit. There must be at least one.
func MeanOffsets(vectors [][]float64) []float64 {
	mean := make([]float64, len(vectors[0]))
	for c := range mean {
		for _, v := range vectors {
			mean[c] += v[c]
		}
		mean[c] /= float64(len(vectors))
	}
	return mean
}

// measuredModel is what offsets do to one model.
type measuredModel struct {
	crossed                CrossFitted
	plain                  []uint16 // predictions
	plainBefore, plainS    float64
	before, after          float64
	variance, costVariance float64
}

// measure measures a model with the shift of each fold; b is the one that all examples
// give in the same way.
func measure(spread objective.Spread, part *Folds, b []float64, shifts [][]float64) measuredModel {
	whole := part.whole
	m := measuredModel{crossed: part.apply(shifts)}
	m.plainBefore, m.plainS = spread.Of(m.crossed.Plain.Recall()), m.crossed.Spread(spread)
	noise := 0.0
	if spread == objective.StdDev {
		noise = noiseOf(m.crossed.Plain.Recall(), whole.support)
	}
	m.before, m.after = denoised(m.plainBefore, noise), denoised(m.plainS, noise)

	m.plain = whole.Predict(make([]float64, whole.classes), nil)
	m.variance = m.crossed.drawn(spread, part, m.plain)
	m.costVariance = objective.BalancedVariance(whole.classes, whole.labels, m.plain, m.crossed.Predictions)
	judged := whole.Confusion(b)
	var spreads, balanced []float64
	for _, shift := range shifts {
		other := whole.Confusion(shift)
		spreads = append(spreads, spread.Of(other.Recall())-spread.Of(judged.Recall()))
		balanced = append(balanced, other.BalancedAccuracy()-judged.BalancedAccuracy())
	}
	// The variance of a jackknife in G groups is (G - 1) / G times the sum of squares.
	const jackknife = (foldCount - 1.0) / foldCount
	apart, cost := interval.Mean(spreads), interval.Mean(balanced)
	m.variance += float64(jackknife*interval.SumSquares(spreads)) + float64(apart*apart)/2
	m.costVariance += float64(jackknife * (interval.SumSquares(balanced) + float64(foldCount*cost*cost)))
	return m
}

// add adds the figures of one of so many models to the means.
func (f *Fixed) add(m measuredModel, models float64) {
	for c, r := range m.crossed.Plain.Recall() {
		f.Before[c] += r / models
	}
	for c, r := range m.crossed.Confusion.Recall() {
		f.After[c] += r / models
	}
	f.PlainSpread += m.plainBefore / models
	f.PlainAfter += m.plainS / models
	f.Spread += m.before / models
	f.SpreadAfter += m.after / models
	f.BalancedAccuracy += m.crossed.Plain.BalancedAccuracy() / models
}

// noiseOf returns what the noise of the examples adds to the squared standard deviation
// of recalls.
func noiseOf(recall []float64, support []int64) float64 {
	k := float64(len(recall))
	var sum float64
	for c, r := range recall {
		sum += float64(r*(1-r)) / float64(support[c]-1)
	}
	return (1 - 1/k) * sum / k
}

// denoised returns a spread without noise.
func denoised(spread, noise float64) float64 {
	if noise == 0 {
		return spread
	}
	return math.Sqrt(max(0, float64(spread*spread)-noise))
}

// fixedDraws is the number of simulated measurements: the standard error of a standard
// deviation is then 4 % of it.
const fixedDraws = 400

// pairedRecalls are the recalls of one class in one fold, before and after, as measured:
// their means and how they vary, before = b + sd0 x, after = a + slope x + sd1 y with x and
// y standard normal.
type pairedRecalls struct {
	b, a, sd0, slope, sd1 float64
	examples              float64
}

// drawn returns the variance of the change over simulated measurements.
func (c CrossFitted) drawn(spread objective.Spread, part *Folds, plain []uint16) float64 {
	cells := part.paired(plain, c.Predictions)
	k := part.whole.classes
	rng := rand.New(rand.NewPCG(0x0ff5e75, 2))
	before, after, b, a := make([]float64, k), make([]float64, k), make([]float64, k), make([]float64, k)
	changes := make([]float64, fixedDraws)
	for i := range changes {
		clear(before)
		clear(after)
		var square float64
		for _, fold := range cells {
			for class, cell := range fold {
				x, y := rng.NormFloat64(), rng.NormFloat64()
				b[class] = min(max(cell.b+float64(cell.sd0*x), 0), 1)
				a[class] = min(max(cell.a+float64(cell.slope*x)+float64(cell.sd1*y), 0), 1)
				share := cell.examples / float64(part.whole.support[class])
				before[class] += float64(share * b[class])
				after[class] += float64(share * a[class])
			}
			x, y := spread.Of(a), spread.Of(b)
			square += (float64(x*x) - float64(y*y)) / foldCount
		}
		noise := 0.0
		if spread == objective.StdDev {
			noise = 2 * noiseOf(before, part.whole.support)
		}
		measured := spread.Of(before)
		s := max(spread.Of(after), math.Sqrt(max(0, float64(measured*measured)+square)))
		changes[i] = denoised(s, noise) - denoised(measured, noise)
	}
	return interval.Variance(changes)
}

// paired returns the recalls of each class in each fold under two lists of predictions for
// the whole part.
func (f *Folds) paired(before, after []uint16) [foldCount][]pairedRecalls {
	var cells [foldCount][]pairedRecalls
	for k := range cells {
		cells[k] = make([]pairedRecalls, f.whole.classes)
		both := make([]float64, f.whole.classes)
		for _, i := range f.place[k] {
			class := f.whole.labels[i]
			cell := &cells[k][class]
			cell.examples++
			if before[i] == class {
				cell.b++
			}
			if after[i] == class {
				cell.a++
			}
			if before[i] == class && after[i] == class {
				both[class]++
			}
		}
		for c := range cells[k] {
			cell := &cells[k][c]
			n := cell.examples
			cell.b, cell.a = cell.b/n, cell.a/n
			cell.sd0 = math.Sqrt(float64(cell.b*(1-cell.b)) / (n - 1))
			covariance := (both[c]/n - float64(cell.a*cell.b)) / (n - 1)
			if cell.sd0 > 0 {
				cell.slope = covariance / cell.sd0
			}
			cell.sd1 = math.Sqrt(max(0, float64(cell.a*(1-cell.a))/(n-1)-float64(cell.slope*cell.slope)))
		}
	}
	return cells
}
