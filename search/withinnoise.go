package search

import (
	"context"
	"errors"
	"math"
	"slices"

	"evenkeel/objective"
)

// Thresholds of the check of trainers that do not repeat themselves; our choices, decision 0061
// has the reasons.
const (
	// strongWeights is the ratio of weights from which on they should show.
	strongWeights = 1.5
	// hardlyChanged is the share of the predictions below which strong weights hardly changed
	// any.
	hardlyChanged = 0.02
	// nearlyOne is a class weight that is none, so that the run is the unweighted one trained
	// once more, under an address of its own.
	nearlyOne = 1.0001
	// asMuch is how many times as far as two runs of one seed differ a weighted run may differ
	// and still be one of them: such distances vary from pair to pair.
	asMuch = 2
	// beyondNoise is how many standard deviations more often than by noise a class must be
	// predicted to have reacted, and leastReaction how much more often at least.
	beyondNoise, leastReaction = 3, 0.05
	// byHeart is the recall of a class on the training part from which on its weight has next
	// to nothing to act on, as in package check.
	byHeart = 0.99
)

// doubtful reports whether strong weights of a replicate hardly changed its predictions, or all
// together did not raise how often the heaviest class is predicted in relation to the lightest,
// as noise in place of weights would do in half of all cases.
func doubtful(rep objective.Replicate) bool {
	strong, hardly, raised := false, true, 0.0
	plain := rep.Rounds[0].Val
	predicted := plain.Predicted()
	for _, round := range rep.Rounds[1:] {
		low, high := slices.Min(round.Weights), slices.Max(round.Weights)
		if !(high >= strongWeights*low) {
			continue
		}
		strong = true
		hardly = hardly && matrixDistance(plain, round.Val) < hardlyChanged
		now := round.Val.Predicted()
		more := func(class int) float64 { return math.Log((float64(now[class]) + 1) / (float64(predicted[class]) + 1)) }
		raised += more(slices.Index(round.Weights, high)) - more(slices.Index(round.Weights, low))
	}
	return strong && (hardly || raised <= 0)
}

// withinNoise finds out whether the weights of a replicate change its predictions no more than
// training one seed twice does, which a run with nearly equal weights shows. If so, the worst
// class times 20 follows; if no class is predicted more often with it beyond that noise, the
// weights are ignored. It trains at most two runs.
func (c *weightCheck) withinNoise(ctx context.Context) error {
	worst, recall, ok := c.worst()
	if !ok || recall >= poorRecall {
		return nil
	}
	plain, err := c.run(ctx, nil)
	var again *objective.Result
	if err == nil {
		again, err = c.run(ctx, c.factor(worst, nearlyOne))
	}
	if err != nil {
		return unless(err, errNoFinding)
	}
	if plain.Train != nil && plain.Train.Recall()[worst] >= byHeart {
		return nil
	}
	c.found.Noise = distance(plain, again)
	alike := []*objective.Confusion{plain.Val, again.Val}
	for _, round := range c.rep.Rounds[1:] {
		weighted, err := c.run(ctx, round.Weights)
		if err != nil {
			return unless(err, errNoFinding)
		}
		if distance(plain, weighted) > asMuch*c.found.Noise {
			return nil
		}
		alike = append(alike, weighted.Val)
	}
	strong, err := c.run(ctx, c.factor(worst, objective.ProbeFactor))
	if err != nil {
		return unless(err, errNoFinding)
	}
	if reacts(alike, strong.Val) {
		return nil
	}
	return &c.found
}

// unless returns an error unless it is the given one.
func unless(err, no error) error {
	if errors.Is(err, no) {
		return nil
	}
	return err
}

// reacts reports whether some class is predicted more often in a run than in those that are alike
// but for noise. How often class c is predicted there, n times, has the mean m_c and the variance
// v_c; single variances of a few runs are worth little, so noise is taken as the common multiple
// phi = sum v_c / sum m_c of the means, and a class reacted if it is predicted more often than
//
//	m_c + max(3 sqrt(phi m_c (1 + 1/n)), m_c / 20)
func reacts(alike []*objective.Confusion, with *objective.Confusion) bool {
	n := float64(len(alike))
	mean, square := make([]float64, with.Classes()), make([]float64, with.Classes())
	for _, m := range alike {
		for c, x := range m.Predicted() {
			mean[c] += float64(x) / n
		}
	}
	var variances, means float64
	for _, m := range alike {
		for c, x := range m.Predicted() {
			off := float64(x) - mean[c]
			square[c] += float64(off*off) / (n - 1)
		}
	}
	for c := range mean {
		variances += square[c]
		means += mean[c]
	}
	phi := variances / means
	for c, x := range with.Predicted() {
		noise := beyondNoise * math.Sqrt(float64(phi*max(1, mean[c])*(1+1/n)))
		if float64(x)-mean[c] > max(noise, leastReaction*mean[c]) {
			return true
		}
	}
	return false
}

// distance returns the share of validation examples for which two runs predicted differently, as
// far as is known: without predictions it is that of [matrixDistance].
func distance(a, b *objective.Result) float64 {
	p, q := a.ValPredictions, b.ValPredictions
	if p == nil || len(p) != len(q) {
		return matrixDistance(a.Val, b.Val)
	}
	changed := 0
	for i := range p {
		if p[i] != q[i] {
			changed++
		}
	}
	return float64(changed) / float64(len(p))
}

// matrixDistance returns the least share of examples that turns one matrix into the other, half
// the sum of absolute differences.
func matrixDistance(a, b *objective.Confusion) float64 {
	var changed float64
	for i, row := range a.Rows() {
		for j, x := range row {
			changed += math.Abs(float64(x-b.At(i, j))) / 2
		}
	}
	return changed / float64(a.Total())
}
