package explain

import (
	"fmt"
	"strings"

	"evenkeel/objective/evidence/guessing"
	"evenkeel/objective/evidence/posthoc"
)

// judged judges the case's unweighted models, or its models with weights. Logits that are
// kept are finite.
func (c Case) judged(round int, logits func(Outputs) *posthoc.Logits) guessing.Judgement {
	var runs []guessing.Run
	for i, rep := range c.Replicates {
		r := guessing.Run{Val: rep.Rounds[round].Val}
		if logits(c.outputs(i)) != nil {
			r.Logits = []float32{}
		}
		runs = append(runs, r)
	}
	return guessing.Judge(runs)
}

// guessing says that the unweighted model is no better than guessing, or that the weights
// made one class of everything, as NaN does. Only says that nothing else is to be said.
func (f *figures) guessing() (d Finding, verdict Verdict, only bool) {
	plain := f.judged(0, func(o Outputs) *posthoc.Logits {
		if o.OfReference {
			return nil
		}
		return o.Plain
	})
	if plain.Kind != guessing.Fine {
		return guessed(plain, f.own(), f.Classes), Guesses, plain.Blocks()
	}
	arm := f.judged(f.Round, func(o Outputs) *posthoc.Logits { return o.Weighted })
	if arm.Kind == guessing.OneClass && arm.NaN != guessing.Numbers && !f.Posthoc {
		d = guessed(arm, "the model trained with these weights", f.Classes)
		d.Text += fmt.Sprintf(" %s has a balanced accuracy of %s.", upper(f.own()), percent(plain.Balanced))
		return d, Collapsed, true
	}
	return d, "", false
}

// guessed is the finding for models that are named.
func guessed(j guessing.Judgement, model string, classes []string) Finding {
	return Finding{
		Name: "guessing", Reason: true, Try: "check",
		Threshold: "a 95 % interval of the balanced accuracy that includes 1/classes, or 95 % of the predictions in one class", Source: "binomial variance of the validation examples; our choice",
		Figures: []Figure{
			{"balanced_accuracy", j.Balanced}, {"balanced_accuracy_low", j.Low}, {"balanced_accuracy_high", j.High},
			{"chance", j.Chance}, {"most_predicted_share", j.Share},
		},
		Text: upper(j.Text(model, classes)) + ". " + j.Advice(),
	}
}

// guessText is the verdict on a model that is no better than guessing.
func (f *figures) guessText(v Verdict) string {
	if v == Collapsed {
		return "With these weights the training broke down: the model predicts one class for everything. That says nothing about weights."
	}
	return fmt.Sprintf("Whether weights work cannot be said: %s is no better than guessing.", f.own())
}

// guessRemedy is what to do about such a model.
func (f *figures) guessRemedy() Remedy {
	return Remedy{
		Name: "check", Lines: []string{"evenkeel check" + f.file()},
		Text: "Find out first why the model does not learn, or why its predictions do not belong to its labels; this repeats the test on the unweighted model:",
	}
}

// upper makes a sentence of a text.
func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// lower makes the middle of a sentence of its beginning.
func lower(text string) string { return strings.ToLower(text[:1]) + text[1:] }
