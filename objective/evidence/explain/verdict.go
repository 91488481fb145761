package explain

import (
	"fmt"
	"math"

	"evenkeel/objective/evidence/interval"
)

// judge gives the verdict on what was found.
func (f *figures) judge(r *Report) {
	spreads := fmt.Sprintf("spread %s to %s", small(f.spreadBefore), small(f.spreadAfter))
	changed := fmt.Sprintf("%s, %s +- %s over %s", spreads, change(f.change), small(f.uncertainty.half), plural(f.seeds, "seed"))
	better := f.measured() && f.change < 0
	switch {
	case f.ignored():
		r.Verdict, r.Text = Ignored, "The weights were ignored: training gave the same confusion matrix with them as without."
	case better && f.offsets.helpful() && f.offsets.suffice && !f.Posthoc:
		r.Verdict = OffsetsSuffice
		r.Text = fmt.Sprintf("The weights make the recalls more even (%s). Counting spread and accuracy loss together, they are not measurably better than offsets on the logits of %s, which need no training.", changed, f.reference())
	case better:
		r.Verdict, r.Text = Works, fmt.Sprintf("The weights make the recalls more even: %s.", changed)
	case f.worse() && !f.alreadyEven():
		r.Verdict, r.Text = Overshoots, fmt.Sprintf("The weights overshoot: with them the recalls are less even, %s.", spreads)
	case f.alreadyEven():
		r.Verdict = Even
		r.Text = fmt.Sprintf("There is nothing to even out: the recalls of %s (spread %s) differ no more than those of perfectly even classes would on this many validation examples.", f.own(), small(f.spreadBefore))
	case f.unresponsive():
		r.Verdict = Unresponsive
		r.Text = fmt.Sprintf("No loss weighting can work here: with its weight times 20 and divided by 20, %s has recalls less than 5 points apart (95 %%).", f.class(f.control.class))
		if f.underfitted() && !f.control.same {
			r.Text = fmt.Sprintf("No loss weighting can work in trainings this short: with its weight times 20 and divided by 20, %s has recalls less than 5 points apart (95 %%), and even on the training part the mean recall is only %s.",
				f.class(f.control.class), percent(interval.Mean(f.trained())))
		}
		if f.control.same {
			r.Text = fmt.Sprintf("No loss weighting can work here: with the weight of %s times 20 or divided by 20 the confusion matrix stays exactly the same.", f.class(f.control.class))
		}
	case f.strength < flat:
		r.Verdict = TooWeak
		r.Text = fmt.Sprintf("The weights are too weak to matter: no two of them differ by more than a factor of %s, and no change can be measured (%s).", factor(ratio(f.strength)), spreads)
	case f.smallPrediction():
		r.Verdict = TooWeak
		r.Text = fmt.Sprintf("The weights are too weak to matter: even if training delivered all of the predicted change, the spread would change by only %s.", change(f.predicted.change))
	case f.ineffective():
		r.Verdict = Ineffective
		how := "Training ended almost as if there were no weights"
		if f.underfitted() {
			how = "Training did not follow the weights"
		}
		r.Text = fmt.Sprintf("%s: it delivered %.0f %% of the changes of the recalls that are predicted by adding ln w to the logits. That addition alone would change the spread by %s.",
			how, 100*math.Max(0, f.predicted.transmission.Tau), change(f.predicted.change))
	case f.seeds < interval.EnoughSeeds:
		r.Verdict = NotMeasurable
		r.Text = fmt.Sprintf("No change can be measured yet: %s (%s) on %s, and at least three seeds are needed to separate a change from noise.", spreads, change(f.change), plural(f.seeds, "seed"))
	case math.IsNaN(f.uncertainty.half):
		r.Verdict, r.Text = NotMeasurable, fmt.Sprintf("No change can be measured: %s (%s), and how much seeds vary is not known.", spreads, change(f.change))
	default:
		r.Verdict, r.Text = NotMeasurable, fmt.Sprintf("The change is within noise: %s, so it cannot be said whether these weights lower the spread.", changed)
	}
	if arm := f.Score.Arms(f.Replicates)[f.Round-1]; f.Score.LossProbability(arm.Drop, arm.DropSE) > 0.5 && !f.ignored() {
		r.Text += fmt.Sprintf(" It loses more accuracy than you allow: balanced accuracy %s points, %s allowed.", points(-arm.Drop), points(-f.Score.Tolerance))
	}
}
