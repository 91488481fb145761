package report

import (
	"fmt"
	"math"
	"strings"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/results"
)

// recommendationLines is the most that a recommendation has.
const recommendationLines = 12

// Recommendation prints what to use, or for programs one row an option.
func Recommendation(out Out, o *results.Overview) error {
	p := answerPage{out, o, o.Recommendation}
	if !out.forPeople() {
		return out.write(p.figures())
	}
	p.print()
	return nil
}

// RecommendationLines are the lines of a recommendation, for a page that begins with it; what
// names other commands is left out.
func RecommendationLines(out Out, o *results.Overview) []string {
	lines := answerPage{out, o, o.Recommendation}.lines()
	if last := len(lines) - 1; strings.HasPrefix(lines[last], moreHead) {
		lines = lines[:last]
	}
	return lines
}

// moreHead is before the names of other commands.
const moreHead = "  More: "

// answerPage lays a recommendation out. Every command that shows one uses it.
type answerPage struct {
	Out
	*results.Overview
	r *results.Recommendation
}

// print prints the recommendation: what to use, what it gains, what it costs, how to get
// it, what else, and what is not known.
func (p answerPage) print() {
	lines := p.lines()
	if p.Format != "markdown" {
		fmt.Fprintln(p.W, strings.Join(lines, "\n"))
		return
	}
	fmt.Fprintf(p.W, "**%s**\n\n", lines[0])
	for _, line := range lines[1:] {
		fmt.Fprintln(p.W, "- "+strings.TrimSpace(line))
	}
}

// lines are the lines of the recommendation.
func (p answerPage) lines() []string {
	lines := []string{p.head()}
	if p.r.State == results.NoRecommendation {
		return append(append(lines, p.none()...), moreHead+strings.Join(p.more(), ", or "))
	}
	if p.r.LongerFirst && !p.longer() {
		lines = append(lines, p.longerFirst()...)
	}
	lines = append(lines, p.use()...)
	if p.longer() {
		lines = append(lines, p.thenSearch()...)
	}
	if p.r.Beyond != "" && p.r.Quoted(p.r.Of(p.r.Beyond)).Change < p.r.Quoted(p.r.Of(p.r.Use)).Change {
		lines = append(lines, p.beyond())
	}
	last := append(p.unknown(), moreHead+strings.Join(p.more(), ", or "))
	if unlike := p.unlike(); unlike != "" && len(lines)+len(last) < recommendationLines {
		last = append([]string{unlike}, last...)
	}
	room := max(0, recommendationLines-len(lines)-len(last))
	others := p.alternatives(room)
	others = others[:min(len(others), room)]
	return append(append(lines, others...), last...)
}

// head says what the figures are of.
func (p answerPage) head() string {
	switch p.r.State {
	case results.NoRecommendation:
		return "RECOMMENDATION: none"
	case results.Provisional:
		return fmt.Sprintf("RECOMMENDATION, PROVISIONAL (validation, %s, %s; not for quoting)",
			perClass(p.Board.Study.ValCounts), count(p.r.Seeds, "seed"))
	}
	c := p.r.Confirmed
	return fmt.Sprintf("RECOMMENDATION (test part, %s, %s; test part read %s)",
		perClass(c.Images), count(c.Seeds, "fresh seed"), times(c.TestReads))
}

// none says why there is no recommendation, and what to do.
func (p answerPage) none() []string {
	text, command := p.whyNone()
	lines := indented(text, p.textWidth())
	if command != "" {
		lines = append(lines, "    "+command)
	}
	return lines
}

// whyNone says why there is no recommendation and what to do, and the command that does it,
// "" where the text has it.
func (p answerPage) whyNone() (text, command string) {
	text = capitalised(string(p.r.Why)) + "."
	switch p.r.Why {
	case results.NotTrained:
		text = capitalised(notTrained(p.Training, p.Definition.Model.Trainer.Transport().OwnData))
		if p.Judgement.Blocks() {
			text += " " + p.judgement()
		}
		command = "First search again: " + p.searchEpochs(int64(p.Training.Enough()))
	case results.NoBetterThanGuessing:
		text = p.judgement() + " Find out why: evenkeel check STUDY.yaml"
	case results.SearchFailed, results.EveryTrialInvalid:
		text = p.stopped()
	case results.EveryTrialFailed:
		text += " evenkeel show 1" + p.study() + " says why."
	case results.NothingTrained, results.NoTrialComplete:
		text += " Go on: evenkeel resume " + ShellWord(p.Definition.Name)
	}
	return text, command
}

// judgement says what is wrong with the unweighted model.
func (p answerPage) judgement() string {
	return capitalised(p.Judgement.Text("the unweighted model", p.classNames())) + ". " + p.Judgement.Advice()
}

// indented wraps a text to lines that are indented by two.
func indented(text string, width int) []string {
	lines := wrap(text, width-2)
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// withCommand says what to do with the command behind it, or below where both do not fit on
// a line.
func withCommand(text, command string) []string {
	if command == "" {
		return indented(text, pageWidth)
	}
	if line := "  " + text + ": " + command; columns(line) <= pageWidth {
		return []string{line}
	}
	return append(indented(text+":", pageWidth), "    "+command)
}

// use says what to use and what is known of it.
func (p answerPage) use() []string {
	o := p.r.Of(p.r.Use)
	if p.r.Use == objective.OptionNothing {
		return p.useNothing()
	}
	text, command := p.advice(p.r.Use), p.command(p.r.Use)
	switch {
	case p.r.Use == objective.OptionLonger:
		command = "" // it searches again, which is said below
	case p.longer():
	case p.r.LongerFirst:
		text = "With the epochs as they are, " + lowered(text)
	case p.r.Why == results.BestInside:
		text = "Within your limit, " + lowered(text)
	}
	if command == "" {
		text += "."
	}
	lines := append(withCommand(text, command), p.figuresOf(o)...)
	if p.r.Use == objective.OptionLongerThenOffsets {
		lines = append(lines, p.alone()...)
	}
	if p.r.Cheaper != "" {
		lines = append(lines, p.cheaper())
	}
	return lines
}

// cheaper names the option that takes fewer trainings and is no worse.
func (p answerPage) cheaper() string {
	o := p.r.Of(p.r.Cheaper)
	text := fmt.Sprintf("  No worse, with %s instead of %d: ", count(o.Trainings, "training"), p.r.Of(p.r.Use).Trainings)
	figures := fmt.Sprintf("  %s  %s points", signed(o.Test.Change, 3), points(o.Test.AccuracyChange))
	return text + cut(p.name(o.Option), pageWidth-len(text)-len(figures)) + figures
}

// lowered writes the first letter small.
func lowered(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// useNothing says that the unweighted model is to be used.
func (p answerPage) useNothing() []string {
	lines := []string{"  Use the unweighted model as it is."}
	if p.r.LongerFirst {
		lines = []string{"  With the epochs as they are, use the unweighted model."}
	}
	switch p.r.Why {
	case results.NotConfirmedBetter:
		o := p.r.Of(p.r.Chosen)
		if o.Test.Seeds == 0 {
			return append(lines, "    What the search chose could not be measured on the test part: "+p.name(p.r.Chosen)+".")
		}
		verdict := "not more even on the test part beyond noise"
		if o.Test.ChangeHigh < 0 {
			verdict = "more even on the test part, which the accuracy that it loses outweighs"
		}
		for _, line := range indented(fmt.Sprintf("The search chose %s: %s.", p.name(p.r.Chosen), verdict), pageWidth-2) {
			lines = append(lines, "  "+line)
		}
		return append(lines, p.figuresOf(o)...)
	case results.NothingInside:
		return append(lines, "    Within your limit no option is better beyond noise.")
	default:
		return append(lines, "    No option has a better score than the unweighted model in the search.")
	}
}

// figuresOf says what an option gains and what it costs.
func (p answerPage) figuresOf(o results.MeasuredOption) []string {
	f := p.r.Quoted(o)
	gains := fmt.Sprintf("    spread %s -> %s   %s%s", decimals(f.Spread-f.Change, 3), decimals(f.Spread, 3), signed(f.Change, 3), p.interval(o, f))
	if p.r.State == results.Provisional && f.ChangeHigh >= 0 {
		gains += ", within noise so far"
	}
	costs := fmt.Sprintf("    balanced accuracy %s points", points(f.AccuracyChange))
	costs += within(f.AccuracyLow, f.AccuracyHigh, points)
	lines := []string{gains}
	if classes := p.moved(f); len(classes) > 0 {
		lines = append(lines, cut("    "+strings.Join(classes, ", "), pageWidth))
	}
	return append(lines, costs+p.limit(f))
}

// interval writes the interval of a change, which is one for all options together where
// the option was picked on the test part.
func (p answerPage) interval(o results.MeasuredOption, f results.Figures) string {
	switch {
	case math.IsNaN(f.ChangeLow):
		return ""
	case p.r.Corrected && o.Option == p.r.Use:
		return fmt.Sprintf(" (95 %% for all options together %s to %s)", signed(f.ChangeLow, 3), signed(f.ChangeHigh, 3))
	}
	return fmt.Sprintf(" (95 %% %s to %s)", signed(f.ChangeLow, 3), signed(f.ChangeHigh, 3))
}

// moved says what becomes of the unweighted model's worst class, or where its recalls are
// not known which class gains most, and which other class loses most, beyond noise.
func (p answerPage) moved(f results.Figures) []string {
	var words []string
	worst := p.r.Quoted(p.r.Of(objective.OptionNothing)).WorstClass
	for k, r := range f.Recalls {
		before := p.r.Of(objective.OptionNothing).Test.Recalls
		if p.Board.Study.Class(k) == worst && k < len(before) {
			words = append(words, "worst class "+changes([]runs.ClassChange{{Class: worst, Before: before[k].Mean, After: r.Mean}}))
		}
	}
	if len(words) == 0 && len(f.Gained) > 0 {
		words = append(words, "largest gain "+changes(f.Gained[:1]))
	}
	if len(f.Lost) > 0 && f.Lost[0].Class != worst {
		words = append(words, "largest loss "+changes(f.Lost[:1]))
	}
	return words
}

// limit compares a change of accuracy with the study's limit.
func (p answerPage) limit(f results.Figures) string {
	limit := "your limit of " + unsigned(p.Definition.Objective.Tolerance)
	switch {
	case math.IsNaN(f.LossProbability):
		return ""
	case f.BeyondLimit():
		return fmt.Sprintf(", BEYOND %s (risk %s)", limit, probability(f.LossProbability))
	}
	return ", " + accuracyRisk(p.Definition.Objective.Tolerance, f.AccuracyChange, f.AccuracyLow, f.LossProbability)
}

// accuracyRisk says that a change of balanced accuracy, with the lower end of its interval, is
// within the limit, and what the risk is that more is lost.
func accuracyRisk(tolerance, change, low, risk float64) string {
	switch {
	case low > 0:
		return "higher beyond noise"
	case strings.HasPrefix(points(change), "+"):
		return fmt.Sprintf("risk of losing more than %s: %s", unsigned(tolerance), probability(risk))
	}
	return fmt.Sprintf("within your limit of %s (risk of more %s)", unsigned(tolerance), probability(risk))
}

// probability writes a probability in percent.
func probability(p float64) string {
	switch {
	case p < 0.01:
		return "<1 %"
	case p > 0.99:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// longer reports whether what to use is trained longer.
func (p answerPage) longer() bool {
	return results.Longer(p.r.Use)
}

// longerFirst says that the model was not trained enough, and what more epochs gain alone.
func (p answerPage) longerFirst() []string {
	f := p.r.Quoted(p.r.Of(objective.OptionLonger))
	usual, longer := p.epochs()
	gain := fmt.Sprintf("balanced accuracy %s points%s", points(f.AccuracyChange), within(f.AccuracyLow, f.AccuracyHigh, points))
	if f.ChangeHigh < 0 {
		gain += fmt.Sprintf(", spread %s%s", signed(f.Change, 3), within(f.ChangeLow, f.ChangeHigh, func(x float64) string { return signed(x, 3) }))
	}
	text := fmt.Sprintf("First train longer, %d epochs instead of %d, and search again", longer, usual)
	return append(withCommand(text, p.command(objective.OptionLonger)), "    alone: "+gain)
}

// alone says what longer training does without the offsets that follow it.
func (p answerPage) alone() []string {
	f := p.r.Quoted(p.r.Of(objective.OptionLonger))
	if f.Seeds == 0 {
		return nil
	}
	return []string{fmt.Sprintf("    longer training alone: balanced accuracy %s points%s", points(f.AccuracyChange), within(f.AccuracyLow, f.AccuracyHigh, points))}
}

// thenSearch says how to search with as many epochs as what to use has.
func (p answerPage) thenSearch() []string {
	_, longer := p.epochs()
	return withCommand(fmt.Sprintf("To find weights for that model too, search with %d epochs", longer), p.command(objective.OptionLonger))
}

// within writes a 95 % interval in parentheses, "" where it is not known.
func within(low, high float64, write func(float64) string) string {
	if math.IsNaN(low) {
		return ""
	}
	return fmt.Sprintf(" (95 %% %s to %s)", write(low), write(high))
}

// beyond says what more evenness costs: the option that would have been recommended, were
// it not beyond the limit.
func (p answerPage) beyond() string {
	f := p.r.Quoted(p.r.Of(p.r.Beyond))
	const text = "  Beyond your limit, more even: "
	figures := fmt.Sprintf("  %s  %s points (risk %s)", signed(f.Change, 3), points(f.AccuracyChange), probability(f.LossProbability))
	return text + cut(p.name(p.r.Beyond), pageWidth-len(text)-len(figures)) + figures
}

// alternatives say what to use where more accuracy may be given up, or less. Before a
// confirmation they have the intervals of validation, on a line of their own where there is
// room for so many lines.
func (p answerPage) alternatives(room int) []string {
	list := make([]struct{ label, name, figures, more string }, len(p.r.Alternatives))
	label, name, figures := 0, 0, 0
	provisional := p.r.State == results.Provisional
	for i, a := range p.r.Alternatives {
		f := p.r.Quoted(p.r.Of(a.Option))
		l := &list[i]
		l.label, l.name = "Giving up nothing:", p.name(a.Option)
		if a.GivingUp > 0 {
			l.label = fmt.Sprintf("Giving up at most %s points:", unsigned(a.GivingUp))
		}
		l.figures = fmt.Sprintf("%s  %s points", signed(f.Change, 3), points(f.AccuracyChange))
		known := provisional && !math.IsNaN(f.ChangeLow)
		switch change := within(f.ChangeLow, f.ChangeHigh, func(x float64) string { return signed(x, 3) }); {
		case known && room >= 2*len(list):
			l.figures = ""
			l.more = fmt.Sprintf("    %s%s, balanced accuracy %s points%s", signed(f.Change, 3), change, points(f.AccuracyChange),
				within(f.AccuracyLow, f.AccuracyHigh, points))
		case known:
			l.figures = fmt.Sprintf("%s%s  %s points", signed(f.Change, 3), change, points(f.AccuracyChange))
		case p.r.State == results.RecommendationConfirmed && !(f.ChangeHigh < 0):
			l.figures += ", within noise"
		}
		label, name, figures = max(label, len(l.label)), max(name, columns(l.name)), max(figures, len(l.figures))
	}
	name = min(name, pageWidth-label-figures-6)
	var lines []string
	for _, l := range list {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("  %-*s  %-*s  %s", label, l.label, name, cut(l.name, name), l.figures), " "))
		if l.more != "" {
			lines = append(lines, l.more)
		}
	}
	return lines
}
