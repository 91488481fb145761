package explain

import (
	"fmt"
	"math"
	"strings"
)

// Longer is what a study measured of training the reference longer, where its recommendation
// is to do so. Changes are of longer training alone, without weights or offsets, against the
// reference; shares are from 0 to 1, and what is not known is NaN.
type Longer struct {
	// Usual and Epochs are the epochs that the reference has, and those to train for.
	Usual, Epochs int64
	// Test says that the changes are of the test part and fresh seeds, else they are of
	// validation and the seeds of the search. Seeds is their number.
	Test  bool
	Seeds int
	// Spread and Accuracy are the changes of the spread and of the balanced accuracy, each
	// with its 95 % interval.
	Spread, SpreadLow, SpreadHigh       float64
	Accuracy, AccuracyLow, AccuracyHigh float64
	// Train and Val are the reference's mean balanced accuracies on its own training examples
	// and on validation. Fall is the share of the fall of its training loss that the last third
	// of the epochs brought.
	Train, Val, Fall float64
	// Offsets says that the recommendation adds offsets to the logits of these models.
	Offsets bool
	// Command is the search that the recommendation names.
	Command string
}

// longerOf says why the epochs are too few, and what more of them gain.
func (f *figures) longerOf() (Finding, bool) {
	l := f.Longer
	if l == nil {
		return Finding{}, false
	}
	where := "validation"
	if l.Test {
		where = "the test part"
	}
	few := l.AccuracyLow > 0 || l.SpreadHigh < 0 // false for NaN
	text := fmt.Sprintf("More than %d epochs pay", l.Usual)
	if few {
		text = fmt.Sprintf("%d epochs are too few", l.Usual)
	}
	text += fmt.Sprintf(". On %s (%s) %d epochs alone, without weights or offsets, change %s's balanced accuracy by %s points%s and its spread by %s%s.",
		where, plural(l.Seeds, "seed"), l.Epochs, f.reference(), points(l.Accuracy), ranged(l.AccuracyLow, l.AccuracyHigh, points),
		change(l.Spread), ranged(l.SpreadLow, l.SpreadHigh, change))
	if !few && l.Offsets {
		text += " The gain of the recommendation comes with the offsets."
	}
	if !math.IsNaN(l.Train) {
		text += fmt.Sprintf(" After %d epochs its balanced accuracy is %s on its own training examples and %s on validation", l.Usual, percent(l.Train), percent(l.Val))
		if !math.IsNaN(l.Fall) {
			text += fmt.Sprintf(", and the training loss still fell: the last third of the epochs brought %.0f %% of its fall", 100*l.Fall)
		}
		text += "."
	}
	return Finding{
		Name: "longer", Reason: true, Try: "longer",
		Threshold: "the recommendation; too few: more balanced accuracy, or a smaller spread, beyond noise", Source: "training for twice the epochs on the same seeds",
		Figures: []Figure{
			{"epochs", float64(l.Usual)}, {"longer_epochs", float64(l.Epochs)}, {"balanced_accuracy_change", l.Accuracy}, {"spread_change", l.Spread},
			{"train_balanced_accuracy", l.Train}, {"balanced_accuracy", l.Val}, {"late_fall", l.Fall},
		},
		Text: text + fmt.Sprintf(" Weights found with %d epochs are for a model that you will not use.", l.Usual),
	}, true
}

// ranged writes a 95 % interval in parentheses, "" where it is not known.
func ranged(low, high float64, write func(float64) string) string {
	if math.IsNaN(low) {
		return ""
	}
	return fmt.Sprintf(" (95 %% %s to %s)", write(low), write(high))
}

// recommendedRemedy is to train longer, with the command that the recommendation names.
func (f *figures) recommendedRemedy() Remedy {
	l := f.Longer
	text := fmt.Sprintf("Train %d epochs instead of %d, and search again with as many:", l.Epochs, l.Usual)
	if l.Offsets {
		text = fmt.Sprintf("Train %d epochs instead of %d and add the recommended offsets. To find weights for that model too, search with as many:", l.Epochs, l.Usual)
	}
	return Remedy{Name: "longer", Text: text, Lines: []string{l.Command}}
}

// sequenced says of remedies that are searches when their turn comes, where the
// recommendation names another command as the next one. After training longer they are for
// later, since what they search for may be found by then.
func (f *figures) sequenced(all []Remedy) []Remedy {
	when := ""
	switch {
	case f.Longer != nil:
		when = fmt.Sprintf("Only after the search with %d epochs, if it shows the same: ", f.Longer.Epochs)
	case f.Confirming:
		when = "Before you confirm, if there is time for another search: "
	default:
		return all
	}
	for i := range all {
		if s := &all[i]; s.Name != "longer" && len(s.Lines) > 0 && strings.HasPrefix(s.Lines[0], "evenkeel search") {
			s.Text, s.Later = when+lower(s.Text), f.Longer != nil
		}
	}
	return all
}
