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
	// Ignored: training with weights gave the very same model.
	Ignored Verdict = "ignored"
	// Works: the recalls are more even, beyond noise.
	Works Verdict = "works"
	// OffsetsSuffice: they are, and by the study's score not measurably better than offsets,
	// which need no training.
	OffsetsSuffice Verdict = "offsets-suffice"
	// Overshoots: the recalls are less even than without weights.
	Overshoots Verdict = "overshoots"
	// TooWeak: no change can be measured, and none was to be expected.
	TooWeak Verdict = "too-weak"
	// Ineffective: shifting logits by the weights would change the recalls, training with
	// them did not.
	Ineffective Verdict = "ineffective"
	// Unresponsive: a factor of 20 up or down does not move the worst class, and noise does
	// not hide that it does.
	Unresponsive Verdict = "unresponsive"
	// NotMeasurable: the change is within noise, and none of the above explains it.
	NotMeasurable Verdict = "not-measurable"
	// Inverted: without a study, the class with the highest recall has a larger weight than
	// the one with the lowest.
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
	// Findings have reasons first, those with the most promising remedy before others;
	// the sensitivities come before what is computed from them.
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
	"plumbing", "inverted", "control", "overshoot", "offsets", "strength", "pairs", "expected", "identifiable", "margins", "prediction",
	"transmission", "interpolation", "price", "trade", "sensitivity", "noise", "sample", "floor",
}

// arrange puts the findings in order.
func (r *Report) arrange() {
	var sorted []Finding
	for _, reason := range []bool{true, false} {
		for _, name := range order {
			if f, ok := r.find(name); ok && f.Reason == reason {
				sorted = append(sorted, f)
			}
		}
	}
	r.Findings = sorted
	at := slices.IndexFunc(sorted, func(f Finding) bool { return f.Name == "sensitivity" })
	first := slices.IndexFunc(sorted, func(f Finding) bool { return slices.Contains(derived, f.Name) })
	if at >= 0 && first >= 0 && first < at {
		sensitivity := sorted[at]
		r.Findings = slices.Insert(slices.Delete(sorted, at, at+1), first, sensitivity)
	}
}

// derived are the findings that are computed from the sensitivities.
var derived = []string{"expected", "identifiable", "trade"}
