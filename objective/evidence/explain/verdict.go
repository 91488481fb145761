package explain

import (
	"fmt"
	"math"

	"evenkeel/objective/evidence/interval"
)

// judge gives the verdict on what was found. What was measured on the test part comes
// first, then what validation shows, then what explains that nothing is shown.
func (f *figures) judge(r *Report) {
	r.Verdict, r.Text = f.verdict()
	if r.Verdict == Ignored {
		return
	}
	if !f.overLimit() {
		return
	}
	what, where, drop := "these weights", "", f.measured.Drop
	if f.Test != nil {
		what, where, drop = "the recipe", "on the test part ", f.Test.Drop
	}
	than := "probably more than"
	if probability(f.lossProbability()) == probability(0.5) {
		than = "about"
	}
	r.Text += fmt.Sprintf(" With %s %sbalanced accuracy is %s points lower, %s your limit of %s (probability of more %s).",
		what, where, unsigned(drop), than, unsigned(f.Score.Tolerance), probability(f.lossProbability()))
}

// verdict returns the answer with its figures.
func (f *figures) verdict() (Verdict, string) {
	spreads := fmt.Sprintf("spread %s to %s", small(f.spreadBefore), small(f.spreadAfter))
	changed := fmt.Sprintf("%s; %s over %s", spreads, f.scored(), plural(f.seeds, "seed"))
	_, of, opposite := f.opposite()
	switch {
	case f.ignored():
		if f.Together != nil && f.Together.Vectors > 0 {
			return Ignored, "The weights are ignored: in the whole study, training with weights gave exactly what training without them did."
		}
		return Ignored, "The weights are ignored: training gave the same confusion matrix with them as without."
	case f.better():
		return f.success(changed)
	case opposite:
		text := fmt.Sprintf("Training moves the recalls against the weights (%s)", of)
		if f.OwnScript {
			text += ": they reach the loss in another order of the classes, or inverted"
		}
		return Inverted, text + "."
	case f.Test != nil && f.Test.Worse:
		return Overshoots, fmt.Sprintf("The recipe, with weights measured anew for each model, makes the recalls less even on the test part: %s.", f.tested())
	case f.worse() && !f.alreadyEven():
		return Overshoots, fmt.Sprintf("The weights go too far: with them the recalls are less even, %s.", changed)
	case f.Test != nil && (f.validated() || !f.alreadyEven()):
		text := fmt.Sprintf("On the test part no change beyond noise was found of the recipe, with weights measured anew for each model: %s.", f.tested())
		verdict, why := f.failure(spreads, changed)
		if verdict == NotMeasurable {
			return verdict, text
		}
		return verdict, text + " " + why
	case f.alreadyEven():
		return Even, fmt.Sprintf("There is nothing to even out: the recalls of %s (spread %s) differ no more than those of perfectly even classes would on this many validation examples.", f.own(), small(f.spreadBefore))
	}
	return f.failure(spreads, changed)
}

// success is the verdict on an arm that is more even beyond noise.
func (f *figures) success(changed string) (Verdict, string) {
	where := fmt.Sprintf("The weights make the recalls more even on validation: %s.", changed)
	if f.Test != nil {
		where = fmt.Sprintf("The recipe, with weights measured anew for each model, makes the recalls more even on the test part: %s.", f.tested())
	}
	switch o := f.offsets; {
	case !o.helpful() || !o.suffice || f.Posthoc:
		return Works, where
	case o.better:
		return NoBetterThanOffsets, where + fmt.Sprintf(" Offsets on the logits of %s, which need no training, are better.", f.reference())
	default:
		what, why := "these weights are", "validation shows no difference beyond noise"
		if f.Test != nil {
			what = "the recipe is"
		}
		switch {
		case f.TestOffsets != nil:
			why = "the test part shows no difference beyond noise"
		case o.seeds < interval.EnoughSeeds:
			why = fmt.Sprintf("%s on validation cannot show it", plural(o.seeds, "seed"))
		}
		return NoBetterThanOffsets, where + fmt.Sprintf(" Whether %s better than offsets on the logits of %s, which need no training, is not known: %s.", what, f.reference(), why)
	}
}

// failure is the verdict on an arm of which no change beyond noise is known: what explains
// that, if anything does.
func (f *figures) failure(spreads, changed string) (Verdict, string) {
	switch {
	case f.unresponsive():
		return Unresponsive, f.unresponsiveText()
	case f.strength < flat && f.slightly():
		return TooWeak, fmt.Sprintf("The weights are nearly equal, no two of them differ by more than a factor of %s, and no change can be measured (%s).", factor(ratio(f.strength)), spreads)
	case f.smallPrediction() && f.slightly():
		return TooWeak, fmt.Sprintf("The weights are weak: the predicted change of the spread is only %s.", change(f.predicted.change))
	case f.same():
		return Ineffective, "With these weights the model predicts exactly what it predicts without them."
	case f.ineffective():
		how := "Training followed the weights only little"
		if f.interpolates() {
			how = "Training ended almost as if there were no weights"
		}
		return Ineffective, fmt.Sprintf("%s: it delivered %s of the predicted changes of the recalls.", how, f.predicted.transmission)
	case f.Invalid && math.IsNaN(f.stored.Half):
		return NotMeasurable, fmt.Sprintf("The trial was declared invalid, so it is compared with nothing: %s on %s.", spreads, plural(f.seeds, "seed"))
	case f.seeds < interval.EnoughSeeds:
		return NotMeasurable, fmt.Sprintf("No change can be measured yet: %s; %s on %s, and at least three seeds are needed to separate a change from noise.", spreads, f.scored(), plural(f.seeds, "seed"))
	case math.IsNaN(f.stored.Half):
		return NotMeasurable, fmt.Sprintf("No change can be measured: %s; %s, and how much seeds vary is not known.", spreads, f.scored())
	case f.stored.Difference+f.stored.Half < 0:
		return NotMeasurable, fmt.Sprintf("The trial is better than %s, but not because of its weights: %s, and its own unweighted model has a spread of %s.", f.reference(), changed, small(f.spreadBefore))
	case f.stored.Difference-f.stored.Half > 0 && f.overLimit():
		return Costly, fmt.Sprintf("The weights cost more accuracy than their gain is worth by the study's score: %s.", changed)
	}
	return NotMeasurable, fmt.Sprintf("The change of the score is within noise: %s. %s", changed, f.unclear())
}

// unclear says what a change of the score within noise leaves open. The spread alone may have
// fallen beyond noise.
func (f *figures) unclear() string {
	alone := fmt.Sprintf("%s +- %s, 95 %% for this trial alone", change(f.change), small(f.uncertainty.spreadHalf))
	switch fell := f.change+f.uncertainty.spreadHalf < 0; {
	case fell && f.balancedAfter < f.balancedBefore && f.stored.Difference > f.change/2:
		return fmt.Sprintf("The recalls are more even (spread %s), but the lost accuracy eats this up: no gain beyond noise is left.", alone)
	case fell && f.balancedAfter < f.balancedBefore:
		return fmt.Sprintf("The recalls are more even (spread %s), but the lost accuracy takes part of this, and what is left is within noise, counting all arms that were compared.", alone)
	case fell:
		return fmt.Sprintf("The spread itself has fallen (%s); counting all arms that were compared, that may be noise.", alone)
	}
	return "Whether these weights are better than none is not known yet."
}

// unresponsiveText says that not even a factor of 20 moves the worst class.
func (f *figures) unresponsiveText() string {
	class := f.class(f.control.class)
	switch {
	case f.control.same:
		return fmt.Sprintf("No loss weighting can work here: with the weight of %s times 20 or divided by 20 the confusion matrix stays exactly the same.", class)
	case f.underfitted():
		return fmt.Sprintf("No loss weighting can work in trainings this short: with its weight times 20 and divided by 20, %s has recalls less than 5 points apart (95 %%), and even on the training part the mean recall is only %s.",
			class, percent(interval.Mean(f.trained())))
	}
	return fmt.Sprintf("No loss weighting can work here: with its weight times 20 and divided by 20, %s has recalls less than 5 points apart (95 %%).", class)
}
