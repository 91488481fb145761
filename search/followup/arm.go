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
	// Seeds is the number of fresh training seeds, at least [confirm.FewestSeeds].
	Seeds int
	// Resplit draws training and validation part anew for every fresh seed, beside the
	// same test part, so that what is found also holds for other training data of the
	// source.
	Resplit bool
}

// Cost returns how many trainings a fresh seed takes, and how long they are
// together in trainings of the usual length.
func (a Arm) Cost(d *search.Definition) (trainings int, length float64) {
	trainings = 1 // the reference
	if !reflect.DeepEqual(a.Plan.Model, d.ReferenceModel()) {
		trainings++
	}
	if !a.Plan.Trained() {
		return trainings, float64(trainings)
	}
	trainings += a.Round + 1 // the recipe's rounds and the vector
	if a.longer(d) == nil {
		return trainings, float64(trainings)
	}
	return trainings + 1, float64(trainings + a.Round + 1)
}

// longer returns the reference's model with as many epochs as all rounds of the
// arm have together; nil where the model has no epochs or the weights cost none.
func (a Arm) longer(d *search.Definition) map[string]any {
	model := maps.Clone(d.ReferenceModel())
	epochs, ok := model["epochs"].(int64)
	if !ok || !a.Plan.Trained() {
		return nil
	}
	model["epochs"] = epochs * int64(a.Round+1)
	return model
}
