package explain

import (
	"fmt"
	"slices"

	"evenkeel/objective/evidence/interval"
)

// Explain says why the weights of an arm did, or did not, even the recalls out.
// The error says what is wrong with the case.
func Explain(c Case) (*Report, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	f := compute(c)
	r := &Report{}
	guess, verdict, only := f.guessing()
	if f.Training.Short {
		return f.notTrained(guess, verdict), nil
	}
	if only {
		r = &Report{Verdict: verdict, Text: f.guessText(verdict), Findings: []Finding{guess}, Next: []Remedy{f.guessRemedy()}}
		r.choose(nil)
		return r, nil
	}
	for _, find := range []func() (Finding, bool){
		f.ignoredWeights, f.longerOf, f.partsOf, f.inverted, f.failing, f.overshoot, f.offsetsOf, f.strengthOf, f.pairsOf, f.margins, f.prediction,
		f.transmission, f.noiseOf, f.sample, f.floor, f.price,
		f.controlOf, f.sensitivity, f.expected, f.identifiable, f.tradeOf,
	} {
		if d, ok := find(); ok {
			r.Findings = append(r.Findings, d)
		}
	}
	d, ok, known := f.interpolation()
	if ok {
		r.Findings = append(r.Findings, d)
	}
	f.judge(r)
	first := f.first(r.Verdict)
	r.arrange(first)
	if verdict != "" {
		r.Findings = slices.Insert(r.Findings, 0, guess)
	}
	r.Missing = f.missing(known)
	r.Models = f.models()
	r.Next = f.remedies(r)
	if f.Probed != nil && r.Verdict != Ignored {
		first = append(first[:min(len(first), mostShown-1)], "control") // what was just trained for is shown
	}
	r.choose(first)
	return r, nil
}

// first names the findings that belong to a verdict, the most important first. They come
// before all others, and are shown though they may be no reasons.
func (f *figures) first(v Verdict) []string {
	var names []string
	switch v {
	case Ignored:
		names = []string{"ignored"}
	case Inverted:
		names = []string{"inverted"}
	case Works:
		names = []string{"noise", "price", "offsets"}
		if f.overLimit() {
			names = []string{"price", "noise", "offsets"}
		}
	case NoBetterThanOffsets:
		names = []string{"offsets", "noise", "price"}
	case Even:
		names = []string{"sample"}
	case Overshoots:
		names = []string{"overshoot"}
	case Costly:
		names = []string{"price"}
	case TooWeak:
		names = []string{"strength", "prediction"}
	case Ineffective:
		names = []string{"transmission"}
	case Unresponsive:
		names = []string{"control"}
	}
	if f.Test != nil { // the verdict has the noise already
		if at := slices.Index(names, "noise"); at >= 0 {
			names = append(slices.Delete(names, at, at+1), "noise")
		}
	}
	var before []string
	if f.Longer != nil {
		before = append(before, "longer")
	}
	if f.unlike() {
		before = append(before, "parts")
	}
	if f.pairAtLimit {
		before = append(before, "floor")
	}
	if v == Ignored {
		return append(names, before...)
	}
	return append(before, names...)
}

// models names the two unweighted models where the trial's own is not the reference.
func (f *figures) models() string {
	if !f.other() {
		return ""
	}
	var spread float64
	for _, rep := range f.Replicates {
		spread += rep.Reference.Spread / float64(f.seeds)
	}
	return fmt.Sprintf("There are two unweighted models: the trial's own has a spread of %s, and %s has %s. The weights are compared with the trial's own.",
		small(f.spreadBefore), f.reference(), small(spread))
}

// missing says what is not known and why; train reports whether the training part was
// measured.
func (f *figures) missing(train bool) []string {
	var all []string
	switch {
	case f.predicted.seeds == 0:
		all = append(all, "No logits of an unweighted model are stored: what adding ln w to them would do, and how much of that training delivers, is not known.")
	case f.predicted.seeds < f.seeds:
		all = append(all, "Logits are stored for "+plural(f.predicted.seeds, "seed")+" only: what is said about shifted logits comes from these.")
	}
	if f.offsets == nil {
		all = append(all, "No fitted offsets are stored: the weights cannot be compared with them.")
	}
	if !train {
		all = append(all, "No confusion matrices of the training part are stored: whether the model fits it perfectly is not known.")
	}
	if f.seeds < interval.EnoughSeeds {
		all = append(all, "With "+plural(f.seeds, "seed")+" the change has no interval: at least three are needed.")
	}
	if r := f.response; r != nil && r.seeds < 2 {
		all = append(all, "On one seed, noise cannot be separated from the effect of the weights. To see whether weights can work here, and for which classes, --measure needs a trial with two seeds or more (search.replicates).")
	}
	if r := f.response; r != nil && !r.paired {
		all = append(all, "No predictions of the trainings of --measure are stored with their labels: the part of their standard errors that is due to the examples is an upper bound.")
	}
	return all
}
