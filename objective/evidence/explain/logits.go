package explain

import (
	"fmt"
	"math"

	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
)

// predicted is the effect of the weights as shifts of the unweighted model's logits.
type predicted struct {
	// seeds is the number of seeds whose logits are known; with 0 nothing is.
	seeds int
	// before and after are mean spreads, change their difference.
	before, after, change float64
	transmission          posthoc.Transmission
}

// predict shifts the logits of every seed by its own weights.
func (f *figures) predict() predicted {
	var p predicted
	var effects []posthoc.Effect
	for i, rep := range f.Replicates {
		part := f.outputs(i).Plain
		if part == nil {
			continue
		}
		arm := rep.Rounds[f.Round]
		plain := part.Confusion(make([]float64, part.Classes()))
		shifted := part.Confusion(posthoc.FromWeights(arm.Weights))
		p.seeds++
		p.before += f.of(plain)
		p.after += f.of(shifted)
		effects = append(effects, posthoc.EffectOf(plain, shifted, rep.Rounds[0].Val, arm.Val))
	}
	n := float64(p.seeds)
	p.before, p.after = p.before/n, p.after/n
	p.change = p.after - p.before
	p.transmission = posthoc.Transmit(effects...)
	return p
}

// minMovable is the share of a pair's examples below which a shift changes next to
// nothing. Our choice.
const minMovable = 0.02

// margins compares the shifts of the most confused pairs with the distances of their
// logits.
func (f *figures) margins() (Finding, bool) {
	if f.predicted.seeds == 0 || len(f.pairs) == 0 {
		return Finding{}, false
	}
	d := Finding{
		Name: "margins", Reason: f.slightly(), Try: "stronger",
		Threshold: "2 % of a pair's examples, below which a shift changes next to nothing, and a factor of 2 between the two weights", Source: "our choice",
	}
	few := true
	var enough, less []string
	for k, p := range f.pairs {
		share, median := f.marginsOf(p)
		i, j := f.names(p)
		if k == 0 {
			d.Text = fmt.Sprintf("At most %s of the predictions of %s and %s can change: those of %s whose two logits are closer together than the weights' shift of %s (a factor of %s between the two weights); the median distance is %s.",
				percent(share), i, j, f.shifted(), nats(p.shift), factor(ratio(math.Abs(p.shift))), nats(median))
			d.Figures = []Figure{{"share", share}, {"shift", p.shift}, {"median_margin", median}}
		} else {
			d.Text += fmt.Sprintf(" Of %s and %s, at most %s (shift %s, median distance %s).", i, j, percent(share), nats(p.shift), nats(median))
		}
		few = few && share < minMovable
		name := fmt.Sprintf("%s and %s (%s)", i, j, factor(ratio(math.Abs(p.shift))))
		if share >= minMovable && math.Abs(p.shift) >= flat {
			enough = append(enough, name)
		} else {
			less = append(less, name)
		}
	}
	d.Reason = d.Reason && few
	switch {
	case d.Reason:
		d.Text += " That is too few for an effect."
	case len(enough) > 0:
		d.Text += fmt.Sprintf(" That is enough for an effect, with a factor of 2 or more between the two weights: %s.", list(enough))
		if len(less) > 0 {
			d.Text += fmt.Sprintf(" Too little for one: %s.", list(less))
		}
	}
	return d, true
}

// marginsOf returns the share of a pair's examples that its shift can move, and
// their median distance, over all seeds with logits.
func (f *figures) marginsOf(p pair) (share, median float64) {
	for i, rep := range f.Replicates {
		part := f.outputs(i).Plain
		if part == nil {
			continue
		}
		shift := posthoc.FromWeights(rep.Rounds[f.Round].Weights)
		m := part.Margins(p.i, p.j)
		share += m.Share(shift[p.i]-shift[p.j]) / float64(f.predicted.seeds)
		median += m.Median() / float64(f.predicted.seeds)
	}
	return share, median
}

// smallShare is the share of the spread below which a predicted change is small enough to
// explain why none is seen. Our choice.
const smallShare = 0.1

// smallPrediction reports whether the weights would do little even if training delivered
// all of the predicted change.
func (f *figures) smallPrediction() bool {
	return f.predicted.seeds > 0 && math.Abs(f.predicted.change) < smallShare*f.predicted.before
}

// prediction says what the weights would do if training delivered the predicted change.
func (f *figures) prediction() (Finding, bool) {
	if f.predicted.seeds == 0 || f.strength == 0 {
		return Finding{}, false
	}
	p := f.predicted
	d := Finding{
		Name: "prediction", Reason: f.slightly() && f.smallPrediction() || !f.better() && !f.harmful() && p.change > 0,
		Threshold: "a tenth of the spread", Source: "our choice; ln w after C. Elkan, 2001",
		Figures: []Figure{{"spread", p.before}, {"predicted_spread", p.after}, {"predicted_change", p.change}},
	}
	d.Text = fmt.Sprintf("Predicted without training, by adding the logarithms of these weights to the logits of %s: spread %s to %s (%s)",
		f.shifted(), small(p.before), small(p.after), change(p.change))
	switch {
	case f.smallPrediction() && d.Reason:
		d.Try = "stronger"
		d.Text += ": a small effect, even if training delivered all of it."
	case f.better() || f.harmful():
		d.Text += fmt.Sprintf(". What was measured, %s, counts for more.", change(f.change))
	case p.change > 0:
		d.Try = "weaker"
		d.Text += ": even by this prediction the weights go too far."
	default:
		d.Text += ", so these weights should make the recalls more even."
	}
	if f.Screened != nil {
		d.Figures = append(d.Figures, Figure{"search_predicted_score_change", *f.Screened})
		d.Text += fmt.Sprintf(" That is not the prediction by which the search chose this trial (score %s): the search did not know yet which weights the recipe would come to.", change(*f.Screened))
	}
	return d, true
}

// widest is the half width of the interval above which a transmission says nothing. Our
// choice.
const widest = 0.5

// ineffective reports whether training delivered too little of the predicted changes, and
// nothing that was measured says otherwise.
func (f *figures) ineffective() bool {
	return !f.Posthoc && !f.acts() && !f.ignored() && f.predicted.transmission.Ineffective()
}

// opposite returns the transmission that is below 0 with its whole interval, of the study
// or, where the study's is not known, of the arm: training moved the recalls in the
// direction opposite to that of the weights.
func (f *figures) opposite() (t posthoc.Transmission, of string, ok bool) {
	t, of = f.predicted.transmission, plural(f.predicted.transmission.Effects, "seed")
	if f.Together != nil && f.Together.Transmission.Effects > 1 {
		t = f.Together.Transmission
		of = plural(t.Effects, "trial") + " of the study"
	}
	return t, of, !f.Posthoc && !f.better() && t.Tau+t.HalfWidth() < 0
}

// inverted says that the order of the weights is wrong.
func (f *figures) inverted() (Finding, bool) {
	t, of, ok := f.opposite()
	if !ok {
		return Finding{}, false
	}
	d := Finding{
		Name: "inverted", Reason: true, Try: "turn",
		Threshold: "the whole 95 % interval below 0", Source: "Student's t over seeds or trials",
		Figures: []Figure{{"transmission", t.Tau}, {"transmission_se", t.SE}, {"transmission_half_width", t.HalfWidth()}},
		Text:    fmt.Sprintf("Training moved the recalls against the weights: it delivered %s of the predicted changes (95 %%, %s). Classes whose weights were raised lose recall, others gain.", t, of),
	}
	if !f.OwnScript {
		d.Try = "measure"
	}
	return d, true
}

// transmission says how much of the predicted changes training delivered.
func (f *figures) transmission() (Finding, bool) {
	t := f.predicted.transmission
	if f.Posthoc || f.predicted.seeds == 0 || math.IsNaN(t.Tau) {
		return Finding{}, false
	}
	d := Finding{
		Name: "transmission", Reason: f.ineffective(),
		Threshold: "less than 30 % by one standard error", Source: "our choice, after J. Byrd and Z. Lipton, 2019",
		Figures: []Figure{{"transmission", t.Tau}, {"transmission_se", t.SE}, {"transmission_half_width", t.HalfWidth()}},
	}
	of := "of the predicted change of each class's recall"
	if f.logitsOfReference() {
		of = "of the change of each class's recall that the logits of " + f.reference() + " predict"
	}
	on := "on " + plural(t.Effects, "seed")
	if t.Effects > 1 {
		on = "95 %, " + plural(t.Effects, "seed")
	}
	d.Text = fmt.Sprintf("Training delivered %s %s (%s)", t, of, on)
	switch {
	case d.Reason && f.underfitted():
		d.Try = "longer"
		d.Text += fmt.Sprintf(". Even on the training part the mean recall is only %s: the training may have been too short for weights to have an effect.", percent(interval.Mean(f.trained())))
	case d.Reason && f.interpolates():
		d.Try = "stop-early"
		d.Text += ": it ended almost as if there were no weights. The model fits its training examples almost perfectly, which is the usual reason."
	case d.Reason:
		d.Try = "measure"
		d.Text += ". Why so little is not known: the weights may not reach the loss."
	case t.HalfWidth() > widest:
		d.Text += ", which is too uncertain to say more."
	case math.IsNaN(t.HalfWidth()):
		d.Text += "."
	case math.Abs(1-t.Tau) <= t.HalfWidth():
		d.Text += ". By this trial alone it may be as predicted."
	case t.Tau < 1:
		d.Text += ". This is less than predicted."
	default:
		d.Text += ". This is more than predicted."
	}
	d.Text += f.otherwise()
	if together := f.Together; together != nil && together.Transmission.Effects > 1 {
		all := together.Transmission
		d.Figures = append(d.Figures, Figure{"study_transmission", all.Tau}, Figure{"study_transmission_se", all.SE})
		d.Text += fmt.Sprintf(" Over %s of the study it delivered %s.", plural(all.Effects, "trial"), all)
	}
	return d, true
}

// otherwise says that the spread followed its prediction in another direction than the recalls
// did theirs, with the reason; "" where it did not, or by less than is shown.
func (f *figures) otherwise() string {
	tau, measured, predicted := f.predicted.transmission.Tau, change(f.change), change(f.predicted.change)
	share := f.change / f.predicted.change
	if measured == predicted || math.IsNaN(share) || (tau < 1) == (share < 1) && (tau < 0) == (share < 0) {
		return ""
	}
	return fmt.Sprintf(" The spread is another figure, which changes that were not predicted move too: %s was predicted, %s measured.", predicted, measured)
}

// reached is how close to the floor the worst class counts as having reached it.
const reached = 0.02

// floor says what no shift can do for the hardest pair of classes. It keeps the weights
// from working only if it is a limit of the trial's own model, and only if training with
// the weights did not raise it.
func (f *figures) floor() (Finding, bool) {
	hardest, ok := f.hardestPair()
	if !ok {
		return Finding{}, false
	}
	worst := lowest(f.after)
	i, j := f.class(hardest.I), f.class(hardest.J)
	trained, known := f.floorAfter(hardest.I, hardest.J)
	own := !f.logitsOfReference()
	limit := hardest.Equal
	if known {
		limit = math.Max(limit, trained.Equal)
	}
	// A recall above the limit beyond noise shows that it is none.
	beyond := f.after[worst] > limit+f.uncertainty.classHalf[worst]
	d := Finding{
		Name: "floor", Reason: own && !beyond && f.after[worst] >= limit-reached, Try: "data",
		Threshold: "the worst class at most 2 points below that", Source: "our choice; equal error rate of the pair's ROC curve",
		Figures: []Figure{{"floor", hardest.Equal}, {"recall_i", hardest.RecallI}, {"recall_j", hardest.RecallJ}},
		Text: fmt.Sprintf("%s and %s are the hardest pair to tell apart. Leaving out all other classes, %s and %s of them are right with %s; offsets can make these two shares equal, at %s at most.",
			i, j, percent(hardest.RecallI), percent(hardest.RecallJ), f.shifted(), percent(hardest.Equal)),
	}
	if known {
		model := "the weights"
		if !own {
			model = "the trial's model, trained with the weights,"
		}
		d.Text += fmt.Sprintf(" With %s they are %s and %s, equal at %s at most.", model, percent(trained.RecallI), percent(trained.RecallJ), percent(trained.Equal))
		d.Figures = append(d.Figures, Figure{"floor_after", trained.Equal}, Figure{"recall_i_after", trained.RecallI}, Figure{"recall_j_after", trained.RecallJ})
	}
	first := lowest(f.before)
	even := min(hardest.RecallI, hardest.RecallJ) >= hardest.Equal-reached && (first == hardest.I || first == hardest.J)
	switch {
	case even && !beyond:
		d.Reason, f.pairAtLimit = true, true
		d.Text += fmt.Sprintf(" They are equal already with %s, at that limit, and one of them is the worst class: no weights or offsets raise both, only a model that tells them apart better. Evenness that weights or offsets gain comes from lowering other classes.", f.shifted())
	case d.Reason:
		d.Text += fmt.Sprintf(" The worst class has reached the limit, with a recall of %s counting all its errors: no weights or offsets raise both, better features or data can.", percent(f.after[worst]))
	case own && (worst == hardest.I || worst == hardest.J):
		d.Text += fmt.Sprintf(" Errors with the other classes come on top: counting all of them, the recall of %s, the worst class, is %s.", f.class(worst), percent(f.after[worst]))
	}
	return d, true
}

// hardestPair returns the pair whose floor, as a mean over seeds, is the lowest of
// those that are the hardest on some seed.
func (f *figures) hardestPair() (hardest posthoc.PairFloor, ok bool) {
	tried := make(map[[2]int]bool)
	for i := range f.Replicates {
		part := f.outputs(i).Plain
		if part == nil {
			continue
		}
		h, some := part.HardestPair()
		if !some || tried[[2]int{h.I, h.J}] {
			continue
		}
		tried[[2]int{h.I, h.J}] = true
		if m := f.meanFloor(h.I, h.J); !ok || m.Equal < hardest.Equal {
			hardest, ok = m, true
		}
	}
	return hardest, ok
}

// meanFloor returns the mean over seeds of a pair's floor.
func (f *figures) meanFloor(i, j int) posthoc.PairFloor {
	m := posthoc.PairFloor{I: i, J: j}
	n := float64(f.predicted.seeds)
	for k := range f.Replicates {
		if part := f.outputs(k).Plain; part != nil {
			p := part.PairFloor(i, j)
			m.Equal += p.Equal / n
			m.RecallI += p.RecallI / n
			m.RecallJ += p.RecallJ / n
		}
	}
	return m
}

// floorAfter returns the floor of the models trained with weights, if the logits
// of as many seeds were kept.
func (f *figures) floorAfter(i, j int) (posthoc.PairFloor, bool) {
	m := posthoc.PairFloor{I: i, J: j}
	n := 0
	for k := range f.Replicates {
		if part := f.outputs(k).Weighted; part != nil {
			p := part.PairFloor(i, j)
			m.Equal, m.RecallI, m.RecallJ = m.Equal+p.Equal, m.RecallI+p.RecallI, m.RecallJ+p.RecallJ
			n++
		}
	}
	m.Equal, m.RecallI, m.RecallJ = m.Equal/float64(n), m.RecallI/float64(n), m.RecallJ/float64(n)
	return m, n > 0 && n == f.predicted.seeds
}
