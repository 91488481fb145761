package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"evenkeel/objective/evidence/interval"
	"evenkeel/schemes"
)

// remedies returns what to try, in order of promise: what costs nothing first, then
// what makes weights act, then what makes an effect visible, and last what no
// weighting can replace.
func (f *figures) remedies(r *Report) []Remedy {
	var all []Remedy
	add := func(when bool, remedy func() Remedy) {
		if when {
			all = append(all, remedy())
		}
	}
	room := slices.Contains([]Verdict{TooWeak, NotMeasurable, Absorbed, Works, Free}, r.Verdict) && !f.closed()
	worn := r.reason("interpolation") || f.absorbed() || f.closed() && !f.control.same
	flatPairs := r.reason("pairs") || r.reason("margins") || f.hopeless()
	dim := (r.reason("expected") || r.reason("identifiable")) && f.strength < plenty
	control, _ := r.find("control")
	add(r.Verdict == Ignored || control.Try == "check", checkRemedy)
	add(f.Probed == nil && !f.Posthoc && f.seeds > 1 && (r.Verdict == Absorbed || r.Verdict == NotMeasurable), f.measureRemedy)
	add(!f.Posthoc && f.offsets.helpful() && r.Verdict != Even, f.offsetsRemedy)
	add(f.paper.seeds == 0 && f.OwnScript, logitsRemedy)
	add(r.Verdict == Overshoots, func() Remedy { return weaker(f.strength) })
	add(room && (f.strength < flat || flatPairs || dim), func() Remedy { return f.stronger() })
	fresh := f.unlearned() && !r.reason("interpolation")
	add(worn && fresh, f.longerRemedy)
	add(worn && !fresh, f.stopRemedy)
	add(worn && !fresh, f.decayRemedy)
	add(worn && !fresh && r.Verdict != Ignored, deferredRemedy)
	add(r.reason("price"), toleranceRemedy)
	add(r.Verdict == NotMeasurable || r.reason("noise") && (r.Verdict == TooWeak || r.Verdict == Absorbed), f.seedsRemedy)
	add(r.Verdict == Even || r.reason("noise") && f.imagesLimit(), f.imagesRemedy)
	add((r.Verdict == Works || r.Verdict == Free) && !f.Posthoc, f.pasteRemedy)
	add(r.Verdict == Works, moreSeedsRemedy)
	if r.reason("floor") || r.reason("pairs") || r.reason("trade") || f.unliftable() {
		if s, ok := f.dataRemedy(r); ok {
			all = append(all, s)
		}
	}
	return all
}

func checkRemedy() Remedy {
	return Remedy{Name: "check", Text: "Find out whether the weights reach the loss: evenkeel check STUDY.yaml. A weight argument that is not passed on, or given in another order of classes, is the usual cause."}
}

// named is the flag that names the study, where commands need it.
func (f *figures) named() string {
	if f.Study == "" {
		return ""
	}
	return " --study " + f.Study
}

func (f *figures) measureRemedy() Remedy {
	return Remedy{Name: "measure", Text: fmt.Sprintf("Let a few trainings tell whether weights can work here at all, on which classes, and at whose cost: evenkeel explain %d --round %d%s --measure.", f.Trial, f.Round, f.named())}
}

func logitsRemedy() Remedy {
	return Remedy{Name: "logits", Text: "Let the training script answer with the logits and labels of the validation examples (val=(labels, logits) in the Python client): offsets that need no training are then fitted beside every search."}
}

// offsetsRemedy offers the fitted offsets.
func (f *figures) offsetsRemedy() Remedy {
	const most = 12 // a longer list is nothing to read
	s := Remedy{
		Name: "offsets", Lines: []string{"weighting: {apply: posthoc}"},
		Text: "Keep the unweighted model and add offsets to its logits.",
	}
	if len(f.Classes) <= most {
		values := make([]float64, len(f.Classes))
		n := 0
		for i := range f.Replicates {
			if o := f.outputs(i).Offsets; o != nil && len(o.Values) == len(values) {
				n++
			}
		}
		for i := range f.Replicates {
			if o := f.outputs(i).Offsets; o != nil && len(o.Values) == len(values) {
				add(values, o.Values, n)
			}
		}
		var words []string
		for c, v := range values {
			words = append(words, f.Classes[c]+" "+offset(v))
		}
		s.Text += " Fitted here, as a mean over the seeds: " + strings.Join(words, ", ") + "."
	}
	s.Text += " A search over weights applied so trains the unweighted models only:"
	return s
}

// offset writes a number to add to a logit: +0.84.
func offset(v float64) string {
	text := fmt.Sprintf("%+.2f", v)
	if text == "-0.00" || text == "+0.00" {
		return "0"
	}
	return text
}

// byError returns the strength of error-power with exponent 1 on these recalls.
func byError(recall []float64) float64 {
	least, most := math.Inf(1), 0.0
	for _, r := range recall {
		if !math.IsNaN(r) {
			e := math.Max(1-r, 0.01) // the catalogue's floor
			least, most = math.Min(least, e), math.Max(most, e)
		}
	}
	return schemes.Log(most / least)
}

func (f *figures) stronger() Remedy { return stronger(f.before) }

// stronger searches for strength itself.
func stronger(recall []float64) Remedy {
	return Remedy{
		Name: "stronger", Lines: []string{"weighting: {scheme: [{name: error-power, strength: {low: 0.7, high: 3}}]}"},
		Text: fmt.Sprintf("Search over the strength ln(max/min) itself, from 0.7 up; (1 - recall)^1 has %s on these recalls, since ratios of errors stay apart where ratios of recalls draw near 1:", nats(byError(recall))),
	}
}

// weaker searches below a strength.
func weaker(strength float64) Remedy {
	return Remedy{
		Name: "weaker", Text: fmt.Sprintf("Use weaker weights than these with their ln(max/min) of %s:", nats(strength)),
		Lines: []string{fmt.Sprintf("weighting: {scheme: [{name: error-power, strength: {low: %.2g, high: %.2g}}]}", math.Min(0.3, strength/6), math.Min(3, strength/2))},
	}
}

func (f *figures) stopRemedy() Remedy {
	s := Remedy{Name: "stop-early", Text: "Stop before the training part is learned by heart; weights act early in training and wear off:"}
	if f.OwnScript {
		s.Text = "Stop before the training part is learned by heart, in your own script or with fewer epochs; weights act early in training and wear off."
		return s
	}
	s.Lines = []string{"model: {early_stopping: 3}"}
	return s
}

func (f *figures) longerRemedy() Remedy {
	s := Remedy{Name: "longer", Text: "Train longer, or with a larger learning rate, until the training part is recognised better; then see whether weights arrive:"}
	if f.OwnScript {
		s.Text = "Train longer, in your own script or with more epochs, until the training part is recognised better; then see whether weights arrive."
		return s
	}
	s.Lines = []string{"model: {epochs: [30, 60], early_stopping: 5}"}
	return s
}

func (f *figures) decayRemedy() Remedy {
	s := Remedy{Name: "decay", Text: "Regularise until the training accuracy visibly falls; that keeps the loss away from 0 and the weights at work:"}
	if f.OwnScript {
		s.Lines = []string{"model: {params: {weight_decay: {low: 0.001, high: 0.1, log: true}}}"}
		return s
	}
	s.Lines = []string{"model: {weight_decay: {low: 0.001, high: 0.1, log: true}}"}
	return s
}

func deferredRemedy() Remedy {
	return Remedy{
		Name: "deferred", Lines: []string{"weighting: {weights_from: [0.5, 0.8]}"},
		Text: "Switch the weights on late, so that training ends before it has absorbed them:",
	}
}

func toleranceRemedy() Remedy {
	return Remedy{
		Name: "tolerance", Lines: []string{"objective: {accuracy_tolerance: 0.005}"},
		Text: "Say what accuracy is worth to you; a smaller tolerance ranks cheaper arms first:",
	}
}

func (f *figures) pasteRemedy() Remedy {
	return Remedy{Name: "paste", Text: fmt.Sprintf("Take the weights to your training script: evenkeel weights --trial %d --round %d%s --format torch.", f.Trial, f.Round, f.named())}
}

func moreSeedsRemedy() Remedy {
	return Remedy{
		Name: "seeds", Lines: []string{"search: {max_replicates: 10}"},
		Text: "Let the leaders have more seeds before you rely on it; the arm was chosen on these images:",
	}
}

const (
	// worthwhile is the smallest change that seeds are counted for. Our choice.
	worthwhile = 0.01
	// mostSeeds is the largest number of seeds that is proposed.
	mostSeeds = 30
)

// target is the change that more seeds should find.
func (f *figures) target() float64 { return math.Max(math.Abs(f.change), worthwhile) }

// power is how many standard errors make a change that stands out in 80 % of cases,
// for many seeds.
func (f *figures) power() float64 {
	return interval.Detectable(interval.Quantile(f.Pool.Bonferroni(), math.Inf(1)), 1, math.Inf(1))
}

// imagesLimit reports whether no number of seeds finds the target on these images.
func (f *figures) imagesLimit() bool {
	se := f.target() / f.power()
	return f.uncertainty.image >= float64(se*se)
}

// seedsNeeded returns how many seeds would find the target, 0 if none would or
// more than can be proposed.
func (f *figures) seedsNeeded() int {
	se := f.target() / f.power()
	if f.imagesLimit() || math.IsNaN(f.uncertainty.seedSD) {
		return 0
	}
	n := math.Ceil(float64(f.uncertainty.seedSD*f.uncertainty.seedSD) / (float64(se*se) - f.uncertainty.image))
	if n > mostSeeds {
		return 0
	}
	return max(int(n), interval.EnoughSeeds)
}

func (f *figures) seedsRemedy() Remedy {
	n := f.seedsNeeded()
	if n <= f.seeds {
		n = max(2*f.seeds, 5)
		return Remedy{
			Name: "seeds", Lines: []string{fmt.Sprintf("search: {replicates: %d, max_replicates: %d}", n, n)},
			Text: "More seeds narrow the interval down:",
		}
	}
	return Remedy{
		Name: "seeds", Lines: []string{fmt.Sprintf("search: {replicates: %d, max_replicates: %d}", n, n)},
		Text: fmt.Sprintf("A true change of %s would be found with about %d seeds:", small(f.target()), n),
	}
}

func (f *figures) imagesRemedy() Remedy {
	s := Remedy{Name: "images", Text: fmt.Sprintf("Measure on more validation examples: %s of them a class hide changes of the spread below %s however many seeds there are",
		count(f.support), small(f.power()*math.Sqrt(f.uncertainty.image)))}
	if f.OwnScript {
		s.Text += "; the script says which they are."
		return s
	}
	s.Text += ":"
	s.Lines = []string{"data: {validation: 0.4}"}
	return s
}

// count says how many examples a class has.
func count(support []int64) string {
	lo, hi := slices.Min(support), slices.Max(support)
	if lo == hi {
		return fmt.Sprint(lo)
	}
	return fmt.Sprintf("%d to %d", lo, hi)
}

// dataRemedy names the classes that only better features or data tell apart; false if
// none are confused.
func (f *figures) dataRemedy(r *Report) (s Remedy, ok bool) {
	if h, ok := f.hardestPair(); ok && r.reason("floor") {
		return dataRemedy(f.Classes[h.I], f.Classes[h.J]), true
	}
	if r.reason("trade") {
		for _, t := range f.trades() {
			if i, j := f.response.Classes[t.i], f.response.Classes[t.j]; i == f.response.Worst || j == f.response.Worst {
				return dataRemedy(f.Classes[i], f.Classes[j]), true
			}
		}
	}
	if f.unliftable() {
		if partners := f.partners(f.response.Worst); len(partners) > 0 {
			return dataRemedy(f.Classes[f.response.Worst], f.Classes[partners[0]]), true
		}
	}
	if len(f.pairs) == 0 {
		return s, false
	}
	i, j := f.names(f.pairs[0])
	return dataRemedy(i, j), true
}

func dataRemedy(i, j string) Remedy {
	return Remedy{Name: "data", Text: fmt.Sprintf("What tells %s and %s apart is features, not weights: more or cleaner examples of the two, augmentation, a larger model.", i, j)}
}
