package followup

import (
	"evenkeel/objective"
	"evenkeel/search"
)

// Length returns how long confirming an arm of so many rounds takes on one fresh seed,
// in trainings of the usual length; see [Arm.Cost]. Where the model is searched, the arm
// is taken to have another one than the reference.
func Length(d *search.Definition, round int) float64 {
	arm := Arm{Round: round, Plan: objective.Plan{Model: d.ReferenceModel(), Apply: objective.ApplyPosthoc}}
	for _, v := range d.Values("weighting.apply") {
		if v != objective.ApplyPosthoc {
			arm.Plan.Apply = ""
		}
	}
	_, length := arm.Cost(d)
	if d.SearchesModel() {
		length++
	}
	return length
}
