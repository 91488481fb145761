package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
)

// same reports whether training with weights that differ gave the same counts on every
// seed.
func (f *figures) same() bool {
	return !f.Posthoc && f.strength > 0 && !slices.ContainsFunc(f.Replicates, func(rep objective.Replicate) bool {
		return !rep.Rounds[0].Val.Equal(rep.Rounds[f.Round].Val)
	})
}

// ignored reports whether the user's own program ignores the weights. All arms of the study
// say so together, so that the answer is the same for each of them: identical logits show
// it, and identical predictions where several vectors differ enough to change some. Without
// a study it is the arm alone that says so.
func (f *figures) ignored() bool {
	if f.Posthoc || !f.OwnScript {
		return false
	}
	if all := f.Together; all != nil && all.Vectors > 0 {
		return all.Same && (all.Exactly || all.Vectors > 1 && all.Strongest >= ratio(apart) || all.Strongest >= ratio(flat))
	}
	return f.strength >= flat && f.same()
}

// ignoredWeights says that the weights never reached the training.
func (f *figures) ignoredWeights() (Finding, bool) {
	if !f.ignored() {
		return Finding{}, false
	}
	d := Finding{
		Name: "ignored", Reason: true, Try: "check",
		Threshold: "equal matrices although ln(max/min) is 0.7 or more", Source: "a different loss gives a different model",
		Figures: []Figure{{"strength", f.strength}},
		Text: fmt.Sprintf("The largest weight is %s times the smallest, yet not one count of the confusion matrix changed, on %s: the weights never reached the loss.",
			factor(ratio(f.strength)), plural(f.seeds, "seed")),
	}
	if all := f.Together; all != nil && all.Vectors > 0 {
		d.Threshold = "equal logits; or equal predictions with weights of max/min 2 or more, or with several vectors of up to 1.4 or more"
		d.Figures = append(d.Figures, Figure{"vectors", float64(all.Vectors)}, Figure{"trials", float64(all.Trials)}, Figure{"largest_ratio", all.Strongest})
		what := "predictions"
		if all.Exactly {
			what = "logits"
		}
		d.Text = fmt.Sprintf("Every training with weights gave exactly the %s of the training without them: %s in %s, with max/min up to %s. The weights never reached the loss.",
			what, vectors(all.Vectors), plural(all.Trials, "trial"), factor(all.Strongest))
	}
	return d, true
}

// vectors writes a number of weight vectors.
func vectors(n int) string {
	if n == 1 {
		return "one set of weights"
	}
	return fmt.Sprintf("%d different sets of weights", n)
}

// interpolating is the training recall of the worst class above which a network has
// hardly any loss left to weight. Our choice.
const interpolating = 0.995

// interpolates reports whether the training recalls are known and almost perfect.
func (f *figures) interpolates() bool {
	recall := f.trained()
	return recall != nil && recall[lowest(recall)] > interpolating
}

// interpolation says that the model fits its training part almost perfectly. That is no
// reason where training is known to follow the weights all the same.
func (f *figures) interpolation() (d Finding, ok, known bool) {
	if f.Posthoc {
		return d, false, true
	}
	recall := f.trained()
	if recall == nil {
		return d, false, false
	}
	if !f.interpolates() {
		return d, false, true
	}
	c := lowest(recall)
	d = Finding{
		Name: "interpolation", Reason: !f.acts(), Try: "stop-early",
		Threshold: "recall of the worst class on the training part above 99.5 %", Source: "our choice; J. Byrd and Z. Lipton, 2019; S. Sagawa et al., Distributionally robust neural networks, 2020",
		Figures: []Figure{{"worst_train_recall", recall[c]}},
		Text:    fmt.Sprintf("The model fits its training examples almost perfectly (worst class %s, recall %s)", f.class(c), percent(recall[c])),
	}
	if d.Reason {
		d.Text += ": where the loss is near zero, weights have nothing to act on."
	} else {
		d.Text += "; the weights act all the same."
	}
	return d, true, true
}

// trained returns the mean recalls on the training part; nil where it was not measured.
func (f *figures) trained() []float64 {
	recall := make([]float64, len(f.Classes))
	for _, rep := range f.Replicates {
		m := rep.Rounds[f.Round].Train
		if m == nil {
			return nil
		}
		add(recall, m.Recall(), f.seeds)
	}
	return recall
}

// wellFitted is the mean recall on the training part below which a perfect fit is not the
// reason for weights without effect. Our choice.
const wellFitted = 0.9

// underfitted reports whether it is lower.
func (f *figures) underfitted() bool {
	recall := f.trained()
	return recall != nil && interval.Mean(recall) < wellFitted
}

// worse reports whether the recalls are less even, beyond noise or, where noise hides
// that, as predicted.
func (f *figures) worse() bool {
	switch {
	case f.better():
		return false
	case f.harmful():
		return true
	case f.Test != nil && f.Test.Difference < 0:
		return false
	}
	return f.change > 0 && f.strength > 0 && f.predicted.seeds > 0 && f.predicted.change > 0
}

// overshoot says which class pays too much.
func (f *figures) overshoot() (Finding, bool) {
	if _, _, opposite := f.opposite(); !f.worse() || opposite {
		return Finding{}, false
	}
	low := lowest(f.after)
	d := Finding{
		Name: "overshoot", Reason: true, Try: "weaker",
		Threshold: "a larger spread beyond noise, or as predicted from logits", Source: "the interval of the change",
		Figures: []Figure{{"spread_before", f.spreadBefore}, {"spread_after", f.spreadAfter}, {"ratio", ratio(f.strength)}},
		Text: fmt.Sprintf("The weights go too far: the largest is %s times the smallest, and the spread changes from %s to %s on validation. The worst class is now %s, whose recall went from %s to %s.",
			factor(ratio(f.strength)), small(f.spreadBefore), small(f.spreadAfter), f.class(low), percent(f.before[low]), percent(f.after[low])),
	}
	return d, true
}

// noiseOf compares the arm's score with the noise of seeds and examples. Estimate and
// interval are the stored ones.
func (f *figures) noiseOf() (Finding, bool) {
	u, s := f.uncertainty, f.stored
	if math.IsNaN(u.seedSD) {
		return Finding{}, false
	}
	d := Finding{
		Name: "noise", Reason: !f.better() && !f.harmful() && !f.worse() && !f.ignored(), Try: "seeds",
		Threshold: "95 %; 80 % power for the smallest effect", Source: "Student's t over seeds, linearised over examples",
		Figures: []Figure{
			{"score_change", s.Difference}, {"half_width", s.Half}, {"spread_before", f.spreadBefore}, {"spread_after", f.spreadAfter}, {"spread_change", f.change},
			{"smallest_measurable", u.smallest}, {"seed_sd", u.seedSD}, {"image_se", math.Sqrt(u.image)},
		},
	}
	if f.better() {
		d.Try = "paste"
	}
	if f.Pool.Groups > 1 {
		d.Threshold = fmt.Sprintf("95 %% for all %d arms together; 80 %% power for the smallest effect", f.Pool.Groups)
	}
	if u.unpaired {
		d.Source = "unweighted models alone: a difference of two has sqrt(2) times their standard deviation"
	}
	var text strings.Builder
	if t := f.Test; t != nil {
		d.Figures = append(d.Figures, Figure{"test_change", t.Difference}, Figure{"test_low", t.Low}, Figure{"test_high", t.High})
		fmt.Fprintf(&text, "On the test part the recipe changes the spread by %s, %s. ", t.changed(), beyond(t.Better || t.Worse))
	}
	fmt.Fprintf(&text, "On validation, over %s, the spread goes from %s to %s, and the score, which also counts lost accuracy, changes by %s", plural(f.seeds, "seed"), small(f.spreadBefore), small(f.spreadAfter), change(s.Difference))
	switch {
	case math.IsNaN(s.Half) && f.Invalid:
		text.WriteString("; a trial that was declared invalid has no interval")
	case math.IsNaN(s.Half):
		fmt.Fprintf(&text, "; fewer than %d seeds have no interval", interval.EnoughSeeds)
	default:
		fmt.Fprintf(&text, " +- %s, %s", small(s.Half), beyond(math.Abs(s.Difference) > s.Half))
	}
	if d.Reason {
		fmt.Fprintf(&text, ". Changes below %s by these weights may be missed on validation with %s", small(u.smallest), plural(f.seeds, "seed"))
	}
	d.Text = text.String() + "."
	d.Source += fmt.Sprintf("; the change has a standard deviation of %s from seed to seed and %s from one set of examples to another", small(u.seedSD), small(math.Sqrt(u.image)))
	return d, true
}

// beyond says whether a change is beyond noise.
func beyond(noise bool) string {
	if noise {
		return "beyond noise"
	}
	return "within noise"
}

// even is the spread that classes of equal true recall would show by chance: its mean, and
// the limit that one measurement in twenty exceeds, and a mean over seeds less often.
type even struct{ average, limit float64 }

// evenAt returns it for a mean recall.
func evenAt(s objective.Spread, recall float64, support []int64) even {
	return even{posthoc.EvenSpread(s, recall, support), posthoc.EvenLimit(s, recall, support)}
}

// alreadyEven reports whether there is nothing to even out, and nothing was measured to even
// out anything.
func (f *figures) alreadyEven() bool { return !f.uneven() && f.spreadBefore <= f.even.limit }

// sample compares the spread with that of even classes.
func (f *figures) sample() (Finding, bool) {
	d, ok := sampleFinding(f.even, f.own(), f.spreadBefore, f.balancedBefore, f.support)
	if d.Reason && f.uneven() {
		return Finding{}, false
	}
	return d, ok
}

// sampleFinding is the finding for the spread of a model at a mean recall.
func sampleFinding(e even, model string, spread, recall float64, support []int64) (Finding, bool) {
	average, limit := e.average, e.limit
	if math.IsNaN(average) {
		return Finding{}, false
	}
	lo := slices.Min(support)
	if lo < 1 {
		lo = 1
	}
	se := math.Sqrt(recall * (1 - recall) / float64(lo))
	d := Finding{
		Name: "sample", Reason: spread <= limit, Try: "images",
		Threshold: fmt.Sprintf("%s, which perfectly even classes exceed at most 1 time in 20", small(limit)), Source: "simulated binomial counts of that mean recall; sqrt(r (1 - r) / m)",
		Figures: []Figure{{"spread", spread}, {"even_spread", average}, {"even_limit", limit}, {"recall_se", se}},
		Text: fmt.Sprintf("With %s validation examples a class, a recall of %s has a standard error of %.1f points, and the noise floor of the spread is %s (what perfectly even classes would show).",
			count(support), percent(recall), 100*se, small(average)),
	}
	if d.Reason {
		d.Text += fmt.Sprintf(" The spread of %s, %s, may be noise alone: no unevenness is shown that weights could reduce.", model, small(spread))
	} else {
		d.Text += fmt.Sprintf(" The spread of %s, %s, is beyond that noise: the classes do differ.", model, small(spread))
	}
	return d, true
}

// moved reports whether the recall of a class changed beyond noise.
func (f *figures) moved(c int) bool {
	return math.Abs(f.after[c]-f.before[c]) > f.uncertainty.classHalf[c]
}

// price says who gained and who paid.
func (f *figures) price() (Finding, bool) {
	var up, down []int
	for c := range f.Classes {
		switch d := f.after[c] - f.before[c]; {
		case d > 0:
			up = append(up, c)
		case d < 0:
			down = append(down, c)
		}
	}
	if !slices.ContainsFunc(slices.Concat(up, down), f.moved) {
		return Finding{}, false
	}
	lost := f.balancedBefore - f.balancedAfter
	d := Finding{
		Name: "price", Try: "weaker",
		Threshold: "the 95 % interval of each class alone for its change to be beyond noise; a probability above .5 that the study's limit of accuracy is exceeded", Source: "Student's t over seeds, linearised over examples, as in evenkeel compare; objective.accuracy_tolerance",
		Figures: []Figure{{"balanced_accuracy_change", -lost}, {"spread_change", f.change}},
	}
	var sides []string
	for _, side := range []struct {
		word    string
		classes []int
	}{{"Up", up}, {"Down", down}} {
		if len(side.classes) > 0 {
			word := side.word
			if len(sides) == 0 {
				word += ", in points of recall"
			}
			sides = append(sides, word+": "+f.moves(side.classes))
		}
	}
	d.Text = strings.Join(sides, ". ") + fmt.Sprintf(". Balanced accuracy %s points", points(-lost))
	if f.change < 0 && lost >= 0.0005 { // what is shown as 0.1 points
		price := lost / -f.change
		d.Figures = append(d.Figures, Figure{"price", price})
		d.Text += fmt.Sprintf(": %.2f points of balanced accuracy for each .01 of spread", price)
	}
	// What is too much the study says: its limit.
	if d.Reason = f.overLimit(); d.Reason {
		d.Text += fmt.Sprintf("; your limit is %s points", unsigned(f.Score.Tolerance))
	}
	d.Text += "."
	if t := f.Test; t != nil {
		d.Figures = append(d.Figures, Figure{"test_balanced_accuracy_change", -t.Drop})
		d.Text = "On validation: " + lower(d.Text) + fmt.Sprintf(" On the test part balanced accuracy changes by %s points.", points(-t.Drop))
	}
	return d, true
}

// overLimit reports whether the arm probably loses more accuracy than the study allows.
func (f *figures) overLimit() bool { return f.lossProbability() > 0.5 }

// lossProbability returns the probability that it does, by the test part where that was
// measured.
func (f *figures) lossProbability() float64 {
	if f.Test != nil {
		return f.Test.Loss
	}
	return f.Score.LossProbability(f.measured.Drop, f.measured.DropSE)
}

// moves lists classes with their changes, the largest first, and says which of them are within
// noise.
func (f *figures) moves(classes []int) string {
	slices.SortStableFunc(classes, func(a, b int) int {
		x, y := math.Abs(f.after[a]-f.before[a]), math.Abs(f.after[b]-f.before[b])
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	const most = 4
	var words []string
	for _, c := range classes[:min(len(classes), most)] {
		text := fmt.Sprintf("%s %s", f.class(c), points(f.after[c]-f.before[c]))
		if !f.moved(c) {
			text += " (within noise)"
		}
		words = append(words, text)
	}
	switch rest := len(classes) - most; {
	case rest == 1:
		words = append(words, "one more class by less")
	case rest > 1:
		words = append(words, fmt.Sprintf("%d more classes by less", rest))
	}
	return list(words)
}
