package posthoc

import (
	"math/rand/v2"
	"slices"

	"evenkeel/objective"
)

// Fitted is the result of [Logits.Fit].
type Fitted struct {
	// Offsets are the numbers b, one per class, in nats, with sum 0.
	Offsets []float64
	// Score is their score on the examples they were fitted to, which is too good;
	// Plain is that of the unshifted model.
	Score, Plain float64
}

// Fit returns the offsets b with sum 0 that make
//
//	spread(recalls of argmax z + b) + penalty * max(0, drop - tolerance) + 0.001 |b / margin|^2
//
// small. drop is the balanced accuracy lost against the unshifted model on this part, and
// margin the median distance between the two largest logits. The last term decides between
// equal scores, and against a large offset that one example profits from; it is not in
// Fitted.Score. The sum is never larger than without offsets. Logits times a number give
// offsets times that number.
//
// The score is constant between the points at which a prediction flips.
// From several starting points, the offset of one class after the other, then of
// pairs of classes together, is put in the middle of the best of all intervals
// between such points, until little improves. For two classes that is the
// optimum; for more it is a local optimum of that kind. The starting points are
// zero offsets, those of the iteration b += eta (mean r - r), and disturbed copies
// of the best so far from a generator with a fixed seed, so that equal parts
// have equal offsets. Where classes times examples are many, fewer points are
// started from and fewer steps taken.
func (p *Logits) Fit(score objective.Score) Fitted { return p.fit(score, nil) }

// fit is Fit that ends early where stopped says so, with something that is not to be used; nil
// never does.
func (p *Logits) fit(score objective.Score, stopped func() bool) Fitted {
	d := newDescent(p, score, stopped)
	zero := make([]float64, p.classes)
	best, low := zero, d.cost(zero)
	out := Fitted{Plain: low}
	try := func(start []float64) {
		if b, cost := d.descend(start); cost < low {
			best, low = b, cost
		}
	}
	if p.classes > 1 {
		try(zero)
		try(d.levelled())
		rng := rand.New(rand.NewPCG(0x0ff5e75, 1))
		for range d.effort.restarts {
			start := slices.Clone(best)
			for c := range start {
				start[c] += float64(disturbance * d.margin * (2*rng.Float64() - 1))
			}
			centre(start)
			try(start)
		}
	}
	out.Offsets, out.Score = best, d.measure(best)
	return out
}

// FittedFolds is the result of [Folds.Fit].
type FittedFolds struct {
	// All is fitted on all examples: to show, and to apply elsewhere.
	All Fitted
	// CrossFitted has what the offsets of two folds do in the third.
	CrossFitted
}

// scales are the shares of fitted offsets that are tried: what is fitted to few examples
// is partly noise, and a part of it is often better than all.
var scales = []float64{0, 0.25, 0.5, 0.75, 1}

// Fit fits offsets on all examples, see [Logits.Fit], and measures how good such offsets
// are: those fitted on two folds are applied to the third. The figure to report is
// [CrossFitted.Difference].
//
// Only a share of the fitted offsets is applied, one of 0, 1/4, ..., 1: the one that does
// best on examples that were not used in the fit. For the offsets of all examples it is
// chosen on the folds. For those that are applied to a fold it is chosen within the two
// others, which are cut in folds themselves, so that the fold is used for nothing else.
func (f *Folds) Fit(score objective.Score) FittedFolds { return f.fit(score, nil) }

// fit is Fit that ends early where stopped says so, with something that is not to be used; nil
// never does.
func (f *Folds) fit(score objective.Score, stopped func() bool) FittedFolds {
	shifts, raw := make([][]float64, foldCount), f.fits(score, stopped)
	for k, rest := range f.rest {
		share := 1.0
		if inner, err := NewFolds(rest); err == nil {
			share = inner.share(inner.fits(score, stopped), score)
		}
		shifts[k] = scaled(raw[k], share)
	}
	return FittedFolds{All: f.all(raw, score, stopped), CrossFitted: f.apply(shifts)}
}

// FitAllShare is the share of the work of [Folds.Fit] that is in [Folds.FitAll]:
// besides the whole part and three times two thirds of it, Fit fits nine times four
// ninths, so (1 + 2) of (1 + 2 + 4).
const FitAllShare = 3.0 / 7

// FitAll returns what Fit has as All, to the last bit, in less than half the time:
// what judges the offsets on validation needs most of the fits.
func (f *Folds) FitAll(score objective.Score) Fitted {
	return f.all(f.fits(score, nil), score, nil)
}

// all fits offsets on all examples, and applies the share that does best for those that
// the folds gave.
func (f *Folds) all(raw [][]float64, score objective.Score, stopped func() bool) Fitted {
	all := f.whole.fit(score, stopped)
	all.Offsets = scaled(all.Offsets, f.share(raw, score))
	all.Score = newDescent(f.whole, score, nil).measure(all.Offsets)
	return all
}

// fits returns for each fold the offsets fitted on the others.
func (f *Folds) fits(score objective.Score, stopped func() bool) [][]float64 {
	shifts := make([][]float64, foldCount)
	for k, rest := range f.rest {
		shifts[k] = rest.fit(score, stopped).Offsets
	}
	return shifts
}

// share returns the share of the folds' shifts that does best in the folds, the
// smallest of equals.
func (f *Folds) share(shifts [][]float64, score objective.Score) float64 {
	best, low := 0.0, 0.0
	for _, s := range scales[1:] {
		part := make([][]float64, foldCount)
		for k, shift := range shifts {
			part[k] = scaled(shift, s)
		}
		if d := f.apply(part).Difference(score); d < low {
			best, low = s, d
		}
	}
	return best
}

// scaled returns b times s.
func scaled(b []float64, s float64) []float64 {
	out := make([]float64, len(b))
	for c, v := range b {
		out[c] = float64(v * s)
	}
	return out
}
