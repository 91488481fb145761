package explain

import (
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
)

// Stored is what a study keeps of an arm's score against the reference. Explain quotes it
// as it is, so that an arm has the same figures in every command.
type Stored struct {
	// Difference is the arm's score minus the reference's on the same seeds, Half half the
	// width of its interval for all arms of the study together; NaN without one.
	Difference, Half float64
}

// Test is a difference of spreads that a confirmation measured on fresh seeds and the test
// part, with its interval.
type Test struct {
	// Spread and Against are the two spreads, Difference is their noise-corrected
	// difference, from Low to High with 95 %.
	Spread, Against, Difference, Low, High float64
	// Better and Worse say that it is beyond noise, after the correction for all arms that
	// were confirmed.
	Better, Worse bool
	// Drop is the balanced accuracy that was lost, Loss the probability that more is lost
	// than the study allows.
	Drop, Loss float64
}

// Together is what all valid arms of a study say, whichever of them is explained.
type Together struct {
	// Vectors is the number of different weight vectors that were trained with, equal
	// weights left out, in so many Trials; Strongest is the largest max/min of them.
	Vectors, Trials int
	Strongest       float64
	// Same says that every training with weights predicts what the one without weights
	// does on its seed, Exactly that its logits too are the same, bit for bit.
	Same, Exactly bool
	// Better says that some arm is more even beyond noise, on validation or, where it was
	// confirmed, on the test part.
	Better bool
	// Offsets says that offsets on the unweighted model's logits are, on the test part.
	Offsets bool
	// Transmission is that of all trials of which changes were predicted before they were
	// trained; Effects is 0 where nothing is known of it.
	Transmission posthoc.Transmission
}

// The evidence of an arm counts in this order: what a confirmation measured on the test
// part, what the search measured on validation, what the logits predict, and last fixed
// thresholds of the weights alone. The functions below say what the first two show; every
// finding whose condition is a threshold asks them before it is a reason.

// better reports whether the arm is more even beyond noise.
func (f *figures) better() bool {
	if f.Test != nil {
		return f.Test.Better
	}
	return f.validated()
}

// validated reports whether validation alone shows that it is. Where the arm's model is not
// the reference, the weights must have lowered the spread of that model too.
func (f *figures) validated() bool {
	return f.stored.Difference+f.stored.Half < 0 && f.change < 0
}

// harmful reports whether the arm is less even beyond noise.
func (f *figures) harmful() bool {
	if f.Test != nil {
		return f.Test.Worse
	}
	return f.stored.Difference-f.stored.Half > 0 && f.change > 0
}

// helps reports whether this arm or another one of the study is more even beyond noise.
func (f *figures) helps() bool {
	if f.better() {
		return true
	}
	return f.Together != nil && f.Together.Better
}

// uneven reports whether something was measured to even the recalls out beyond noise, so
// that there is something to even out.
func (f *figures) uneven() bool { return f.helps() || f.Together != nil && f.Together.Offsets }

// acts reports whether training is known to follow weights: the arm's spread changed
// beyond noise, the transmission is above what counts as none with its whole interval, or
// the control moves.
func (f *figures) acts() bool {
	t := f.predicted.transmission
	return f.better() || f.harmful() || t.Tau-t.HalfWidth() > noneDelivered || f.hasControl() && f.control.moves()
}

// noneDelivered is the transmission up to which training counts as ended without weights;
// that of [posthoc.Transmission.Ineffective].
const noneDelivered = 0.3

// slightly reports whether nothing says that the weights, where they reach the training,
// have more than a small effect: the change on the test part, else a change beyond noise on
// validation, else the prediction from the logits, and where no logits are known the change
// as it was measured.
func (f *figures) slightly() bool {
	switch t := f.Test; {
	case f.ignored():
		return false
	case t != nil && (t.Better || t.Worse):
		return math.Abs(t.Difference) < smallShare*t.Against
	case f.better() || f.harmful() || f.predicted.seeds == 0:
		return math.Abs(f.change) < smallShare*f.spreadBefore
	}
	return f.smallPrediction()
}

// tested writes the change on the test part, also that of the same weights as one fixed set.
func (f *figures) tested() string {
	t := f.Test
	text := fmt.Sprintf("spread %s to %s, %s", small(t.Against), small(t.Spread), t.changed())
	if f.TestFixed != nil {
		text += "; the same weights as one fixed set: " + f.TestFixed.changed()
	}
	return text
}

// changed writes the difference with its interval.
func (t Test) changed() string {
	if math.IsNaN(t.Low) {
		return change(t.Difference)
	}
	return fmt.Sprintf("%s (95 %% %s to %s)", change(t.Difference), change(t.Low), change(t.High))
}

// scored writes the change of the score as the leaderboard does.
func (f *figures) scored() string {
	text := "the score, which also counts lost accuracy, changes by " + change(f.stored.Difference)
	if !math.IsNaN(f.stored.Half) {
		text += " +- " + small(f.stored.Half)
	}
	return text
}

// arm returns the arm with the variance of its images, as far as predictions are known.
func (f *figures) arm() objective.Arm {
	before, after := f.rounds()
	replicates := make([]objective.Replicate, f.seeds)
	for i, rep := range f.Replicates {
		o := f.outputs(i)
		rep.Rounds = slices.Clone(rep.Rounds)
		rep.Rounds[0], rep.Rounds[f.Round] = before[i], after[i]
		rep.Reference.Hits = objective.NewHits(rep.Reference.Val, o.Labels, o.Reference)
		replicates[i] = rep
	}
	return f.Score.Arms(replicates)[f.Round-1]
}

// storedOf returns the figures that the study stores, or, for a case of no study, what it
// would store.
func (f *figures) storedOf(arm objective.Arm) Stored {
	if f.Stored != nil {
		return *f.Stored
	}
	group := interval.Group{Seeds: arm.Seeds, SumSquares: arm.SumSquares, ImageVariance: arm.ImageVariance}
	return Stored{Difference: arm.Difference, Half: f.Pool.HalfWidth(group)}
}
