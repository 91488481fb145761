package explain

import "slices"

// Verdict is the answer in a word.
type Verdict string

// The verdicts.
const (
	// Even: the unweighted recalls differ no more than those of even classes would by
	// chance.
	Even Verdict = "even-already"
	// Guesses: the unweighted model is no better than guessing.
	Guesses Verdict = "guessing"
	// NotTrained: the unweighted model is not trained.
	NotTrained Verdict = "not-trained"
	// Collapsed: the model with weights predicts one class for everything, as NaN does.
	Collapsed Verdict = "collapsed"
	// Ignored: training with weights gave the very same model, in the whole study.
	Ignored Verdict = "ignored"
	// Works: the recalls are more even, beyond noise.
	Works Verdict = "works"
	// NoBetterThanOffsets: they are, and by the study's score not measurably better than offsets,
	// which need no training.
	NoBetterThanOffsets Verdict = "no-better-than-offsets"
	// Overshoots: the recalls are less even than without weights.
	Overshoots Verdict = "overshoots"
	// Costly: the score is worse beyond noise, though the recalls are no less even: the
	// weights lose too much accuracy.
	Costly Verdict = "too-costly"
	// TooWeak: no change can be measured, and none was to be expected.
	TooWeak Verdict = "too-weak"
	// Ineffective: shifting logits by the weights would change the recalls, training with
	// them did not.
	Ineffective Verdict = "ineffective"
	// Unresponsive: a factor of 20 up or down does not move the worst class, and noise does
	// not hide that it does.
	Unresponsive Verdict = "unresponsive"
	// NotMeasurable: the change of the score is within noise, and none of the above explains it.
	NotMeasurable Verdict = "not-measurable"
	// Inverted: training moved the recalls against the weights; without a study, the class
	// with the highest recall has a larger weight than the one with the lowest.
	Inverted Verdict = "upside-down"
	// Strong: without a study, the weights are not too weak and not inverted.
	Strong Verdict = "strong-enough"
)

// Report is the answer.
type Report struct {
	Verdict Verdict
	// Text is the verdict in a sentence or two.
	Text string
	// Models says which two unweighted models the findings speak of, where the trial's
	// own is not the reference; else "".
	Models string
	// Findings are in the order of their importance: those that belong to the verdict, then
	// reasons, those with the most promising remedy before others, then the rest; the
	// sensitivities come before what is computed from them. At most three are shown where
	// nobody asks for all.
	Findings []Finding
	// Missing says, a sentence each, what is not known and why.
	Missing []string
	// Next is what to try, the most promising first.
	Next []Remedy
}

// Finding is one result, with the figures that it rests on.
type Finding struct {
	// Name is one of those in the package's table.
	Name string
	// Rank is its place, from 1. Shown says that it is one of those to show where nobody asks
	// for all.
	Rank  int
	Shown bool
	// Reason says that this keeps the weights from working, or that something else would
	// do better.
	Reason bool
	// Text says what was found, with its figures, in plain sentences.
	Text string
	// Figures are the figures of the text, unrounded; shares and recalls are from 0
	// to 1, shifts in nats.
	Figures []Figure
	// Threshold says what the figures are compared with, Source where that is from.
	Threshold, Source string
	// Try is the name of the [Remedy] that answers a reason; it may be missing from
	// [Report.Next] where something else comes first.
	Try string
}

// Figure is a number with its name.
type Figure struct {
	Name  string
	Value float64
}

// Remedy is something to try.
type Remedy struct {
	// Name identifies it, Text says what and why.
	Name, Text string
	// Lines are lines to copy: a command, or Python for a training script. In a command
	// STUDY.yaml stands for the study file and NEWNAME for the name of the new study.
	Lines []string
	// Later says that the recommendation names another search, which comes first, so that this
	// one is shown only where everything is.
	Later bool
}

// find returns the finding of a name.
func (r *Report) find(name string) (Finding, bool) {
	for _, f := range r.Findings {
		if f.Name == name {
			return f, true
		}
	}
	return Finding{}, false
}

// reason reports whether a finding is there as a reason.
func (r *Report) reason(name string) bool {
	f, ok := r.find(name)
	return ok && f.Reason
}

// order has first what a change of settings can put right, last what no weighting can.
var order = []string{
	"ignored", "longer", "parts", "inverted", "control", "failing", "overshoot", "offsets", "strength", "pairs", "expected", "identifiable", "margins", "prediction",
	"transmission", "interpolation", "price", "trade", "sensitivity", "noise", "sample", "floor",
}

// arrange puts the findings in order, those with the given names first.
func (r *Report) arrange(first []string) {
	var sorted []Finding
	add := func(names []string, wanted func(Finding) bool) {
		for _, name := range names {
			f, ok := r.find(name)
			if ok && wanted(f) && !slices.ContainsFunc(sorted, func(s Finding) bool { return s.Name == name }) {
				sorted = append(sorted, f)
			}
		}
	}
	add(first, func(Finding) bool { return true })
	add(order, func(f Finding) bool { return f.Reason })
	add(order, func(Finding) bool { return true })
	r.Findings = sorted
	at := slices.IndexFunc(sorted, func(f Finding) bool { return f.Name == "sensitivity" })
	before := slices.IndexFunc(sorted, func(f Finding) bool { return slices.Contains(derived, f.Name) })
	if at >= 0 && before >= 0 && before < at {
		sensitivity := sorted[at]
		r.Findings = slices.Insert(slices.Delete(sorted, at, at+1), before, sensitivity)
	}
}

// derived are the findings that are computed from the sensitivities.
var derived = []string{"expected", "identifiable", "trade"}

// mostShown is how many findings are shown where nobody asks for all.
const mostShown = 3

// choose gives the findings their ranks and says which are shown: those with the given
// names, and the first reasons, each remedy once.
func (r *Report) choose(must []string) {
	free := mostShown
	said := make(map[string]bool)
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Rank = i + 1
		if _, answered := r.Remedy(*f); slices.Contains(must, f.Name) && free > 0 && (!answered || !said[f.Try]) {
			f.Shown, said[f.Try] = true, true
			free--
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if _, answered := r.Remedy(*f); f.Shown || !f.Reason || answered && said[f.Try] || free < 1 {
			continue
		}
		f.Shown, said[f.Try] = true, true
		free--
	}
}

// Remedy returns what to do about a finding; false where nothing is proposed for it.
func (r *Report) Remedy(f Finding) (Remedy, bool) {
	at := slices.IndexFunc(r.Next, func(s Remedy) bool { return s.Name == f.Try })
	if at < 0 {
		return Remedy{}, false
	}
	return r.Next[at], true
}
