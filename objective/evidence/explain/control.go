package explain

import (
	"fmt"
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// minResponse is the change of the worst class's recall, by a factor of 400 between its
// weights, below which no loss weighting can work. Our choice.
const minResponse = 0.05

// control is the reaction of the worst class to a factor of 20.
type control struct {
	class           int
	plain, up, down float64
	// gap is up - down, lift is up - plain, sink is down - plain; with their standard
	// errors, and half the widths of their 95 % intervals, NaN with one seed.
	gap, gapSE, gapHalf, lift, liftSE, liftHalf, sink, sinkHalf float64
	// same says that every matrix is the same as without weights.
	same bool
}

// controlled computes the control; the zero value without probes.
func (f *figures) controlled() control {
	r := f.response
	if r == nil {
		return control{}
	}
	w := r.Worst
	c := control{class: w, plain: r.plain[w], up: r.changed[0][w], down: r.changed[1][w], same: true}
	c.gap, c.lift, c.sink = c.up-c.down, c.up-c.plain, c.down-c.plain
	gaps, lifts, sinks := make([]float64, r.seeds), make([]float64, r.seeds), make([]float64, r.seeds)
	for i, s := range r.Seeds {
		up, down := s.Changed[0].Val, s.Changed[1].Val
		gaps[i] = up.Recall()[w] - down.Recall()[w]
		lifts[i] = up.Recall()[w] - s.Plain.Val.Recall()[w]
		sinks[i] = down.Recall()[w] - s.Plain.Val.Recall()[w]
		c.same = c.same && up.Equal(s.Plain.Val) && down.Equal(s.Plain.Val)
	}
	k := make([]float64, len(r.changed))
	k[0], k[1] = 1, -1
	image := r.image(k)[w]
	c.gapSE, c.gapHalf = r.error(r.seedVariance(gaps, w), image), r.half(gaps, w, image)
	image = objective.ImageVariances(recalls(r.runs[0], 1), recalls(r.unweighted(), -1))[w]
	c.liftSE, c.liftHalf = r.error(r.seedVariance(lifts, w), image), r.half(lifts, w, image)
	c.sinkHalf = r.half(sinks, w, objective.ImageVariances(recalls(r.runs[1], 1), recalls(r.unweighted(), -1))[w])
	return c
}

// seedVariance returns the variance of a difference over seeds: its own, or that of the
// milder changes where that is larger.
func (r *response) seedVariance(differences []float64, class int) float64 {
	return math.Max(r.seedSD[class]*r.seedSD[class], interval.SumSquares(differences)/float64(r.seeds-1))
}

// noiseRatio returns how many times as large the variance over seeds is, over the recalls
// of all classes, between the worst class times 20 and divided by 20 than between the
// milder changes; at least 1.
func (r *response) noiseRatio() float64 {
	factors := make([]float64, len(r.changed))
	factors[0], factors[1] = 1, -1
	var far, mild float64
	for c, sd := range r.seedSD {
		far += interval.SumSquares(r.of(factors, only(c, len(r.seedSD)))) / float64(r.seeds-1)
		mild += sd * sd
	}
	if !(far > mild) {
		return 1
	}
	return far / mild
}

// half returns half the width of the 95 % interval of a mean of differences between
// two trainings on one seed, given the variance of the images; NaN with one seed. It
// is that of an [interval.Pool] of the milder changes, which has the degrees of freedom
// of all probed classes. Where trainings with weights so far from 1 scatter more, it is
// no smaller than that of the milder changes times that factor allows, with half the
// degrees of freedom of all classes but one, since classes trade examples.
func (r *response) half(differences []float64, class int, image float64) float64 {
	if r.seeds < 2 {
		return math.NaN()
	}
	own := float64(r.seeds - 1)
	pooled := r.seedSD[class] * r.seedSD[class]
	milder := interval.Pool{Groups: 1, Variance: pooled, Freedom: own * float64(len(r.Classes))}
	seeds := milder.SeedHalfWidth(interval.Group{Seeds: r.seeds, SumSquares: interval.SumSquares(differences)})
	if ratio := r.noiseRatio(); ratio > 1 {
		all := own * float64(len(r.seedSD)-1) / 2
		seeds = max(seeds, interval.Quantile(interval.TwoSided, max(1, all))*math.Sqrt(pooled*ratio/float64(r.seeds)))
	}
	return interval.Cochran(seeds, interval.Quantile(interval.TwoSided, math.Inf(1)), image)
}

// inverted reports whether more weight lowers the recall, beyond noise.
//
// This and the next are the ways in which a training can fail the control. A difference
// within noise is none of them: there may have been too few seeds to see it.
func (c control) inverted() bool { return c.gap < -c.gapHalf }

// unresponsive reports whether the worst class moves too little for any weights to work:
// with 95 % the recalls with the two weights are close to each other, and both are close
// to the recall without weights.
func (c control) unresponsive() bool {
	return c.same || !c.inverted() && c.gap+c.gapHalf < minResponse && math.Abs(c.lift) < minResponse && math.Abs(c.sink) < minResponse
}

// disturbs reports whether both weights move the recall in the same direction, beyond
// noise: an effect of such large factors on the training, not of the weight itself.
func (c control) disturbs() bool {
	return !c.moves() && !c.inverted() && math.Abs(c.lift) > c.liftHalf && math.Abs(c.sink) > c.sinkHalf && (c.lift > 0) == (c.sink > 0)
}

// moves reports whether the worst class follows its weight beyond noise.
func (c control) moves() bool { return c.gap > c.gapHalf }

// cannotRise reports whether times 20 raises the class too little, with 95 %, though its
// recall could be higher.
func (c control) cannotRise() bool { return c.plain < 1-minResponse && c.lift+c.liftHalf < minResponse }

// hasControl reports whether there is a control on enough seeds to judge by.
func (f *figures) hasControl() bool { return f.response != nil && f.response.seeds > 1 }

// unresponsive reports whether not even the control moves the worst class, and no arm of
// the study shows that weights work all the same.
func (f *figures) unresponsive() bool {
	return f.hasControl() && f.control.unresponsive() && !f.helps()
}

// unliftable reports whether the worst class can be lowered and not raised.
func (f *figures) unliftable() bool {
	return f.hasControl() && !f.unresponsive() && f.control.moves() && f.control.cannotRise()
}

// controlOf says whether weights affect training at all.
func (f *figures) controlOf() (Finding, bool) {
	r, c := f.response, f.control
	if r == nil {
		return Finding{}, false
	}
	d := Finding{
		Name:      "control",
		Threshold: "less than 5 points between the two recalls (whole 95 % interval), and from each to the recall without weights", Source: "our choice; Student's t over seeds, linearised over validation examples",
		Figures: []Figure{
			{"recall", c.plain}, {"recall_times_20", c.up}, {"recall_divided_by_20", c.down},
			{"difference", c.gap}, {"difference_se", c.gapSE}, {"difference_half_width", c.gapHalf},
			{"lift", c.lift}, {"lift_se", c.liftSE}, {"lift_half_width", c.liftHalf}, {"seeds", float64(r.seeds)},
		},
		Text: fmt.Sprintf("Multiplying the weight of %s by 20 changes its recall from %s to %s, dividing it by 20 to %s: %s points",
			f.class(c.class), percent(c.plain), percent(c.up), percent(c.down), points(c.gap)),
	}
	if r.seeds < 2 {
		d.Text += fmt.Sprintf(" between the two, with a standard error of %.1f on 1 seed.", 100*c.gapSE)
	} else {
		d.Text += fmt.Sprintf(" +- %.1f between the two (95 %%, %s).", 100*c.gapHalf, plural(r.seeds, "seed"))
	}
	// The built-in models do weigh their loss, so a check of it is no advice for them.
	find := "check"
	if !f.OwnScript {
		find = "stop-early"
		if f.underfitted() {
			find = "longer"
		}
	}
	switch {
	case c.same && f.OwnScript && !f.helps():
		d.Reason, d.Try = true, find
		d.Text += " Not one count of the confusion matrix changed: the weights never reached the loss."
	case c.same:
		d.Reason, d.Try = !f.helps(), find
		d.Text += " Not one count of the confusion matrix changed."
	case r.seeds < 2:
		d.Text += " That standard error covers the examples only: how much seeds differ is not known from one."
	case c.inverted() && f.OwnScript:
		d.Reason, d.Try = !f.helps(), find
		d.Text += " More weight lowers the recall: the weights act the wrong way round, or on another class."
	case c.inverted():
		d.Reason, d.Try = !f.helps(), find
		d.Text += " More weight lowers the recall."
	case c.unresponsive() && f.helps():
		d.Text += " That is hardly any change, although weights have an effect in this study."
	case c.unresponsive():
		d.Reason, d.Try = true, find
		d.Text += fmt.Sprintf(" A factor of 400 changes it by %s points at most: no loss weighting can work here.", atMost(c.gap+c.gapHalf))
	case c.disturbs():
		d.Text += " Both change the recall in the same direction: factors this large disturb the training, which hides the effect of the weight itself."
	case !c.moves():
		d.Text += fmt.Sprintf(" Whether weights affect training cannot be said with these seeds: the difference may be as large as %s points.", points(c.gap+c.gapHalf))
	case c.cannotRise():
		d.Reason, d.Try = true, "data"
		d.Text += fmt.Sprintf(" Weights affect training, but even times 20 raises this class by %s points at most: weights can only lower it.", atMost(c.lift+c.liftHalf))
	default:
		d.Text += " Weights affect training."
		if !(c.lift > c.liftHalf) && c.plain < 1-minResponse {
			d.Text += fmt.Sprintf(" Whether they can raise this class cannot be said with these seeds: times 20 changes it by %s points +- %.1f.", points(c.lift), 100*c.liftHalf)
		}
	}
	return d, true
}

// atMost writes an upper bound in points: 3.2, and 0.0 below 0.
func atMost(v float64) string { return fmt.Sprintf("%.1f", 100*math.Max(0, v)) }
