package schemes

import (
	"fmt"
	"math"
	"slices"
)

// Next returns the weights for the given round, from 1, out of what the round
// before measured and what earlier rounds left. It does, in this order: measure,
// smooth, floor, formula, accumulate, damp, clip, normalise; the package
// comment has the formula of each. Where the recipe is silent its zero values
// hold, see [Recipe.Validate], and absent parameters have their defaults.
//
// Shapes: every slice of m has one entry per class, except that m.Train may be
// nil if the counts are not known. prev.Weights has too, or is nil for all 1; it
// may be on any scale.
//
// Special cases: one class has weight 1; equal signals give equal raw weights;
// a signal that is undefined without smoothing (precision of a class that was
// never predicted) counts as 0. If the formula gives weights that are negative,
// not finite or all 0, or cannot reach the strength, the raw weights are all 1
// and Step.Fallback is set; the modifiers still act. A scheme that is Strict
// gets an error instead, which wraps [ErrStrength] in the last case.
//
// With a strength, the parameter is solved in the first round whose raw weights
// differ, and returned in Step.Solved; put it into the next [State] and it is
// kept.
//
// Next neither keeps nor changes its arguments. It returns an error if
// [Recipe.Validate] does, if counts or previous weights are impossible or of
// different lengths, if round < 1, if the scheme reads what is not known, or if
// normalize is support and m.Train has no examples. It panics if the scheme's Raw returns a slice of another length.
func (r Recipe) Next(m Measurement, round int, prev State) (Step, error) {
	if err := r.Validate(); err != nil {
		return Step{}, err
	}
	if err := m.check(); err != nil {
		return Step{}, err
	}
	if round < 1 {
		return Step{}, fmt.Errorf("weights for round %d; want a round from 1", round)
	}
	in := m.input(r)
	in.Round = round
	return r.step(in, prev)
}

// FromSignal is [Recipe.Next] without counts: it takes the selected signal
// itself, numbers from 0 to 1, and does not smooth it. That is what a
// calculator needs that is given recalls. train and prev may be nil: training
// counts are not known, previous weights are all 1. The round is 1 without prev
// and 2 with it.
func (r Recipe) FromSignal(signal []float64, train []int, prev []float64) (Step, error) {
	if err := r.Validate(); err != nil {
		return Step{}, err
	}
	if len(signal) == 0 {
		return Step{}, fmt.Errorf("no signal; want one number per class")
	}
	for c, x := range signal {
		if !(x >= 0 && x <= 1) { // written so that NaN fails
			return Step{}, fmt.Errorf("signal of class %d is %v; want a number from 0 to 1", c, x)
		}
	}
	if err := checkTrain(train, len(signal)); err != nil {
		return Step{}, err
	}
	in := Input{Signal: signal, Support: train, Round: 1}
	if prev != nil {
		in.Round = 2
	}
	switch r.Signal {
	case Precision:
		in.Precision = signal
	case F1:
		in.F1 = signal
	default:
		in.Recall = signal
	}
	return r.step(in, State{Weights: prev})
}

// step goes from smoothed signals to a finished step.
func (r Recipe) step(in Input, prev State) (Step, error) {
	if err := r.Normalize.check(in.Support); err != nil {
		return Step{}, err
	}
	if s := prev.Solved; r.Strength != 0 && s != nil && (math.IsNaN(*s) || math.IsInf(*s, 0)) {
		return Step{}, fmt.Errorf("solved %s of an earlier round is %v; want a finite number", r.Scheme.StrengthOf, *s)
	}
	if err := r.Scheme.known(in); err != nil {
		return Step{}, err
	}
	before, err := previous(prev.Weights, len(in.Signal))
	if err != nil {
		return Step{}, err
	}
	in.Previous = before
	if r.Signal == Precision {
		in.Previous = toMean1(reciprocals(before))
	}
	out := Step{Signal: slices.Clone(in.Signal)}
	out.Raw, out.Solved, err = r.raw(in, prev.Solved)
	if err != nil && r.Scheme.Strict {
		return Step{}, err
	}
	if err != nil {
		out.Raw, out.Fallback = ones(len(in.Signal)), true
	}
	out.Weights = r.modify(out.Raw, before)
	out.Shown = r.Normalize.shown(out.Weights, out.Raw, in.Support)
	return out, nil
}

// raw applies the formula, with the strength parameter of an earlier round if
// there is one. The weights it returns are positive and finite, or the error
// says why there are none; solved holds either way.
func (r Recipe) raw(in Input, earlier *float64) (w []float64, solved *float64, err error) {
	p := r.Scheme.complete(r.Values)
	if r.Strength != 0 {
		// Strength decides this parameter; what Values has for it is ignored.
		p[r.Scheme.StrengthOf] = r.Scheme.Defaults()[r.Scheme.StrengthOf]
		if earlier == nil && logRatio(r.Scheme.Raw(in, p)) != 0 {
			v, ok := r.solve(in, p)
			if !ok {
				return nil, nil, fmt.Errorf("%w: no %s of %s gives ln(max w / min w) = %v for the signal %s",
					ErrStrength, r.Scheme.StrengthOf, r.Scheme.Name, r.Strength, some(in.Signal))
			}
			earlier = &v
		}
		if earlier != nil {
			v := *earlier
			solved, p[r.Scheme.StrengthOf] = &v, v
		}
	}
	w = slices.Clone(r.Scheme.Raw(in, p))
	if len(w) != len(in.Signal) {
		panic(fmt.Sprintf("schemes: %s gave %d weights for %d classes", r.Scheme.Name, len(w), len(in.Signal)))
	}
	liftZeros(w)
	if !usable(w) {
		return nil, solved, r.unusable(in, w)
	}
	if r.Signal != Precision {
		return w, solved, nil
	}
	if w = reciprocals(w); !usable(w) { // of numbers below 1e-308
		return nil, solved, r.unusable(in, w)
	}
	return w, solved, nil
}

// modify accumulates, damps and clips. The result is at mean 1, as prev is.
func (r Recipe) modify(raw, prev []float64) []float64 {
	w := toMean1(raw)
	if r.Update == Accumulate {
		for c := range w {
			w[c] *= prev[c]
		}
		w = toMean1(w)
	}
	if r.Damping > 0 {
		for c := range w {
			w[c] = Pow(prev[c], r.Damping) * Pow(w[c], 1-r.Damping)
		}
		w = toMean1(w)
	}
	if r.Clip > 0 {
		root := math.Sqrt(r.Clip)
		for c := range w {
			w[c] = min(max(w[c], 1/root), root)
		}
		w = toMean1(w)
	}
	return w
}
