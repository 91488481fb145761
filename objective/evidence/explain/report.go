package explain

// Verdict is the answer in a word.
type Verdict string

// The verdicts.
const (
	// Even: the unweighted recalls differ by no more than sampling makes even ones
	// differ.
	Even Verdict = "even-already"
	// Ignored: training with weights gave the very same model.
	Ignored Verdict = "ignored"
	// Works: the recalls are more even, beyond noise.
	Works Verdict = "works"
	// Free: they are, and offsets without training do as much.
	Free Verdict = "offsets-do-it-for-free"
	// Overshoots: the recalls are less even than without weights.
	Overshoots Verdict = "overshoots"
	// TooWeak: no change can be measured, and none was to be expected.
	TooWeak Verdict = "too-weak"
	// Absorbed: logits shifted by the weights would change; the training did not.
	Absorbed Verdict = "absorbed"
	// Closed: a factor of 20 up or down does not move the worst class, and seeds do not
	// hide that it does.
	Closed Verdict = "closed"
	// NotMeasurable: the change is within noise, for none of these reasons.
	NotMeasurable Verdict = "not-measurable"
	// Inverted: without a study, the weights favour the class that needs it least.
	Inverted Verdict = "upside-down"
	// Strong: without a study nothing speaks against the weights but that nothing
	// was measured.
	Strong Verdict = "strong-enough"
)

// Report is the answer.
type Report struct {
	Verdict Verdict
	// Text is the verdict in a sentence or two.
	Text string
	// Findings are in order of promise: reasons first, those first whose remedy
	// promises most.
	Findings []Finding
	// Missing says, a sentence each, what could not be looked at and why.
	Missing []string
	// Next is what to try, in order of promise.
	Next []Remedy
}

// Finding is one thing that was found out.
type Finding struct {
	// Name is one of those in the package's table.
	Name string
	// Reason says that this stands in the way, or calls for something else.
	Reason bool
	// Text says what was found, with its figures, in plain sentences.
	Text string
	// Figures are the figures of the text, unrounded; shares and recalls are from 0
	// to 1, shifts in nats.
	Figures []Figure
	// Threshold says what the figures are held against, Source where that is from.
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
	// Lines are lines for the study file; none where it is not one of its settings.
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

// order is the order of promise: first what a change of settings puts right, last
// what no weighting can.
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
}
