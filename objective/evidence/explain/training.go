package explain

import "fmt"

// notTrained is the whole report on a model that is not trained: what weights do to it says
// nothing about weights. A model that is no better than guessing either is said so too.
func (f *figures) notTrained(guess Finding, verdict Verdict) *Report {
	j := f.Training
	r := &Report{
		Verdict: NotTrained, Text: fmt.Sprintf("Whether weights work cannot be said yet: %s is not trained.", f.own()),
		Findings: []Finding{{
			Name: "training", Reason: true, Try: "longer",
			Threshold: "on its own training part less than halfway from guessing to perfect and no better than on validation, while the loss is still falling",
			Source:    "our choice",
			Figures: []Figure{
				{"train_balanced_accuracy", j.Train}, {"balanced_accuracy", j.Val}, {"chance", j.Chance},
				{"steps", float64(j.Steps)}, {"epochs", float64(j.Epochs)}, {"late_fall", j.Fall},
			},
			Text: upper(j.Text(f.own())) + ". " + j.Advice(f.OwnScript),
		}},
		Next: []Remedy{f.trainRemedy()},
	}
	if verdict != "" {
		r.Findings = append(r.Findings, guess)
	}
	return r
}

// trainRemedy is to train such a model.
func (f *figures) trainRemedy() Remedy {
	return Remedy{
		Name: "longer", Text: "Train until the loss stops falling, then search again:",
		Lines: f.search(fmt.Sprintf("model.epochs=%d", f.Training.Enough())),
	}
}
