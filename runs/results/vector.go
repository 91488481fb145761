package results

import (
	"context"
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/schemes"
	"evenkeel/search"
)

// Vector is the class weights of one round over the seeds of a trial.
type Vector struct {
	// Weights are the geometric mean over seeds, at mean 1, in the order of the classes.
	// Lowest and Highest are those of single seeds.
	Weights, Lowest, Highest []float64
	// Typical and Most are the factors by which single seeds' weights differ from
	// Weights, at least 1: with d the differences of the logarithms over all seeds and
	// classes, exp(sqrt(mean(d^2))) and exp(max |d|). Both are 1 for one seed.
	Typical, Most float64
}

// VectorOf returns the weights of a round, from 1, over replicates that all have it.
// There must be at least one.
func VectorOf(replicates []objective.Replicate, round int) (v Vector, err error) {
	var all [][]float64
	for _, rep := range replicates {
		all = append(all, rep.Rounds[round].Weights)
	}
	if v.Weights, err = confirm.GeometricMean(all); err != nil {
		return v, err
	}
	v.Lowest, v.Highest = slices.Clone(all[0]), slices.Clone(all[0])
	var squares, most float64
	for _, w := range all {
		for c, x := range w {
			v.Lowest[c], v.Highest[c] = min(v.Lowest[c], x), max(v.Highest[c], x)
			d := math.Abs(schemes.Log(x) - schemes.Log(v.Weights[c]))
			squares, most = squares+float64(d*d), max(most, d)
		}
	}
	v.Typical = schemes.Exp(math.Sqrt(squares / float64(len(all)*len(v.Weights))))
	v.Most = schemes.Exp(most)
	return v, nil
}

// Weights is the vector of a trial's round with what a person must know of it.
type Weights struct {
	Vector
	Trial      *runs.Trial
	Round      int
	Definition *search.Definition
	Plan       objective.Plan
	// Several says that the history has several studies, so that commands must name theirs.
	Several bool
	// Confirmed is what the confirmation to quote found of the arm ([Of]), nil if there is
	// none. Then the weights are those that it measured.
	Confirmed *Confirmed
	// Offsets is the one set for the logits of models that were trained with these weights,
	// as the confirmation measured it; nil unless it was asked for.
	Offsets []float64
}

// NoOffsetsError says that no offsets for models trained with the weights of an arm are
// known.
type NoOffsetsError struct {
	Study        string
	Trial, Round int
	// Several says that the history has several studies.
	Several bool
}

// Error says what makes them known.
func (e *NoOffsetsError) Error() string {
	text := fmt.Sprintf("trial %d round %d of study %s has no offsets for models trained with its weights: only a confirmation measures them, "+
		"where the trainer sends logits: evenkeel confirm %d/%d", e.Trial, e.Round, e.Study, e.Trial, e.Round)
	if e.Several {
		text += " --study " + e.Study
	}
	return text
}

// ReadVectorThenOffsets is [ReadVector] with the offsets for models that are trained with
// the weights; a [*NoOffsetsError] where none are known.
func ReadVectorThenOffsets(ctx context.Context, db *runs.DB, study string, a Arm) (*Weights, error) {
	w, err := ReadVector(ctx, db, study, a)
	if err != nil {
		return nil, err
	}
	if w.Confirmed != nil {
		if m := w.Confirmed.Option(objective.OptionWeightsThenOffsets); m != nil {
			w.Offsets = m.Offsets
		}
	}
	if w.Offsets == nil {
		return nil, &NoOffsetsError{w.Trial.Study.Name, w.Trial.Number, w.Round, w.Several}
	}
	return w, nil
}

// ReadVector returns the weights of an arm of the named study, "" for the newest.
func ReadVector(ctx context.Context, db *runs.DB, study string, a Arm) (*Weights, error) {
	t, round, err := ReadArm(ctx, db, study, a, true)
	if err != nil {
		return nil, err
	}
	w := &Weights{Trial: t, Round: round}
	if w.Definition, err = Definition(ctx, db, t.Study.Name, nil); err != nil {
		return nil, err
	}
	if w.Plan, err = w.Definition.Plan(t.Point); err != nil {
		return nil, err
	}
	if w.Vector, err = VectorOf(t.Replicates, round); err != nil {
		return nil, fmt.Errorf("trial %d round %d: %w", t.Number, round, err)
	}
	if w.Several, err = Several(ctx, db); err != nil {
		return nil, err
	}
	arms, err := Confirmations(ctx, db, t.Study.Name)
	w.Confirmed = Of(arms, t.Number, round)
	if w.Confirmed != nil {
		if m := w.Confirmed.Option(objective.OptionWeightsFixed); m != nil && m.Weights != nil {
			w.Weights = m.Weights
		}
	}
	return w, err
}

// Share says what part of the recipe's gain its fixed vector keeps.
type Share string

// What a fixed vector keeps of the gain, as far as a confirmation tells.
const (
	NotConfirmed   Share = "not confirmed"
	KeepsShare     Share = "keeps a share of the gain"
	KeepsNothing   Share = "keeps nothing of the gain"
	OnlyVectorGain Share = "the vector's gain is beyond noise, the recipe's is not"
	ShareUnknown   Share = "what it keeps is within noise"
	NoGain         Share = "there is no gain beyond noise"
)

// Keeps compares the vector's change of spread on the test part with the recipe's, by the
// verdicts on both. The share is 1 where the vector gains as much, and is 0 unless the
// answer is [KeepsShare].
func (w *Weights) Keeps() (answer Share, share float64) {
	if w.Confirmed == nil {
		return NotConfirmed, 0
	}
	recipe, ofRecipe := w.Confirmed.Row(objective.OptionWeightsRemeasured, objective.OptionNothing)
	vector, ofVector := w.Confirmed.Row(objective.OptionWeightsFixed, objective.OptionNothing)
	switch {
	case recipe == nil || vector == nil:
		return NotConfirmed, 0
	case ofRecipe.Gain() && ofVector.Gain():
		return KeepsShare, vector.Difference / recipe.Difference
	case ofRecipe.Gain() && ofVector == confirm.Worse:
		return KeepsNothing, 0
	case ofVector.Gain():
		return OnlyVectorGain, 0
	case ofRecipe.Gain():
		return ShareUnknown, 0
	}
	return NoGain, 0
}

// ShownWeights returns the weights of a trial's round on the scale of weighting.normalize; nil
// for round 0, which has none. They are those of [VectorOf], times
//
//	exp(mean_s ln mean_c shown_sc)
//
// with shown_sc the weight of class c on seed s as that key scales it. By default that is 1.
func ShownWeights(t *runs.Trial, round int) ([]float64, error) {
	if round == 0 {
		return nil, nil
	}
	v, err := VectorOf(t.Replicates, round)
	if err != nil {
		return nil, fmt.Errorf("trial %d round %d: %w", t.Number, round, err)
	}
	var logs float64
	for _, rep := range t.Replicates {
		var mean float64
		shown := rep.Rounds[round].Shown
		for _, w := range shown {
			mean += w / float64(len(shown))
		}
		logs += schemes.Log(mean)
	}
	scale := schemes.Exp(logs / float64(len(t.Replicates)))
	if math.Abs(scale-1) < 1e-12 { // rounding: the scale is mean 1
		return v.Weights, nil
	}
	for c := range v.Weights {
		v.Weights[c] *= scale
	}
	return v.Weights, nil
}
