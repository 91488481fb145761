package check

import (
	"context"
	"fmt"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
)

const adviceUnused = "Pass the class weights of each request to the loss (PyTorch: nn.CrossEntropyLoss(weight=torch.tensor(weights)); " +
	"scikit-learn: class_weight=dict(enumerate(weights))), and build the loss anew in each run."

const adviceOrder = "Give the weights to the loss in the order of the classes that the trainer states, which must be the order of its labels 0, 1, 2, ...: " +
	"look for sorted or reversed class names, labels counted from 1, and a weight used as its inverse."

// mode is one way of applying weights, with the trainings that check it.
type mode struct {
	apply  string
	suffix string // of the lines' names
	// full says that everything is checked, not only the essential.
	full                       bool
	cancel                     context.CancelFunc
	first, second, tens, tenth []*training
	nudged                     []*training // asked for when needed
}

// startMode asks for the trainings of one way of applying weights.
func (c *checker) startMode(ctx context.Context, apply string, full bool) *mode {
	m := &mode{apply: apply, full: full}
	if len(c.cfg.Apply) > 1 {
		m.suffix = " (" + apply + ")"
	}
	ctx, m.cancel = context.WithCancel(ctx)
	first := c.weighted(c.first, apply, len(c.cfg.Seeds))
	m.first = c.pool.submit(ctx, first...)
	if full {
		m.tens = c.pool.submit(ctx, c.equal(10, apply)...)
		m.second = c.pool.submit(ctx, c.weighted(c.second, apply, 2)...)
	}
	m.tenth = c.pool.submit(ctx, times(10, first)...)
	return m
}

// weighted returns the specs of a probe on the first n seeds.
func (c *checker) weighted(p probe, apply string, n int) []objective.Spec {
	specs := c.specs(n)
	for i, s := range specs {
		weighted, err := s.WithWeights(p.weights(len(c.info.Classes)), apply, 0)
		if err != nil {
			panic(fmt.Sprintf("check: weights of 1 and %v: %v", objective.ProbeFactor, err)) // they are positive and finite
		}
		specs[i] = weighted
	}
	return specs
}

// equal returns specs in which every class has the weight w, which no study requests.
func (c *checker) equal(w float32, apply string) []objective.Spec {
	specs := c.specs(len(c.cfg.Seeds))
	for i := range specs {
		specs[i].Weights, specs[i].Apply = slices.Repeat([]float32{w}, len(c.info.Classes)), apply
	}
	return specs
}

// times returns the specs with their weights multiplied. A [objective.Spec] has
// its weights at mean 1, and none where they are equal; a trainer must accept any.
func times(factor float32, specs []objective.Spec) []objective.Spec {
	specs = slices.Clone(specs)
	for i := range specs {
		specs[i].Weights = slices.Clone(specs[i].Weights)
		for k := range specs[i].Weights {
			specs[i].Weights[k] *= factor
		}
	}
	return specs
}

// weights reports how the trainer applies weights in one way. It returns whether
// the check can go on.
func (c *checker) weights(ctx context.Context, m *mode) bool {
	defer m.cancel()
	boosted, err := results(m.first)
	if err != nil {
		return c.failed(ctx, nameReaction+m.suffix, "the training fails with class weights, though it works without",
			"Fix this: every round of a study but the first trains with class weights.", err)
	}
	if c.brokeDown(boosted, m) {
		return true // the rest would say nothing about weights
	}
	if m.full {
		c.tens, _ = results(m.tens) // if that failed, scale says so
	}
	first, err := c.judge(ctx, c.first, m, boosted)
	if err != nil {
		return c.failed(ctx, nameReaction+m.suffix, failsNudged, adviceUnused, err)
	}
	c.say(c.reaction(first, m))
	if !first.followed && first.other < 0 {
		return true // the rest would say nothing about weights without effect
	}
	if m.full {
		also, err := results(m.second)
		if err != nil {
			return c.failed(ctx, nameOrder+m.suffix, "the training fails with the weight of another class raised", adviceUnused, err)
		}
		second, err := c.judge(ctx, c.second, m, also)
		if err != nil {
			return c.failed(ctx, nameOrder+m.suffix, failsNudged, adviceUnused, err)
		}
		c.say(c.order(first, second, m))
	}
	return c.scale(ctx, m, boosted)
}

// brokeDown reports trainings in which a class's weight makes class 0 of everything, as argmax
// does of NaN, and whether they are such. Where the class is class 0 itself, the second probe
// decides.
func (c *checker) brokeDown(boosted []*objective.Result, m *mode) bool {
	broken := func(j guessing.Judgement) bool { return j.Kind == guessing.OneClass && j.NaN != guessing.Numbers }
	j, class := judged(boosted), c.first.class
	if !broken(j) {
		return false
	}
	if class == 0 {
		if !m.full {
			return false
		}
		also, err := results(m.second)
		if err != nil || !broken(judged(also)) {
			return false
		}
		j, class = judged(also), c.second.class
	}
	model := fmt.Sprintf("the model trained with the weight of %s x%g", c.class(class), objective.ProbeFactor)
	c.say(Line{Name: nameGuessing + m.suffix, State: Fault, Text: j.Text(model, c.info.Classes), Advice: j.Advice()})
	return true
}

// judge compares a probe's runs with the unweighted ones. The runs with every weight 10
// give the noise. Where nothing is beyond that, those with every weight 1.001 do, since
// the former may be faulty themselves.
func (c *checker) judge(ctx context.Context, p probe, m *mode, weighted []*objective.Result) (reaction, error) {
	same := true
	for i, w := range weighted {
		same = same && alike(c.plain[i], w) && logitGap(c.plain[i], w) == 0
	}
	plain, after := measure(c.plain), measure(weighted)
	var r reaction
	if c.tens != nil {
		r = p.judge(plain, after, measure(c.tens))
	}
	if !r.followed && !same {
		nudged, err := c.nudged(ctx, m)
		if err != nil {
			return r, err
		}
		r = p.judge(plain, after, measure(nudged))
	}
	r.same = same
	return r, nil
}

// nudge is an equal weight for all classes that differs from 1 by rounding only.
const nudge = 1.001

// failsNudged is reported when a training fails with every weight at nudge.
const failsNudged = "the training fails with every weight 1.001, though it works without weights"

// nudged returns runs with every weight 1.001, which are unweighted but for rounding. They
// are trained at the first call.
func (c *checker) nudged(ctx context.Context, m *mode) ([]*objective.Result, error) {
	if m.nudged == nil {
		m.nudged = c.pool.submit(ctx, c.equal(nudge, m.apply)...)
	}
	return results(m.nudged)
}

// reaction describes how the class of the first probe reacted.
func (c *checker) reaction(r reaction, m *mode) Line {
	name := c.class(r.class)
	f := Line{Name: nameReaction + m.suffix, State: OK}
	if r.down {
		f.Name = "one class /20" + m.suffix
	}
	f.Text = fmt.Sprintf("weight of %s %s: its recall goes from %s to %s (%s)",
		name, r.times(), percent(r.before), percent(r.after), plural(len(c.plain), "seed"))
	switch {
	case r.followed:
	case r.same:
		f.State, f.Advice = Fault, adviceUnused
		f.Text = fmt.Sprintf("weight of %s %s: nothing changes at all, so the weights are not used", name, r.times())
	case r.other >= 0:
		f.State, f.Advice = Fault, adviceOrder
		f.Text += fmt.Sprintf("; %s reacts instead, and is predicted for %s of the examples, before for %s",
			c.class(r.other), percent(r.otherAfter), percent(r.otherBefore))
	case c.fitsPerfectly():
		f.State = Warning
		f.Text += ", which may be noise; the model fits its training part perfectly, and then weights have little effect"
		f.Advice = "Train for fewer epochs or regularise more, since weights have little to act on now. If that does not help, check that the weights reach the loss."
	case r.down:
		f.State = Warning
		f.Text += ", which may be noise; the model makes hardly any errors, so that weights have little to act on"
		f.Advice = "There may be nothing to even out here. If a harder task gives the same result, check that the weights reach the loss."
	case sureRise*(1-r.before) < r.least:
		f.State = Warning
		f.Text += fmt.Sprintf(", but noise is so large that only %s would count: whether weights affect training cannot be said", signed(r.least))
		f.Advice = "Hold out more validation examples, or train longer, so that seeds differ less."
	default:
		f.State, f.Advice = Fault, adviceUnused
		f.Text += fmt.Sprintf(", which is within noise (%s would count): the weights are ignored, or have too little effect for a search",
			signed(r.least))
	}
	return f
}

// perfectFit is the recall on the training part from which on a model counts as fitting it
// perfectly. Then weights hardly matter: Byrd and Lipton, 2019, "What is the
// effect of importance weighting in deep learning?". It is a mean over classes, so it
// is higher than what package explain asks of the worst class: with a mean of .999 the
// worst of ten classes may have .99.
const perfectFit = 0.999

// fitsPerfectly reports whether the unweighted models fit their training part
// perfectly, where that is known.
func (c *checker) fitsPerfectly() bool {
	for _, r := range c.plain {
		if r.Train == nil || !(r.Train.BalancedAccuracy() >= perfectFit) {
			return false
		}
	}
	return true
}

// order reports whether the weights of two classes act on these classes.
func (c *checker) order(first, second reaction, m *mode) Line {
	f := Line{Name: nameOrder + m.suffix, State: OK}
	var wrong string
	for _, r := range []reaction{first, second} {
		if r.other >= 0 {
			if wrong != "" {
				wrong += ", "
			}
			wrong += fmt.Sprintf("the weight of %s acts on %s", c.class(r.class), c.class(r.other))
		}
	}
	switch {
	case wrong != "":
		f.State, f.Text, f.Advice = Fault, wrong, adviceOrder
	case !second.followed:
		f.State = Warning
		f.Text = fmt.Sprintf("%s reacts to its weight; with the weight of %s %s, its recall only goes from %s to %s, which may be noise",
			c.class(first.class), c.class(second.class), second.times(), percent(second.before), percent(second.after))
		f.Advice = "Check that the weights are in the order of the labels."
	default:
		f.Text = fmt.Sprintf("the weights of %s and %s each act on their own class", c.class(first.class), c.class(second.class))
	}
	return f
}
