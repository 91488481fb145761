package explain

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective/evidence/confirm"
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
	strengthen := slices.Contains([]Verdict{TooWeak, NotMeasurable, Ineffective, Works, NoBetterThanOffsets}, r.Verdict) && !f.unresponsive()
	noEffect := r.reason("interpolation") || f.ineffective() || f.unresponsive() && !f.control.same
	flatPairs := r.reason("strength") || r.reason("pairs") || r.reason("margins") || r.reason("prediction") && f.smallPrediction()
	belowNoise := (r.reason("expected") || r.reason("identifiable")) && f.strength < strongEnough
	control, _ := r.find("control")
	probe := f.Probed == nil && !f.Posthoc && !f.Invalid && f.seeds > 1
	add(r.Verdict == Ignored || control.Try == "check" && control.Reason, f.checkRemedy)
	add(f.Longer != nil, f.recommendedRemedy)
	add(f.unlike(), partsRemedy)
	add(r.Verdict == Inverted && f.OwnScript, f.turnRemedy)
	add(f.SeedsFail, f.failingRemedy)
	add(!f.Recommended && (r.Verdict == Works || r.Verdict == NoBetterThanOffsets && !f.offsets.better), f.pasteRemedy)
	add(probe && (r.Verdict == Ineffective || r.Verdict == NotMeasurable || r.Verdict == Inverted), f.measureRemedy)
	add(!f.Recommended && !f.Posthoc && f.offsets.helpful() && r.Verdict != Even, f.offsetsRemedy)
	add(f.predicted.seeds == 0 && f.OwnScript, logitsRemedy)
	add(r.Verdict == Overshoots || r.reason("price") && r.Verdict != Inverted, f.weaker)
	add(strengthen && (flatPairs || belowNoise), f.stronger)
	perfect := f.interpolates()
	add(f.Longer == nil && (noEffect && f.underfitted() || f.same() && !f.OwnScript && !perfect), f.longerRemedy)
	add(noEffect && perfect, f.stopRemedy)
	add(noEffect && perfect, f.decayRemedy)
	add(noEffect && perfect && r.Verdict != Ignored, f.deferredRemedy)
	add(!f.SeedsFail && !f.Invalid && r.Verdict != Ignored && (r.Verdict == NotMeasurable || r.reason("noise") && (r.Verdict == TooWeak || r.Verdict == Ineffective)), f.seedsRemedy)
	add(r.Verdict == Even || r.reason("noise") && f.imagesLimit(), f.imagesRemedy)
	add(r.Verdict == Works && f.Test == nil && !f.SeedsFail && !f.Confirming, f.moreSeedsRemedy)
	if r.reason("floor") || r.reason("pairs") || r.reason("trade") || f.unliftable() {
		if s, ok := f.dataRemedy(r); ok {
			all = append(all, s)
		}
	}
	return f.sequenced(all)
}

// widestCommand is the number of characters of a line of a command. Our choice.
const widestCommand = 88

// search is the command that searches a new study with other settings, KEY=VALUE each,
// on as many lines as it needs.
func (f *figures) search(settings ...string) []string {
	if f.Longer != nil && !slices.ContainsFunc(settings, func(s string) bool { return strings.HasPrefix(s, "model.epochs=") }) {
		settings = append(settings, fmt.Sprintf("model.epochs=%d", f.Longer.Epochs))
	}
	words := []string{"evenkeel search" + f.file()}
	for _, s := range append(settings, "study=NEWNAME") {
		if strings.ContainsAny(s, "[]{}, ") {
			s = "'" + s + "'"
		}
		words = append(words, "--set "+s)
	}
	lines := words[:1]
	for _, word := range words[1:] {
		last := len(lines) - 1
		if len(lines[last])+len(word) < widestCommand {
			lines[last] += " " + word
			continue
		}
		lines[last] += ` \`
		lines = append(lines, "  "+word)
	}
	return lines
}

// file is the study file as an argument of a command.
func (f *figures) file() string {
	if f.BuiltIn {
		return ""
	}
	return " STUDY.yaml"
}

func (f *figures) checkRemedy() Remedy {
	return Remedy{
		Name: "check", Lines: []string{"evenkeel check" + f.file()},
		Text: "Check whether the weights reach the loss. The usual cause is a weight argument that is not passed on, or weights in another order of classes:",
	}
}

func (f *figures) turnRemedy() Remedy {
	return Remedy{
		Name: "turn", Lines: []string{"evenkeel check" + f.file()},
		Text: fmt.Sprintf("Check the order of the weights in your program: they come in the order in which it names the classes (%s), and a larger weight must make its class count more. This tests it:", list(f.some())),
	}
}

// some returns the names of the first classes.
func (f *figures) some() []string {
	const most = 4
	var names []string
	for c := range f.Classes[:min(len(f.Classes), most)] {
		names = append(names, f.class(c))
	}
	if len(f.Classes) > most {
		names = append(names, "so on")
	}
	return names
}

// failing says that trainings on further seeds failed.
func (f *figures) failing() (Finding, bool) {
	return Finding{
		Name: "failing", Reason: true, Try: "failing", Threshold: "any training that failed", Source: "the steps of the study",
		Figures: []Figure{{"seeds", float64(f.seeds)}},
		Text:    fmt.Sprintf("Trainings on further seeds failed in this study; this trial has %s.", plural(f.seeds, "seed")),
	}, f.SeedsFail
}

func (f *figures) failingRemedy() Remedy {
	return Remedy{
		Name: "failing", Lines: []string{"evenkeel check" + f.file()},
		Text: "Find out why trainings on further seeds fail: without them it is not known which changes are beyond noise. The leaderboard shows the cause; this repeats it:",
	}
}

// named is the flag that names the study, where commands need it.
func (f *figures) named() string {
	if f.Study == "" {
		return ""
	}
	return " --study " + f.Study
}

func (f *figures) measureRemedy() Remedy {
	return Remedy{
		Name: "measure", Lines: []string{fmt.Sprintf("evenkeel explain %d --round %d%s --measure", f.Trial, f.Round, f.named())},
		Text: "Measure with a few trainings whether weights can work here at all, which classes they raise, and which classes lose by it:",
	}
}

func logitsRemedy() Remedy {
	return Remedy{Name: "logits", Text: "Return the logits and labels of the validation examples from the training script (val=(labels, logits) in the Python client). Every search then fits offsets, which need no training."}
}

// offsetsRemedy offers the offsets of the study, which are for its unweighted model.
func (f *figures) offsetsRemedy() Remedy {
	model := "the unweighted model"
	if f.other() {
		model = f.reference()
	}
	return Remedy{
		Name: "offsets", Text: fmt.Sprintf("Keep %s and fit offsets to the validation logits of each model that you train:", model),
		Lines: append([]string{
			fmt.Sprintf("evenkeel offsets LOGITS LABELS --tolerance %s --format torch", strconv.FormatFloat(f.Score.Tolerance, 'g', -1, 64)),
			"# one fixed set for all models, which keeps less of what they gain:",
			"evenkeel weights --offsets" + f.named() + " --format torch",
			"# or search over weights that are added to the logits in this way:",
		}, f.search("weighting.apply=posthoc")...),
	}
}

// addToLogits is Python that adds offsets to logits, and says for which classes.
func addToLogits(offsets []float64, classes []string) []string {
	words := make([]string, len(offsets))
	for c, v := range offsets {
		words[c] = offset(v)
	}
	return append(folded("# offsets of ", strings.Join(classes, ", "), "# "), folded("logits = logits + torch.tensor([", strings.Join(words, ", ")+"])", "    ")...)
}

// folded writes words on lines of at most [widestCommand] characters.
func folded(first, text, indent string) []string {
	var lines []string
	line := first
	for i, word := range strings.SplitAfter(text, ", ") {
		if i > 0 && len(line)+len(strings.TrimSpace(word)) > widestCommand {
			lines, line = append(lines, strings.TrimRight(line, " ")), indent
		}
		line += word
	}
	return append(lines, line)
}

// offset writes a number to add to a logit: 0.84.
func offset(v float64) string {
	text := fmt.Sprintf("%.2f", v)
	if text == "-0.00" {
		return "0.00"
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

// byErrors says how far apart the weights (1 - recall)^1 are, where that is farther than
// the weights are.
func byErrors(recall []float64, strength float64) string {
	s := byError(recall)
	if s <= strength {
		return ""
	}
	return fmt.Sprintf(" (1 - recall)^1 would have max/min %s here, instead of your %s, since errors differ by larger factors than recalls.", factor(ratio(s)), factor(ratio(strength)))
}

// stronger searches for strength itself.
func (f *figures) stronger() Remedy {
	return f.strengths("stronger", "Search over stronger weights."+byErrors(f.before, f.strength), 0.7, 3)
}

// weaker searches below the strength of the weights.
func (f *figures) weaker() Remedy {
	text := fmt.Sprintf("Search over weaker weights, which cost less accuracy: these have max/min %s.", factor(ratio(f.strength)))
	return f.strengths("weaker", text, math.Min(0.3, f.strength/6), math.Min(3, f.strength/2))
}

// strengths searches over the strength between two ends, with two significant digits each. The
// strength is that of round 1, so there is only this one: further rounds may make the weights
// stronger.
func (f *figures) strengths(name, text string, low, high float64) Remedy {
	low, high = twoDigits(low), twoDigits(high)
	text += fmt.Sprintf(" This searches over max/min from %s to %s, as its logarithm, the strength, with one round", factor(ratio(low)), factor(ratio(high)))
	if f.Longer != nil {
		text += fmt.Sprintf(" and %d epochs", f.Longer.Epochs)
	}
	return Remedy{
		Name: name, Text: text + ":",
		Lines: f.search(fmt.Sprintf("weighting.scheme=[{name: error-power, strength: {low: %g, high: %g}}]", low, high), "weighting.rounds=1"),
	}
}

// twoDigits rounds a positive number to two significant digits.
func twoDigits(v float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 2, 64), 64)
	if err != nil {
		panic(err) // it was written here
	}
	return rounded
}

func (f *figures) stopRemedy() Remedy {
	s := Remedy{Name: "stop-early", Text: "Stop before the model fits its training examples perfectly; weights act early in training and lose their effect later:"}
	if f.OwnScript {
		s.Text = "Stop before the model fits its training examples perfectly, in your own script or with fewer epochs; weights act early in training and lose their effect later."
		return s
	}
	s.Lines = f.search("model.early_stopping=3")
	return s
}

func (f *figures) longerRemedy() Remedy {
	s := Remedy{Name: "longer", Text: "Train longer, or with a larger learning rate, until the recalls on the training part are higher; then see whether weights have an effect:"}
	if f.OwnScript {
		s.Text = "Train longer, in your own script or with more epochs, until the recalls on the training part are higher; then see whether weights have an effect."
		return s
	}
	s.Lines = f.search("model.epochs=[30, 60]", "model.early_stopping=5")
	return s
}

func (f *figures) decayRemedy() Remedy {
	s := Remedy{Name: "decay", Text: "Regularise until the training accuracy visibly falls. The loss then stays above 0, and weights keep acting on it:"}
	if f.OwnScript {
		s.Lines = f.search("model.params.weight_decay={low: 0.001, high: 0.1, log: true}")
		return s
	}
	s.Lines = f.search("model.weight_decay={low: 0.001, high: 0.1, log: true}")
	return s
}

func (f *figures) deferredRemedy() Remedy {
	return Remedy{
		Name: "deferred", Lines: f.search("weighting.weights_from=[0.5, 0.8]"),
		Text: "Switch the weights on late in training, so that it ends before their effect is lost:",
	}
}

func (f *figures) pasteRemedy() Remedy {
	s := Remedy{
		Name: "paste", Lines: []string{fmt.Sprintf("evenkeel weights --trial %d --round %d%s --format torch", f.Trial, f.Round, f.named())},
		Text: "Use the weights in your training script; this prints them as Python:",
	}
	if f.Posthoc {
		s.Text = "Add the logarithms of the weights to the logits of your model; this prints them:"
	}
	return s
}

func (f *figures) moreSeedsRemedy() Remedy {
	return Remedy{
		Name: "seeds", Lines: f.search("search.max_replicates=10"),
		Text: "Give the best trials more seeds before you rely on this; the trial was chosen on these validation examples:",
	}
}

const (
	// worthwhile is the smallest effect that seeds are proposed for. Our choice.
	worthwhile = 0.01
	// mostSeeds is the largest number of seeds that is proposed.
	mostSeeds = 30
)

// target is the effect that more seeds should detect.
func (f *figures) target() float64 { return math.Max(math.Abs(f.stored.Difference), worthwhile) }

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
	if f.Confirming && f.Leading {
		return Remedy{
			Name: "seeds", Lines: []string{"evenkeel confirm" + f.named()},
			Text: fmt.Sprintf("Confirm it, as recommended: %d fresh seeds and the test part show more than this:", confirm.Seeds),
		}
	}
	n := f.seedsNeeded()
	if n <= f.seeds {
		n = max(2*f.seeds, 5)
		return Remedy{
			Name: "seeds", Lines: f.withSeeds(n),
			Text: "Use more seeds, which make the interval narrower:",
		}
	}
	return Remedy{
		Name: "seeds", Lines: f.withSeeds(n),
		Text: fmt.Sprintf("Use more seeds: a change of the score by %s on validation would be found in 80 %% of cases with about %d:", small(f.target()), n),
	}
}

// withSeeds is the command that searches with n seeds a trial.
func (f *figures) withSeeds(n int) []string {
	return f.search(fmt.Sprintf("search.replicates=%d", n), fmt.Sprintf("search.max_replicates=%d", n))
}

func (f *figures) imagesRemedy() Remedy {
	s := Remedy{Name: "images", Text: fmt.Sprintf("Measure on more validation examples: on these, %s a class, changes below %s by these weights may be missed with any number of seeds",
		count(f.support), small(f.power()*math.Sqrt(f.uncertainty.image)))}
	if f.OwnScript {
		s.Text += "; your script decides how many there are."
		return s
	}
	s.Text += ":"
	s.Lines = f.search("data.validation=0.4")
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
