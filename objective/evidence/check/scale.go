package check

import (
	"context"
	"fmt"
	"math"

	"evenkeel/objective"
)

// Thresholds of "all weights x10"; our choices.
const (
	// scaleChance is the probability below which a shift of the recalls is not taken for
	// noise but for an effect of the weights. There are two such tests in a check.
	scaleChance = 0.01
	// leastShift is the smallest shift of the recalls that matters.
	leastShift = 0.01
)

const adviceScale = "Divide the weighted loss by the sum of the weights of the examples in the batch, not by their number " +
	"(PyTorch: nn.CrossEntropyLoss(weight=...) does, (weight[y] * loss).mean() does not; scikit-learn: divide the weights by their mean over the training examples). " +
	"Otherwise weights also change the learning rate, or the strength of a penalty, not only the balance of the classes."

// scale reports whether ten times the weights train the same model, for equal
// weights and for those of the first probe. It returns whether the check can go on.
//
// Where the recalls move visibly, the trainer also gets 1.001 times the weights, which
// changes rounding only: how far that moves the recalls is pair noise, as is how
// differently the seeds react to ten times the weights. It is a fault if the mean shift by
// ten times the weights is beyond such noise, by the F test of contrast.chance, with
// probability scaleChance.
func (c *checker) scale(ctx context.Context, m *mode, boosted []*objective.Result) bool {
	name, moves := nameScale+m.suffix, ""
	for _, s := range c.tenfolds(ctx, m, boosted) {
		after, err := results(s.asked)
		if err != nil {
			return c.failed(ctx, name, "the training fails with ten times the weights ("+s.what+"), though it works with the weights themselves", adviceScale, err)
		}
		d := seedDispersion(recalls(s.before), recalls(after)).against(recalls(s.before), recalls(after))
		moves += fmt.Sprintf(", %s with %s", points(d.shift()), s.what)
		if d.shift() < leastShift {
			continue
		}
		nudged, err := s.nudged()
		if err != nil {
			return c.failed(ctx, name, "the training fails with 1.001 times the weights ("+s.what+"), though it works with the weights themselves", adviceScale, err)
		}
		null := pairDispersion(recalls(s.before), recalls(nudged))
		d = null.against(recalls(s.before), recalls(after))
		moves += fmt.Sprintf(" where noise explains %s", points(d.expected))
		if d.chance() < scaleChance {
			c.say(Line{Name: name, State: Fault, Advice: adviceScale, Text: scaled(s.what, d, s.before, after)})
			return true
		}
	}
	c.say(Line{Name: name, State: OK, Text: "the scale of the weights does not matter (ten times the weights change recalls by " + moves[2:] + ")"})
	return true
}

// tenfold is a comparison of runs with those that have ten times their weights.
type tenfold struct {
	what   string
	before []*objective.Result
	asked  []*training
	// nudged returns the runs with 1.001 times the weights.
	nudged func() ([]*objective.Result, error)
}

// tenfolds returns the comparisons to make.
func (c *checker) tenfolds(ctx context.Context, m *mode, boosted []*objective.Result) []tenfold {
	unequal := tenfold{"unequal weights", boosted, m.tenth, func() ([]*objective.Result, error) {
		return results(c.pool.submit(ctx, times(nudge, c.weighted(c.first, m.apply, len(boosted)))...))
	}}
	if !m.full {
		return []tenfold{unequal}
	}
	equal := tenfold{"equal weights", c.plain, m.tens, func() ([]*objective.Result, error) { return c.nudged(ctx, m) }}
	return []tenfold{equal, unequal}
}

// scaled describes a shift that ten times the weights caused.
func scaled(what string, d contrast, before, after []*objective.Result) string {
	accuracy := func(runs []*objective.Result) float64 {
		var sum float64
		for _, r := range runs {
			sum += r.Val.BalancedAccuracy() / float64(len(runs))
		}
		return sum
	}
	text := fmt.Sprintf("ten times the weights train another model (%s): recalls change by %s, noise explains %s of it; balanced accuracy goes from %s to %s",
		what, points(d.shift()), points(d.expected), percent(accuracy(before)), percent(accuracy(after)))
	if ratio := lossRatio(before, after); math.Abs(ratio-10) < 3 {
		text += fmt.Sprintf("; the loss of the first epoch is %.0f times as large", ratio)
	}
	return text + ". The weights scale the whole loss, which acts like another learning rate"
}

// lossRatio returns how many times as large the loss of the first epoch is, on
// the first seed; NaN if it is not reported.
func lossRatio(before, after []*objective.Result) float64 {
	a, ok := firstLoss(before[0])
	b, ok2 := firstLoss(after[0])
	if !ok || !ok2 {
		return math.NaN()
	}
	return b / a
}
