package followup

import (
	"context"
	"errors"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
)

// EqualCost names the control of a confirmation: the reference, trained as long as the
// recipe with all its rounds. It is no option of its own, since no user of weights need
// know it, but says how much of what the recipe gains any training as long would.
const EqualCost objective.Option = "equal-cost"

// Reason says why an option was not measured; it is stored. "" is the reason of one that was.
type Reason string

// Why an option was not measured.
const (
	// ReasonPosthoc: the study's weights shift logits already, so offsets on top of them are
	// the offsets alone, and no further rounds are trained.
	ReasonPosthoc Reason = "posthoc"
	// ReasonNoLogits: the trainer sends no logits, or no labels, of its validation or test
	// examples.
	ReasonNoLogits Reason = "no logits"
	// ReasonNotKept: the run was trained before, and its logits were not kept.
	ReasonNotKept Reason = "logits not kept"
	// ReasonFewExamples: a class has too few validation examples to fit offsets to.
	ReasonFewExamples Reason = "few examples"
	// ReasonNoOffsets: the search has fitted no offsets, so there is no fixed set.
	ReasonNoOffsets Reason = "no fitted offsets"
	// ReasonNoEpochs: the model has no number of epochs that could be raised.
	ReasonNoEpochs Reason = "no epochs"
	// ReasonTime: the time was over before anything was trained for it.
	ReasonTime Reason = "no time"
	// ReasonEarlyStopping: training ends by its own early stopping before its epochs are
	// over, so that more of them change nothing.
	ReasonEarlyStopping Reason = "early stopping"
	// ReasonFailed: a training for it failed.
	ReasonFailed Reason = "training failed"
)

// isFailedTraining reports whether an error says that a training of its own failed: not that
// it was interrupted or not started for want of memory, nor that what it answers contradicts earlier runs, or cannot be stored.
func isFailedTraining(err error) bool {
	return err != nil && !objective.IsInterruption(err) && !errors.Is(err, objective.ErrStorage) &&
		!errors.Is(err, objective.ErrNoRoom) && !errors.Is(err, objective.ErrRefused) && !errors.Is(err, objective.ErrIrreproducible)
}

// Reading is one occasion to look at a test part: a fixed arm on so many fresh
// seeds, with the reference's run on the first of them, which stands for data and
// code. Continuing or repeating it is the same reading; with parts drawn again for
// every seed it is another.
type Reading struct {
	Trial, Round, Seeds int
	Resplit             bool
	Reference           objective.RunID
}

// Confirmation is what fresh seeds and the test part say of a fixed arm.
type Confirmation struct {
	Reading
	// Options has every option of [objective.Options] and then [EqualCost].
	Options []Measured
	// Comparisons are those of every two options that were measured, and of EqualCost with
	// nothing and with the weights that are measured anew.
	Comparisons []Comparison
	// Runs are the training runs with a test part.
	Runs []Run
	// Images is the number of test examples of each class.
	Images []int64
	// Asked is the number of fresh seeds that were asked for, of which Seeds are measured, and
	// Failures are what failed on the others, or of options that are not measured.
	Asked    int
	Failures []Failure
}

// Measured is one option as fresh seeds and the test part show it: means over seeds.
type Measured struct {
	Option objective.Option
	// Reason says why it was not measured. Then there is nothing else.
	Reason Reason
	// Spread is corrected for the noise of the test examples, PlainSpread is not.
	Spread, PlainSpread, BalancedAccuracy float64
	// Recalls are those of each class, with 95 % intervals.
	Recalls []confirm.Recall
	// Weights are the one fixed vector and Offsets the one fixed set that were measured,
	// nil for an option without: what is handed over. A set of offsets for models with the
	// fixed vector, which no search trains, is the mean over the fresh seeds, of which each was
	// measured with that of the others.
	Weights, Offsets []float64
}

// Comparison is one comparison on the test part: What minus Against.
type Comparison struct {
	What, Against objective.Option
	confirm.Comparison
	// Drop is the balanced accuracy lost, compared with the study's tolerance, and Over
	// the probability that it is more than the tolerance.
	Drop confirm.Drop
	Over float64
	// Score is the difference of the scores: the spreads, each with the expected charge for
	// what was lost against the unweighted model ([confirm.CompareScores]).
	Score confirm.Scores
}

// Run is a run with its test part. The reference, and the same trained longer, belong to
// trial 0. What is the option that delivers such a model, without any offsets.
type Run struct {
	What                    objective.Option
	Trial, Round, Replicate int
	Seed                    int64
	Run                     objective.RunID
	Weights                 []float64
}

// Store is what a [Confirmer] needs of a trial history for one study.
type Store interface {
	objective.Cache
	// OpenTest records that the test part is about to be read, unless a reading of the
	// same arm on at least as many seeds is recorded, and returns when it is durable.
	OpenTest(ctx context.Context, r Reading) error
	// TestDelivered records that a result on the test part has come from which the reading
	// counts, and returns when that is durable. It is called before anybody can see the result.
	TestDelivered(ctx context.Context, r Reading) error
	// DescribeSplit records what one fresh seed trains on where its parts were drawn
	// anew. It is called before any run on them, and need not wait for the disk.
	DescribeSplit(ctx context.Context, info objective.Info) error
	// Confirm records a confirmation in place of any earlier one of the arm that was
	// made in the same way, with or without parts drawn again, and returns when it is
	// durable. One on more seeds stays.
	Confirm(ctx context.Context, c *Confirmation) error
}
