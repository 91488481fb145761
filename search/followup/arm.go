package followup

import (
	"maps"
	"reflect"

	"evenkeel/objective"
	"evenkeel/search"
)

// Arm is the one arm that a confirmation is about. It must have been chosen
// before, on validation.
type Arm struct {
	Trial, Round int
	// Plan is the trial's, with any number of rounds.
	Plan objective.Plan
	// Vector is the fixed vector that is confirmed beside the recipe, at mean 1: the
	// geometric mean of the weights that the search measured, which somebody would
	// paste. Nil means that of the fresh seeds themselves.
	Vector []float64
	// Offsets is the fixed set of offsets for the unweighted model: the mean over the
	// search's seeds of those that were fitted to each. Nil where the search has none;
	// it is never fitted to fresh seeds.
	Offsets []float64
	// LongerOffsets is the same for the model that is trained longer. Nil where the search has
	// none; then LongerReason says why, "" where it never came to that.
	LongerOffsets []float64
	LongerReason  Reason
	// WeightsOffsets is the same for models trained with Vector, which no search trains: nil
	// but where a set that was handed over is measured once more.
	WeightsOffsets []float64
	// Stops says that the reference ends by its own early stopping, so that more epochs
	// change nothing.
	Stops bool
	// Seeds is the number of fresh training seeds, at least [confirm.FewestSeeds].
	Seeds int
	// Resplit draws training and validation part anew for every fresh seed, beside the
	// same test part, so that what is found also holds for other training data of the
	// source.
	Resplit bool
}

// Shares are what confirming an arm takes on one fresh seed.
type Shares struct {
	// Unweighted is the reference, and Own the trial's own unweighted model where that is
	// another one; Rounds are those of the recipe, and Fixed is the fixed vector. Each is a
	// number of trainings of the usual length.
	Unweighted, Own, Rounds, Fixed int
	// Longer is how long the reference trained longer takes, and EqualCost how long the one
	// trained as long as the recipe, where that is another length; one training each, 0 where
	// there is none.
	Longer, EqualCost int
}

// Length is how long all of it takes, in trainings of the usual length.
func (s Shares) Length() int {
	return s.Unweighted + s.Own + s.Rounds + s.Fixed + s.Longer + s.EqualCost
}

// Trainings is how many trainings it takes, however long.
func (s Shares) Trainings() int {
	return s.Unweighted + s.Own + s.Rounds + s.Fixed + min(s.Longer, 1) + min(s.EqualCost, 1)
}

// Cost returns how many trainings a fresh seed takes, and how long they are
// together in trainings of the usual length.
func (a Arm) Cost(d *search.Definition) (trainings int, length float64) {
	s := a.shares(d)
	return s.Trainings(), float64(s.Length())
}

// shares returns what a fresh seed takes.
func (a Arm) shares(d *search.Definition) Shares {
	s := Shares{Unweighted: 1}
	if !reflect.DeepEqual(a.Plan.Model, d.ReferenceModel()) {
		s.Own = 1
	}
	if a.Plan.Trained() {
		s.Rounds, s.Fixed = a.Round, 1
	}
	if _, reason := a.longer(d, objective.LongerFactor); reason == "" {
		s.Longer = objective.LongerFactor
	}
	if _, reason := a.equalCost(d); reason == "" && a.Round+1 != objective.LongerFactor {
		s.EqualCost = a.Round + 1
	}
	return s
}

// Fits returns how often offsets are fitted on a fresh seed, where there are logits.
func (a Arm) Fits() int {
	fits := 1 // the reference
	if a.Plan.Trained() && a.WeightsOffsets == nil {
		fits++ // models trained with the vector
	}
	return fits
}

// longer returns the reference's model with so many times its epochs, or why there is none.
func (a Arm) longer(d *search.Definition, factor int) (map[string]any, Reason) {
	return longerModel(d, a.Stops, factor)
}

// equalCost returns the reference's model with as many epochs as all rounds of the arm
// have together, or why there is none.
func (a Arm) equalCost(d *search.Definition) (map[string]any, Reason) {
	if !a.Plan.Trained() {
		return nil, ReasonPosthoc
	}
	return a.longer(d, a.Round+1)
}

// longerModel returns the reference's model with so many times its epochs, or why there is
// none; stops says that it ends by its own early stopping.
func longerModel(d *search.Definition, stops bool, factor int) (map[string]any, Reason) {
	model := maps.Clone(d.ReferenceModel())
	epochs, ok := model["epochs"].(int64)
	switch {
	case !ok:
		return nil, ReasonNoEpochs
	case stops:
		return nil, ReasonEarlyStopping
	}
	model["epochs"] = epochs * int64(factor)
	return model, ""
}
