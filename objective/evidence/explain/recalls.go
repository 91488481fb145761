package explain

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
)

// Recalls are recalls of an unweighted model and the weights made from them, for an
// explanation without a study.
type Recalls struct {
	// Classes are the names of the classes; nil numbers them from 0.
	Classes []string
	// Recall is from 0 to 1, Weights are positive; one entry per class.
	Recall, Weights []float64
	// Support is the number of examples that each recall was measured on, nil if
	// unknown.
	Support []int64
}

// usual says how certain a network usually is, where nothing is known of the user's: the
// figures of the built-in study's reference over its seeds.
const usual = "Networks are usually more certain: in this program's built-in study, half of the examples of the three most confused pairs have probabilities of 92 : 8 or farther apart."

// Explain says what such weights can do, as far as recalls show it. The error says what
// is wrong with them.
func (c Recalls) Explain() (*Report, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	if c.Classes == nil {
		for k := range c.Recall {
			c.Classes = append(c.Classes, fmt.Sprintf("class %d", k))
		}
	}
	c.Classes = slices.Clone(c.Classes)
	for k, name := range c.Classes {
		c.Classes[k] = objective.InSentence(name)
	}
	shift := posthoc.FromWeights(c.Weights)
	strength := slices.Max(shift) - slices.Min(shift)
	low, next := c.lowestTwo()
	between := shift[low] - shift[next]
	r := &Report{}
	keep := func(d Finding, ok bool) {
		if ok {
			r.Findings = append(r.Findings, d)
		}
	}
	d, ok := strengthFinding(strength, c.Classes[lowest(shift)], c.Classes[highest(shift)])
	if strength > 0 {
		d.Text += " " + usual
	}
	keep(d, ok)
	keep(c.pair(shift, low, next))
	best := highest(c.Recall)
	inverted := shift[low] < shift[best]
	keep(c.inverted(shift, low, best))
	even := false
	if c.Support != nil {
		d, ok := sampleFinding(evenAt(objective.StdDev, interval.Mean(c.Recall), c.Support), "these recalls", objective.StdDev.Of(c.Recall), interval.Mean(c.Recall), c.Support)
		keep(d, ok)
		even = d.Reason
	}
	r.Missing = c.missing()
	switch {
	case even:
		r.Verdict, r.Text = Even, "There is nothing to even out: perfectly even classes would differ as much on this many examples."
	case inverted:
		r.Verdict = Inverted
		r.Text = fmt.Sprintf("The weights are upside down: %s has the lowest recall and a smaller weight than %s, which has the highest.", c.Classes[low], c.Classes[best])
	case strength < flat:
		r.Verdict = TooWeak
		r.Text = fmt.Sprintf("The weights are too weak to matter: no two of them differ by more than a factor of %s (%s and %s), and those of the lowest recalls, %s and %s, by %s.",
			factor(ratio(strength)), c.Classes[lowest(shift)], c.Classes[highest(shift)], c.Classes[low], c.Classes[next], factor(ratio(math.Abs(between))))
	default:
		r.Verdict = Strong
		r.Text = fmt.Sprintf("The weights are strong enough to have an effect: that of %s is %s times that of %s. Recalls do not show whether training follows them; run evenkeel search to see this.",
			c.Classes[highest(shift)], factor(ratio(strength)), c.Classes[lowest(shift)])
	}
	var first []string
	if even {
		first = []string{"sample"}
	}
	c.next(r, low, next, strength)
	r.arrange(first)
	r.choose(first)
	return r, nil
}

// validate says what is wrong.
func (c Recalls) validate() error {
	k := len(c.Recall)
	switch {
	case k < 2:
		return fmt.Errorf("%d recalls; want at least two", k)
	case len(c.Weights) != k:
		return fmt.Errorf("%d weights for %d recalls; want one for each", len(c.Weights), k)
	case c.Classes != nil && len(c.Classes) != k:
		return fmt.Errorf("%d names for %d recalls; want one for each", len(c.Classes), k)
	case c.Support != nil && len(c.Support) != k:
		return fmt.Errorf("%d supports for %d recalls; want one for each", len(c.Support), k)
	}
	for i, w := range c.Weights {
		if !(w > 0) || math.IsInf(w, 0) {
			return fmt.Errorf("weight %d is %v; want a positive number", i+1, w)
		}
		if r := c.Recall[i]; !(r >= 0 && r <= 1) {
			return fmt.Errorf("recall %d is %v; want a number from 0 to 1", i+1, r)
		}
		if c.Support != nil && c.Support[i] < 1 {
			return fmt.Errorf("support %d is %d; want at least 1", i+1, c.Support[i])
		}
	}
	return nil
}

// lowestTwo returns the class with the lowest recall and the next.
func (c Recalls) lowestTwo() (low, next int) {
	low = lowest(c.Recall)
	others := slices.Clone(c.Recall)
	others[low] = math.NaN()
	return low, lowest(others)
}

// inverted says that the class with the highest recall has a larger weight than the one
// with the lowest.
func (c Recalls) inverted(shift []float64, low, best int) (Finding, bool) {
	if !(shift[low] < shift[best]) {
		return Finding{}, false
	}
	return Finding{
		Name: "inverted", Reason: true, Try: "turn", Figures: []Figure{{"shift", shift[low] - shift[best]}},
		Threshold: "a weight of the lowest class below that of the highest", Source: "a larger weight raises a class's recall at the cost of the others",
		Text: fmt.Sprintf("The weight of %s (recall %s) is that of %s (recall %s) divided by %s: the weights take predictions from the class with the lowest recall and give them to the one with the highest.",
			c.Classes[low], percent(c.Recall[low]), c.Classes[best], percent(c.Recall[best]), factor(ratio(shift[best]-shift[low]))),
	}, true
}

// example writes the weights 1 - recall at mean 1, if they are few.
func example(classes []string, recall []float64) string {
	const most = 5
	sum := 0.0
	for _, r := range recall {
		sum += 1 - r
	}
	if len(classes) > most || !(sum > 0) {
		return "weights that fall as recalls rise"
	}
	words := make([]string, len(classes))
	for k, r := range recall {
		words[k] = fmt.Sprintf("%s %.2f", classes[k], (1-r)/sum*float64(len(recall)))
	}
	return strings.Join(words, ", ")
}

// pair is about the two classes with the lowest recalls, since it is not known which
// classes are confused.
func (c Recalls) pair(shift []float64, low, next int) (Finding, bool) {
	s := shift[low] - shift[next]
	if math.Abs(s) >= apart {
		return Finding{}, false
	}
	text := fmt.Sprintf("%s (%s) and %s (%s) have the lowest recalls, and their weights differ by a factor of only %s",
		c.Classes[low], percent(c.Recall[low]), c.Classes[next], percent(c.Recall[next]), factor(ratio(math.Abs(s))))
	if how := together(shift[low], shift[next]); how != "" {
		text += ": " + how
	}
	text += fmt.Sprintf(". If these two are confused with each other, only predictions can change in which their probabilities are nearly equal (%s).", odds(s))
	return Finding{
		Name: "pairs", Reason: true, Try: "data", Text: text, Figures: []Figure{{"shift", s}},
		Threshold: "a shift of 0.35 nats, a factor of 1.4 between the two weights", Source: "our choice, half of that for all classes",
	}, true
}

// missing says what recalls do not show.
func (c Recalls) missing() []string {
	all := []string{"Recalls alone do not show which classes are confused, how certain the model is, or how much seeds vary. Run evenkeel search to see this."}
	if c.Support == nil {
		all = append(all, "How many examples each recall was measured on is not known. Add --support 500,500,... (a number for each class) to see whether the recalls differ by more than noise.")
	}
	return all
}

// next fills in what to try.
func (c Recalls) next(r *Report, low, next int, strength float64) {
	if r.Verdict == Even {
		return
	}
	r.Next = append(r.Next, Remedy{
		Name: "offsets", Lines: addToLogits(posthoc.FromWeights(c.Weights), c.Classes),
		Text: "Add the logarithms of the weights to the logits of the model without weights, instead of training with them. They then act in full, and nothing is trained:",
	})
	if r.Verdict == Inverted {
		r.Next = append([]Remedy{{
			Name: "turn", Text: fmt.Sprintf("Check that classes and weights are in the same order, and that the formula is not inverted. For these recalls (1 - recall)^1 gives %s.", example(c.Classes, c.Recall)),
		}}, r.Next...)
	}
	if r.Verdict == TooWeak {
		r.Next = append(r.Next, c.stronger(strength))
	}
	if r.reason("pairs") {
		r.Next = append(r.Next, dataRemedy(c.Classes[low], c.Classes[next]))
	}
}

// stronger proposes the weights that differ by the factors of the errors.
func (c Recalls) stronger(strength float64) Remedy {
	recalls := make([]string, len(c.Recall))
	for k, r := range c.Recall {
		recalls[k] = strconv.FormatFloat(r, 'g', -1, 64)
	}
	return Remedy{
		Name: "stronger", Lines: []string{"evenkeel weights --scheme error-power --exponent 1 --recall " + strings.Join(recalls, ",")},
		Text: "Use stronger weights." + byErrors(c.Recall, strength) + " These print them:",
	}
}
