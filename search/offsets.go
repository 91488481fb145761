package search

import (
	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// Offsets is what offsets on the reference's logits do without any training, on
// one training seed: fitted to the study's own score, and measured on validation
// examples that had no part in the fit ([posthoc.CrossFitted]).
type Offsets struct {
	Replicate int
	// Values are the offsets fitted on all validation examples, in nats with sum
	// 0: what to add to the logits.
	Values []float64
	// Val is the confusion matrix of the cross-fitted predictions. Spread is not
	// quite its own, see [posthoc.CrossFitted.Spread].
	Val    *objective.Confusion
	Spread float64
	// Difference is the score minus the reference's, Drop the balanced accuracy
	// lost against it.
	Difference, Drop float64
}

// fitOffsets returns the offsets of a run of the reference; it is nil where its logits or labels are unknown, or a class has too few examples to fit any.
func fitOffsets(score objective.Score, replicate int, r *objective.Result, labels []uint16) *Offsets {
	folds, err := posthoc.FoldsOf(r, labels)
	if err != nil {
		return nil
	}
	f := folds.Fit(score)
	return &Offsets{
		Replicate: replicate, Values: f.All.Offsets, Val: f.Confusion,
		Spread: f.Spread(score.Spread), Difference: f.Difference(score), Drop: f.Drop(),
	}
}
