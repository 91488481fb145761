package explain

import (
	"fmt"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/objective/evidence/trained"
)

// Case is the record of one arm, a trial after one of its rounds.
type Case struct {
	// Classes are the names of the K classes.
	Classes []string
	Score   objective.Score
	// Trial is the trial's number, for the commands that are proposed.
	Trial int
	// Study is the name of its study where these commands must say it, else "".
	Study string
	// BuiltIn says that the study is the built-in one, which needs no study file.
	BuiltIn bool
	// Reference says which model the reference is, as "kind=softmax", where the trial's
	// own model is another one; "" where they are the same.
	Reference string
	// Round is the arm's round, from 1.
	Round int
	// Replicates are the trial's measurements, one per seed, in the order of
	// Outputs.
	Replicates []objective.Replicate
	// Outputs holds what else was kept of each replicate; nil if nothing was.
	Outputs []Outputs
	// Posthoc says that the weights shift logits and nothing was trained with them.
	Posthoc bool
	// OwnScript says that the user's own program trains. It does not have the settings
	// of the built-in models.
	OwnScript bool
	// Training says whether the trial's own unweighted model is trained at all.
	Training trained.Judgement
	// SeedsFail says that trainings on further seeds failed in the study.
	SeedsFail bool
	// Invalid says that the trial was declared invalid: nothing more is trained for it, and
	// it has no interval.
	Invalid bool
	// Recommended says that the page begins with what to use, so that no finding says it
	// again, or something else.
	Recommended bool
	// Longer is what was measured of training longer, where the recommendation is to do so;
	// else nil.
	Longer *Longer
	// Confirming says that the recommendation names a confirmation as the next step, Leading
	// that this arm is the one that it would measure.
	Confirming, Leading bool
	// Parts compares the reference on validation and on the test part; nil without a
	// confirmation.
	Parts *Parts
	// Stored is what the study stores of the arm's score; nil for a case of no study, of
	// which it is computed in the same way.
	Stored *Stored
	// Test is what a confirmation of the arm found of the recipe, with weights measured anew
	// for each model, against the unweighted model, and TestOffsets against offsets fitted to
	// the unweighted model's logits. TestFixed is what it found of the same weights as one
	// fixed set against the unweighted model. Each is nil without one.
	Test, TestOffsets, TestFixed *Test
	// Together is what all arms of the study say; nil if that is not known.
	Together *Together
	// Optimism is how much of the arm's change of the score is gained only on the examples that
	// its weights were measured on, 0 or above; 0 where that is not known. What compares the
	// arm with offsets on validation takes it off, as the recommendation does.
	Optimism float64
	// Screened is the change of the score that the search predicted for this round before
	// it trained the trial; nil if it did not.
	Screened *float64
	// Pool is that of all arms of the study. The zero value is a single arm of which
	// nothing else is known.
	Pool interval.Pool
	// References are the spreads of the unweighted reference on all its seeds.
	References []float64
	// Probed are the results of trainings in which one weight was changed ([Probe]);
	// nil if there were none.
	Probed *Probed
}

// Outputs are the records of one replicate beyond its matrices. Every field may
// be nil.
type Outputs struct {
	// Labels are the true classes of the validation examples, Reference, Before and After
	// the predictions of the reference, of round 0 and of the arm's round.
	Labels, Reference, Before, After []uint16
	// Plain has the logits of an unweighted model on this seed: of round 0 of the
	// trial's own model where they were kept, else of the reference.
	Plain *posthoc.Logits
	// OfReference says that Plain is of the reference, and that this is another model
	// than the trial's own.
	OfReference bool
	// Weighted has the logits of the arm's round.
	Weighted *posthoc.Logits
	// Offsets are those fitted on the reference's logits, with their results.
	Offsets *Offsets
}

// Offsets are offsets on the reference's logits and their results on one seed, measured on
// examples that were not used in the fit ([posthoc.CrossFitted]).
type Offsets struct {
	// Values are what to add to the logits, in nats.
	Values []float64
	// Val is the confusion matrix of these examples, nil if it was not kept.
	Val    *objective.Confusion
	Spread float64
	// Drop is the balanced accuracy lost against the reference.
	Drop float64
}

// validate says what is wrong with a case.
func (c Case) validate() error {
	if len(c.Replicates) == 0 {
		return fmt.Errorf("no seed was recorded; want at least one")
	}
	if c.Outputs != nil && len(c.Outputs) != len(c.Replicates) {
		return fmt.Errorf("%d outputs for %d seeds; want one for each, or none", len(c.Outputs), len(c.Replicates))
	}
	for _, rep := range c.Replicates {
		if c.Round < 1 || c.Round >= len(rep.Rounds) {
			return fmt.Errorf("round %d of a trial with rounds 0 to %d; want 1 or more", c.Round, len(rep.Rounds)-1)
		}
		for _, r := range []objective.Round{rep.Rounds[0], rep.Rounds[c.Round]} {
			if r.Val == nil || r.Val.Classes() != len(c.Classes) {
				return fmt.Errorf("replicate %d, round %d: want a validation matrix of %d classes", rep.Replicate, r.Round, len(c.Classes))
			}
		}
		if w := rep.Rounds[c.Round].Weights; len(w) != len(c.Classes) {
			return fmt.Errorf("replicate %d, round %d: %d weights for %d classes", rep.Replicate, c.Round, len(w), len(c.Classes))
		}
	}
	if c.Probed != nil {
		return c.Probed.validate(len(c.Classes))
	}
	return nil
}

// other reports whether the trial's own model is another one than the reference.
func (c Case) other() bool { return c.Reference != "" }

// own names the unweighted model that the weights are compared with.
func (c Case) own() string {
	if c.other() {
		return "the trial's own unweighted model"
	}
	return "the unweighted model"
}

// reference names the unweighted model that all trials of the study have in common.
func (c Case) reference() string {
	if c.other() {
		return "the reference (" + c.Reference + ")"
	}
	return "the unweighted model"
}

// shifted names the unweighted model whose logits are known.
func (c Case) shifted() string {
	if c.logitsOfReference() {
		return c.reference()
	}
	return c.own()
}

// logitsOfReference reports whether logits are those of the reference where that is
// another model, on at least one seed.
func (c Case) logitsOfReference() bool {
	return slices.ContainsFunc(c.Outputs, func(o Outputs) bool { return o.Plain != nil && o.OfReference })
}

// class returns the name of a class as sentences show it.
func (c Case) class(k int) string { return objective.InSentence(c.Classes[k]) }

// outputs returns what was kept of replicate i.
func (c Case) outputs(i int) Outputs {
	if c.Outputs == nil {
		return Outputs{}
	}
	return c.Outputs[i]
}
