package explain

import (
	"fmt"
	"math"
)

// clear is how many standard errors a measured change must have. Our choice.
const clear = 2

// control is what the worst class does under a factor of 20.
type control struct {
	class           int
	plain, up, down float64
	// gap is up - down, lift is up - plain; with their standard errors.
	gap, gapSE, lift, liftSE float64
	// same says that no count of any matrix differs from those without weights.
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
	c.gap, c.lift = c.up-c.down, c.up-c.plain
	gaps, lifts := make([]float64, r.seeds), make([]float64, r.seeds)
	for i, s := range r.Seeds {
		up, down := s.Changed[0].Val, s.Changed[1].Val
		gaps[i] = up.Recall()[w] - down.Recall()[w]
		lifts[i] = up.Recall()[w] - s.Plain.Val.Recall()[w]
		c.same = c.same && up.Equal(s.Plain.Val) && down.Equal(s.Plain.Val)
	}
	k := make([]float64, len(r.changed))
	k[0], k[1] = 1, -1
	image := r.image(k)[w]
	// The training without weights may have no predictions of the same examples: as
	// if independent, which is the wider.
	apart := float64(c.up*(1-c.up)) + float64(c.plain*(1-c.plain))
	c.gapSE = r.error(r.wild(gaps, w), image)
	c.liftSE = r.error(r.wild(lifts, w), apart/math.Max(1, float64(r.support[w]-1)))
	return c
}

// wild returns the variance of a difference over seeds. One that is noisier than
// those that the milder changes leave does not profit from them.
func (r *response) wild(differences []float64, class int) float64 {
	return math.Max(r.seedSD[class]*r.seedSD[class], squares(differences)/float64(r.seeds-1))
}

// Ways in which a training can fail the control.
func (c control) inverted() bool { return c.gap < -clear*c.gapSE }
func (c control) unmoved() bool  { return !c.inverted() && !(c.gap > clear*c.gapSE) }
func (c control) stuck() bool    { return !(c.lift > clear*c.liftSE) }

// judged reports whether there is a control on enough seeds to judge by.
func (f *figures) judged() bool { return f.response != nil && f.response.seeds > 1 }

// closed reports whether not even the control moves the worst class.
func (f *figures) closed() bool { return f.judged() && f.control.unmoved() }

// unliftable reports whether the worst class can be lowered and not raised.
func (f *figures) unliftable() bool {
	return f.judged() && f.control.gap > clear*f.control.gapSE && f.control.stuck()
}

// controlOf says whether training heeds weights at all.
func (f *figures) controlOf() (Finding, bool) {
	r, c := f.response, f.control
	if r == nil {
		return Finding{}, false
	}
	name := f.Classes[c.class]
	d := Finding{
		Name:      "control",
		Threshold: "2 standard errors between the worst class times 20 and divided by 20", Source: "our choice; the standard error of seeds and validation images",
		Figures: []Figure{
			{"recall", c.plain}, {"recall_times_20", c.up}, {"recall_divided_by_20", c.down},
			{"difference", c.gap}, {"difference_se", c.gapSE}, {"lift", c.lift}, {"lift_se", c.liftSE}, {"seeds", float64(r.seeds)},
		},
		Text: fmt.Sprintf("%s x20 moves its recall from %s to %s, divided by 20 to %s: %s points between the two, with a standard error of %.1f on %s.",
			name, percent(c.plain), percent(c.up), percent(c.down), points(c.gap), 100*c.gapSE, plural(r.seeds, "seed")),
	}
	switch {
	case c.same:
		d.Reason, d.Try = true, "check"
		d.Text += " Not one count of the confusion matrix changed: the weights never reached the loss."
	case r.seeds < 2:
		d.Text += " That standard error is of the images alone: how much of the difference another seed would make is not known."
	case c.inverted():
		d.Reason, d.Try = true, "check"
		d.Text += " More weight lowers the recall: weights act the wrong way round, or on another class."
	case c.unmoved():
		d.Reason, d.Try = true, "check"
		d.Text += " Even x20 moves it by less than 2 standard errors: no loss weighting can work here."
	case c.stuck():
		d.Reason, d.Try = true, "data"
		d.Text += fmt.Sprintf(" The training heeds weights, but even x20 does not raise this class (%s points, standard error %.1f): weights can only lower it.", points(c.lift), 100*c.liftSE)
	default:
		d.Text += " The training heeds weights."
	}
	return d, true
}
