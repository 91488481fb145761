package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"evenkeel/objective/evidence/interval"
	"evenkeel/schemes"
)

// remedies returns what to try, the most promising first: first what needs no training,
// then what makes weights act, then what makes an effect visible, and last what no
// weighting can replace.
func (f *figures) remedies(r *Report) []Remedy {
	var all []Remedy
	add := func(when bool, remedy func() Remedy) {
		if when {
			all = append(all, remedy())
		}
	}
	mayStrengthen := slices.Contains([]Verdict{TooWeak, NotMeasurable, Ineffective, Works, OffsetsSuffice}, r.Verdict) && !f.unresponsive()
	noEffect := r.reason("interpolation") || f.ineffective() || f.unresponsive() && !f.control.same
	flatPairs := r.reason("pairs") || r.reason("margins") || f.smallPrediction()
	belowNoise := (r.reason("expected") || r.reason("identifiable")) && f.strength < strongEnough
	control, _ := r.find("control")
	add(r.Verdict == Ignored || control.Try == "check", checkRemedy)
	add(f.Probed == nil && !f.Posthoc && f.seeds > 1 && (r.Verdict == Ineffective || r.Verdict == NotMeasurable), f.measureRemedy)
	add(!f.Posthoc && f.offsets.helpful() && r.Verdict != Even, f.offsetsRemedy)
	add(f.predicted.seeds == 0 && f.OwnScript, logitsRemedy)
	add(r.Verdict == Overshoots, func() Remedy { return weaker(f.strength) })
	add(mayStrengthen && (f.strength < flat || flatPairs || belowNoise), func() Remedy { return f.stronger() })
	tooShort := f.underfitted() && !r.reason("interpolation")
	add(noEffect && tooShort, f.longerRemedy)
	add(noEffect && !tooShort, f.stopRemedy)
	add(noEffect && !tooShort, f.decayRemedy)
	add(noEffect && !tooShort && r.Verdict != Ignored, deferredRemedy)
	add(r.reason("price"), toleranceRemedy)
	add(r.Verdict == NotMeasurable || r.reason("noise") && (r.Verdict == TooWeak || r.Verdict == Ineffective), f.seedsRemedy)
	add(r.Verdict == Even || r.reason("noise") && f.imagesLimit(), f.imagesRemedy)
	add((r.Verdict == Works || r.Verdict == OffsetsSuffice) && !f.Posthoc, f.pasteRemedy)
	add(r.Verdict == Works, moreSeedsRemedy)
	if r.reason("floor") || r.reason("pairs") || r.reason("trade") || f.unliftable() {
		if s, ok := f.dataRemedy(r); ok {
			all = append(all, s)
		}
	}
	return all
}

func checkRemedy() Remedy {
	return Remedy{Name: "check", Text: "Check whether the weights reach the loss: evenkeel check STUDY.yaml. The usual cause is a weight argument that is not passed on, or weights in another order of classes."}
}

// named is the flag that names the study, where commands need it.
func (f *figures) named() string {
	if f.Study == "" {
		return ""
	}
	return " --study " + f.Study
}

func (f *figures) measureRemedy() Remedy {
	return Remedy{Name: "measure", Text: fmt.Sprintf("Measure with a few trainings whether weights can work here at all, on which classes, and which classes pay for it: evenkeel explain %d --round %d%s --measure.", f.Trial, f.Round, f.named())}
}

func logitsRemedy() Remedy {
	return Remedy{Name: "logits", Text: "Return the logits and labels of the validation examples from the training script (val=(labels, logits) in the Python client). Every search then fits offsets, which need no training."}
}

// offsetsRemedy offers the fitted offsets.
func (f *figures) offsetsRemedy() Remedy {
	const most = 12 // nobody reads a longer list
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
			words = append(words, f.class(c)+" "+offset(v))
		}
		s.Text += " Fitted here, as a mean over the seeds: " + strings.Join(words, ", ") + "."
	}
	s.Text += " A search over weights that are applied in this way trains unweighted models only:"
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
		Text: fmt.Sprintf("Search over stronger weights, by their strength ln(max/min). On these recalls (1 - recall)^1 has a strength of %s, since errors differ by larger factors than recalls:", nats(byError(recall))),
	}
}

// weaker searches below a strength.
func weaker(strength float64) Remedy {
	return Remedy{
		Name: "weaker", Text: fmt.Sprintf("Use weaker weights; the strength ln(max/min) of these is %s:", nats(strength)),
		Lines: []string{fmt.Sprintf("weighting: {scheme: [{name: error-power, strength: {low: %.2g, high: %.2g}}]}", math.Min(0.3, strength/6), math.Min(3, strength/2))},
	}
}

func (f *figures) stopRemedy() Remedy {
	s := Remedy{Name: "stop-early", Text: "Stop before the model fits its training examples perfectly; weights act early in training and lose their effect later:"}
	if f.OwnScript {
		s.Text = "Stop before the model fits its training examples perfectly, in your own script or with fewer epochs; weights act early in training and lose their effect later."
		return s
	}
	s.Lines = []string{"model: {early_stopping: 3}"}
	return s
}

func (f *figures) longerRemedy() Remedy {
	s := Remedy{Name: "longer", Text: "Train longer, or with a larger learning rate, until the recalls on the training part are higher; then see whether weights have an effect:"}
	if f.OwnScript {
		s.Text = "Train longer, in your own script or with more epochs, until the recalls on the training part are higher; then see whether weights have an effect."
		return s
	}
	s.Lines = []string{"model: {epochs: [30, 60], early_stopping: 5}"}
	return s
}

func (f *figures) decayRemedy() Remedy {
	s := Remedy{Name: "decay", Text: "Regularise until the training accuracy visibly falls. The loss then stays above 0, and weights keep acting on it:"}
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
		Text: "Switch the weights on late in training, so that it ends before their effect is lost:",
	}
}

func toleranceRemedy() Remedy {
	return Remedy{
		Name: "tolerance", Lines: []string{"objective: {accuracy_tolerance: 0.005}"},
		Text: "Allow less loss of accuracy. With a smaller tolerance, arms that lose less rank first:",
	}
}

func (f *figures) pasteRemedy() Remedy {
	return Remedy{Name: "paste", Text: fmt.Sprintf("Use the weights in your training script: evenkeel weights --trial %d --round %d%s --format torch.", f.Trial, f.Round, f.named())}
}

func moreSeedsRemedy() Remedy {
	return Remedy{
		Name: "seeds", Lines: []string{"search: {max_replicates: 10}"},
		Text: "Give the best trials more seeds before you rely on this; the arm was chosen on these examples:",
	}
}

const (
	// worthwhile is the smallest effect that seeds are proposed for. Our choice.
	worthwhile = 0.01
	// mostSeeds is the largest number of seeds that is proposed.
	mostSeeds = 30
)

// target is the effect that more seeds should detect.
func (f *figures) target() float64 { return math.Max(math.Abs(f.change), worthwhile) }

// power is how many standard errors an effect must have to be detected in 80 % of cases,
// for many seeds.
func (f *figures) power() float64 {
	return interval.Detectable(interval.Quantile(f.Pool.Bonferroni(), math.Inf(1)), 1, math.Inf(1))
}

// imagesLimit reports whether no number of seeds detects the target on these examples.
func (f *figures) imagesLimit() bool {
	se := f.target() / f.power()
	return f.uncertainty.image >= float64(se*se)
}

// seedsNeeded returns how many seeds would detect the target, 0 if no number would or
// more than [mostSeeds].
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
			Text: "More seeds make the interval narrower:",
		}
	}
	return Remedy{
		Name: "seeds", Lines: []string{fmt.Sprintf("search: {replicates: %d, max_replicates: %d}", n, n)},
		Text: fmt.Sprintf("An effect of %s would be detected with about %d seeds:", small(f.target()), n),
	}
}

func (f *figures) imagesRemedy() Remedy {
	s := Remedy{Name: "images", Text: fmt.Sprintf("Measure on more validation examples: with %s a class, effects smaller than %s cannot be detected with any number of seeds",
		count(f.support), small(f.power()*math.Sqrt(f.uncertainty.image)))}
	if f.OwnScript {
		s.Text += "; your script decides how many there are."
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
		return dataRemedy(f.class(h.I), f.class(h.J)), true
	}
	if r.reason("trade") {
		for _, t := range f.trades() {
			if i, j := f.response.Classes[t.i], f.response.Classes[t.j]; i == f.response.Worst || j == f.response.Worst {
				return dataRemedy(f.class(i), f.class(j)), true
			}
		}
	}
	if f.unliftable() {
		if partners := f.partners(f.response.Worst); len(partners) > 0 {
			return dataRemedy(f.class(f.response.Worst), f.class(partners[0])), true
		}
	}
	if len(f.pairs) == 0 {
		return s, false
	}
	i, j := f.names(f.pairs[0])
	return dataRemedy(i, j), true
}

func dataRemedy(i, j string) Remedy {
	return Remedy{Name: "data", Text: fmt.Sprintf("Make %s and %s easier to tell apart, which weights cannot do: more or cleaner examples of the two, augmentation, a larger model.", i, j)}
}
