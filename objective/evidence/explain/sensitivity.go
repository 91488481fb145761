package explain

import (
	"fmt"
	"math"
	"strings"

	"evenkeel/objective/evidence/interval"
)

// sensitivity says how many points one nat on a class moves it, and who pays.
func (f *figures) sensitivity() (Finding, bool) {
	r := f.response
	if r == nil {
		return Finding{}, false
	}
	d := Finding{
		Name:      "sensitivity",
		Threshold: "95 % for a class to be named as paying", Source: "half a nat up and half a nat down, trained anew; Student's t over seeds, pooled over the classes, and images",
	}
	var parts, names []string
	for i, c := range r.Classes {
		names = append(names, f.Classes[c])
		text := fmt.Sprintf("%s %s (%.1f)", f.Classes[c], points(r.slope[i][c]), 100*r.slopeSE[i][c])
		if p := lowest(r.slope[i]); p != c && r.slope[i][p] < -r.clear()*r.slopeSE[i][p] {
			text += fmt.Sprintf(", paid by %s %s (%.1f)", f.Classes[p], points(r.slope[i][p]), 100*r.slopeSE[i][p])
		}
		parts = append(parts, text)
		for _, of := range r.Classes {
			key := fmt.Sprintf("%s by %s", f.Classes[of], f.Classes[c])
			d.Figures = append(d.Figures, Figure{key, r.slope[i][of]}, Figure{key + " se", r.slopeSE[i][of]})
		}
	}
	d.Text = fmt.Sprintf("One nat more on a class, measured on %s, moves its recall by so many points (standard error): %s.", plural(r.seeds, "seed"), strings.Join(parts, "; "))
	if rest := len(f.Classes) - len(names); rest > 0 {
		what := "the other one was"
		if rest > 1 {
			what = fmt.Sprintf("the other %d were", rest)
		}
		d.Text += fmt.Sprintf(" The weights of %s left alone.", what)
	} else {
		// All weights together are none.
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
		d.Text += " These standard errors are of the images alone."
	}
	return d, true
}

// aims are the shifts of the probed classes by the arm's weights, against the mean
// of those that were not probed, whose weights then count as equal.
func (f *figures) aims() []float64 {
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
	aims := make([]float64, len(r.Classes))
	for i, c := range r.Classes {
		aims[i] = f.shift[c] - base
	}
	return aims
}

// forecast is what the sensitivities say of the arm's weights.
type forecast struct {
	// recalls are the changes of the recalls, change is that of the spread and se its
	// standard error.
	recalls    []float64
	change, se float64
	// farthest is the largest shift of a probed class.
	farthest float64
}

// forecast extrapolates the sensitivities to the arm's weights in a straight line.
func (f *figures) forecast() forecast {
	r := f.response
	var out forecast
	out.recalls = make([]float64, len(f.Classes))
	after, k := make([]float64, len(f.Classes)), make([]float64, len(r.changed))
	var size float64
	for i, s := range f.aims() {
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

// expected holds what the weights should do by the sensitivities against what
// seeds do.
func (f *figures) expected() (Finding, bool) {
	if f.response == nil || f.strength == 0 || f.control.same {
		return Finding{}, false
	}
	r, e := f.response, f.forecast()
	w := r.Worst
	sd := f.uncertainty.seedSD
	d := Finding{
		Name: "expected", Try: "stronger",
		Threshold: "the standard deviation that one seed leaves in a change of the spread", Source: "our choice; sensitivities times ln w, in a straight line, weights left alone at their mean",
		Figures: []Figure{
			{"expected_change", e.change}, {"expected_change_se", e.se}, {"change", f.change}, {"seed_sd", sd},
			{"expected_recall_change", e.recalls[w]}, {"recall_seed_sd", r.seedSD[w]}, {"farthest_shift", e.farthest},
		},
		Text: fmt.Sprintf("By these sensitivities the weights change the spread by %s (standard error %s) and the recall of %s by %s points; measured were %s and %s",
			change(e.change), small(e.se), f.Classes[w], points(e.recalls[w]), change(f.change), points(f.after[w]-f.before[w])),
	}
	if r.seeds < 2 || math.IsNaN(sd) {
		d.Text += ". What a seed scatters is not known from one seed."
		return d, true
	}
	d.Text += fmt.Sprintf(". One seed scatters these by %s and %.1f points", small(sd), 100*r.seedSD[w])
	d.Reason = math.Abs(e.change) < sd
	if d.Reason {
		d.Text += ": what these weights can be expected to do is less than what a seed does"
	}
	d.Text += "."
	if e.farthest > 1 {
		d.Text += fmt.Sprintf(" The weights go up to %s nats, far beyond the half nat that was measured.", nats(e.farthest))
	}
	return d, true
}

// blurred returns the probed classes whose own weight does less, over the whole
// range of the arm's weights, than a seed does.
func (f *figures) blurred() []int {
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

// identifiable names the classes whose weight no search can find.
func (f *figures) identifiable() (Finding, bool) {
	all := f.blurred()
	if len(all) == 0 {
		return Finding{}, false
	}
	r := f.response
	d := Finding{
		Name: "identifiable", Try: "stronger",
		Threshold: "what a seed scatters the class's recall between two trainings (standard deviation)", Source: "our choice, |J_cc| ln(max/min)",
	}
	if f.strength >= plenty {
		d.Try = "seeds"
	}
	var parts []string
	for _, i := range all {
		c := r.Classes[i]
		d.Reason = d.Reason || c == r.Worst
		reach := math.Abs(r.slope[i][c]) * f.strength
		parts = append(parts, fmt.Sprintf("%s %.1f points +- %.1f, a seed %.1f", f.Classes[c], 100*reach, 100*r.slopeSE[i][c]*f.strength, 100*r.seedSD[c]))
		d.Figures = append(d.Figures, Figure{f.Classes[c] + " reach", reach}, Figure{f.Classes[c] + " reach se", r.slopeSE[i][c] * f.strength}, Figure{f.Classes[c] + " seed_sd", r.seedSD[c]})
	}
	d.Text = fmt.Sprintf("Some weights cannot be told from noise: all of the weights' range of %s nats on the class alone would move it by less than a seed does (%s; +- one standard error).",
		nats(f.strength), strings.Join(parts, "; "))
	return d, true
}
