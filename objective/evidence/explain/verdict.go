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
		r.Verdict, r.Text = Ignored, "The weights were ignored: training with them gave the same model to the last count."
	case better && f.offsets.helpful() && f.offsets.free && !f.Posthoc:
		r.Verdict = Free
		r.Text = fmt.Sprintf("The weights even the recalls out here (%s), but offsets on the unweighted model's logits do it for free.", changed)
	case better:
		r.Verdict, r.Text = Works, fmt.Sprintf("The weights even the recalls out here: %s.", changed)
	case f.worse() && !f.alreadyEven():
		r.Verdict, r.Text = Overshoots, fmt.Sprintf("The weights overshoot: %s.", spreads)
	case f.alreadyEven():
		r.Verdict = Even
		r.Text = fmt.Sprintf("There is nothing to even out that could be seen: the unweighted recalls (spread %s) differ no more than so few validation examples make even ones differ.", small(f.spreadBefore))
	case f.closed():
		r.Verdict = Closed
		r.Text = fmt.Sprintf("No loss weighting can work here: times 20 and divided by 20, %s has recalls less than 5 points apart (95 %%).", f.Classes[f.control.class])
		if f.unlearned() && !f.control.same {
			r.Text = fmt.Sprintf("No loss weighting can work in trainings as short as these: times 20 and divided by 20, %s has recalls less than 5 points apart (95 %%), and the training part itself is recognised to %s only.",
				f.Classes[f.control.class], percent(interval.Mean(f.trained())))
		}
		if f.control.same {
			r.Text = fmt.Sprintf("No loss weighting can work here: a factor of 20 on %s, up or down, does not move its recall by a single count.", f.Classes[f.control.class])
		}
	case f.strength < flat:
		r.Verdict = TooWeak
		r.Text = fmt.Sprintf("The weights are too weak to matter: they shift no two classes against each other by more than %s nats, and no change is measurable (%s).", nats(f.strength), spreads)
	case f.hopeless():
		r.Verdict = TooWeak
		r.Text = fmt.Sprintf("The weights are too weak to matter: if training did all they aim at, the spread would change by %s.", change(f.paper.change))
	case f.absorbed():
		r.Verdict = Absorbed
		how := "absorbed"
		if f.unlearned() {
			how = "did not follow"
		}
		r.Text = fmt.Sprintf("The training %s the weights: shifting logits by them would change the spread by %s, training with them brings %.0f %% of that.",
			how, change(f.paper.change), 100*math.Max(0, f.paper.transmission.Tau))
	case f.seeds < interval.EnoughSeeds:
		r.Verdict = NotMeasurable
		r.Text = fmt.Sprintf("Nothing measurable: %s (%s) on %s, and it takes three seeds to tell a change from noise.", spreads, change(f.change), plural(f.seeds, "seed"))
	case math.IsNaN(f.uncertainty.half):
		r.Verdict, r.Text = NotMeasurable, fmt.Sprintf("Nothing measurable: %s (%s), and the noise of the seeds is not known.", spreads, change(f.change))
	default:
		r.Verdict, r.Text = NotMeasurable, fmt.Sprintf("Nothing measurable: %s, which does not mean no effect.", changed)
	}
	if arm := f.Score.Arms(f.Replicates)[f.Round-1]; arm.Over && !f.ignored() {
		r.Text += fmt.Sprintf(" It costs more than the tolerance: balanced accuracy %s points, %s allowed.", points(-arm.Drop), points(-f.Score.Tolerance))
	}
}
