package explain

import (
	"fmt"
	"math"
	"strings"

	"evenkeel/objective/evidence/interval"
)

// sensitivity says by how many points one nat on a class changes its recall, and which
// class pays for it.
func (f *figures) sensitivity() (Finding, bool) {
	r := f.response
	if r == nil {
		return Finding{}, false
	}
	d := Finding{
		Name:      "sensitivity",
		Threshold: "95 % for a class to be named as losing", Source: "one training with the weight times 1.6 and one with it divided by 1.6; Student's t over seeds, pooled over the classes, and examples",
	}
	var parts, names []string
	for i, c := range r.Classes {
		names = append(names, f.Classes[c])
		text := fmt.Sprintf("%s %s +- %.1f points", f.class(c), points(r.slope[i][c]), 100*r.slopeSE[i][c])
		if p := lowest(r.slope[i]); p != c && r.slope[i][p] < -r.clear()*r.slopeSE[i][p] {
			text += fmt.Sprintf(" (%s loses %s +- %.1f)", f.class(p), lowered(r.slope[i][p]), 100*r.slopeSE[i][p])
		}
		parts = append(parts, text)
		for _, of := range r.Classes {
			key := fmt.Sprintf("%s by %s", f.Classes[of], f.Classes[c])
			d.Figures = append(d.Figures, Figure{key, r.slope[i][of]}, Figure{key + " se", r.slopeSE[i][of]})
		}
	}
	d.Text = fmt.Sprintf("Sensitivities: a weight 2.7 times as large, for one class at a time, changes the recalls as follows (+- one standard error, %s): %s.", plural(r.seeds, "seed"), strings.Join(parts, ", "))
	if rest := len(f.Classes) - len(names); rest > 0 {
		what := "weight of the other class was"
		if rest > 1 {
			what = fmt.Sprintf("weights of the other %d classes were", rest)
		}
		d.Text += fmt.Sprintf(" The %s not changed.", what)
	} else {
		// Raising all weights together changes nothing, so these sums are about 0.
		most := 0.0
		for c := range f.Classes {
			var sum float64
			for i := range r.Classes {
				sum += r.slope[i][c]
			}
			most = math.Max(most, math.Abs(sum))
		}
		d.Figures = append(d.Figures, Figure{"largest_row_sum", most})
	}
	if r.seeds < 2 {
		d.Text += " These standard errors cover the examples only, not the seeds."
	}
	return d, true
}

// probedShifts are the shifts of the probed classes by the arm's weights, relative to the
// mean shift of the others, which count as equal.
func (f *figures) probedShifts() []float64 {
	r := f.response
	probed := make(map[int]bool)
	for _, c := range r.Classes {
		probed[c] = true
	}
	var rest []float64
	for c, s := range f.shift {
		if !probed[c] {
			rest = append(rest, s)
		}
	}
	var base float64
	if len(rest) > 0 {
		base = interval.Mean(rest)
	}
	shifts := make([]float64, len(r.Classes))
	for i, c := range r.Classes {
		shifts[i] = f.shift[c] - base
	}
	return shifts
}

// forecast is what the sensitivities predict for the arm's weights.
type forecast struct {
	// recalls are the changes of the recalls, change is that of the spread and se its
	// standard error.
	recalls    []float64
	change, se float64
	// farthest is the largest shift of a probed class.
	farthest float64
}

// forecast extrapolates the sensitivities linearly to the arm's weights.
func (f *figures) forecast() forecast {
	r := f.response
	var out forecast
	out.recalls = make([]float64, len(f.Classes))
	after, k := make([]float64, len(f.Classes)), make([]float64, len(r.changed))
	var size float64
	for i, s := range f.probedShifts() {
		out.farthest = math.Max(out.farthest, math.Abs(s))
		size += float64(s * s)
		for c, j := range r.slope[i] {
			out.recalls[c] += float64(j * s)
		}
		for at, x := range r.column(i, s) {
			k[at] += x
		}
	}
	for c, d := range out.recalls {
		after[c] = math.Max(0, math.Min(1, r.plain[c]+d))
	}
	out.change = f.Score.Spread.Of(after) - f.Score.Spread.Of(r.plain)
	g := f.Score.Spread.Gradient(after)
	var image float64
	for c, v := range r.image(k) {
		image += float64(g[c] * g[c] * v)
	}
	out.se = r.error(size*r.scatter(g), image)
	return out
}

// expected compares what the weights should do by the sensitivities with the noise of a
// seed.
func (f *figures) expected() (Finding, bool) {
	if f.response == nil || f.strength == 0 || f.control.same {
		return Finding{}, false
	}
	r, e := f.response, f.forecast()
	w := r.Worst
	sd := f.uncertainty.seedSD
	d := Finding{
		Name: "expected", Try: "stronger",
		Threshold: "the standard deviation of the change of the spread from seed to seed", Source: "our choice; sensitivities times ln w, extrapolated linearly, with classes that were not probed at their mean weight",
		Figures: []Figure{
			{"expected_change", e.change}, {"expected_change_se", e.se}, {"change", f.change}, {"seed_sd", sd},
			{"expected_recall_change", e.recalls[w]}, {"recall_seed_sd", r.seedSD[w]}, {"farthest_shift", e.farthest},
		},
		Text: fmt.Sprintf("Predicted from the trainings of --measure, by the sensitivities above, the weights should change the spread by %s (standard error %s) and the recall of %s by %s points; measured were %s and %s points",
			change(e.change), small(e.se), f.class(w), points(e.recalls[w]), change(f.change), points(f.after[w]-f.before[w])),
	}
	if r.seeds < 2 || math.IsNaN(sd) {
		d.Text += ". How much seeds vary is not known from one seed."
		return d, true
	}
	d.Text += fmt.Sprintf(". From seed to seed these vary by %s and %.1f points (standard deviations)", small(sd), 100*r.seedSD[w])
	below := math.Abs(e.change) < sd
	d.Reason = below && !f.better()
	if below {
		d.Text += ": the expected change of the spread is smaller than the noise of one seed."
	} else {
		d.Text += ": the expected change of the spread is larger than the noise of one seed."
	}
	if e.farthest > 1 {
		d.Text += fmt.Sprintf(" The weights differ by factors of up to %s, larger than the 1.6 that was tested, so this is an extrapolation.", factor(ratio(e.farthest)))
	}
	return d, true
}

// unidentifiable returns the probed classes whose own weight, over the whole range of the
// arm's weights, changes the recall by less than the noise of a seed.
func (f *figures) unidentifiable() []int {
	r := f.response
	if r == nil || r.seeds < 2 || f.strength == 0 || f.control.same {
		return nil
	}
	var all []int
	for i, c := range r.Classes {
		if math.Abs(r.slope[i][c])*f.strength < r.seedSD[c] {
			all = append(all, i)
		}
	}
	return all
}

// identifiable names the classes whose best weight noise hides.
func (f *figures) identifiable() (Finding, bool) {
	all := f.unidentifiable()
	if len(all) == 0 {
		return Finding{}, false
	}
	r := f.response
	d := Finding{
		Name: "identifiable", Try: "stronger",
		Threshold: "the standard deviation, from seed to seed, of the class's recall between two trainings", Source: "our choice, |J_cc| ln(max/min)",
	}
	if f.strength >= strongEnough {
		d.Try = "seeds"
	}
	var parts []string
	for _, i := range all {
		c := r.Classes[i]
		d.Reason = d.Reason || c == r.Worst && !f.better()
		reach := math.Abs(r.slope[i][c]) * f.strength
		parts = append(parts, fmt.Sprintf("%s %.1f +- %.1f points, noise %.1f", f.class(c), 100*reach, 100*r.slopeSE[i][c]*f.strength, 100*r.seedSD[c]))
		d.Figures = append(d.Figures, Figure{f.Classes[c] + " reach", reach}, Figure{f.Classes[c] + " reach se", r.slopeSE[i][c] * f.strength}, Figure{f.Classes[c] + " seed_sd", r.seedSD[c]})
	}
	d.Text = fmt.Sprintf("For some classes the best weight cannot be found, because noise is larger than its effect: even the whole range of the weights, a factor of %s, on that class alone would change its recall by less than the noise of one seed (%s; +- one standard error).",
		factor(ratio(f.strength)), strings.Join(parts, "; "))
	return d, true
}
