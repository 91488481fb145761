package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"evenkeel/objective/data/arrays"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
	"evenkeel/runs/results"
)

// FittedOffsets prints one fixed set of offsets and what it does. command is the command
// line that made the page, without --format.
func FittedOffsets(out Out, o *results.Offsets, command string) error {
	p := offsetsPage{o, command}
	if out.paste() {
		p.paste(out.W, out.Format)
		return nil
	}
	if out.Format == "json" {
		return out.write(p.object())
	}
	if !out.forPeople() {
		return out.write(p.classes())
	}
	for _, line := range p.head() {
		out.paragraph("", line)
	}
	if out.Format != "markdown" {
		fmt.Fprintln(out.W)
	}
	if err := out.writeBetween(p.classes()); err != nil {
		return err
	}
	if out.Format != "markdown" {
		fmt.Fprintln(out.W)
	}
	for _, line := range p.notes() {
		out.lines(line)
	}
	return nil
}

// StoredOffsets prints the offsets of a study's unweighted model without any figures.
func StoredOffsets(out Out, o *results.Offsets) error {
	p := offsetsPage{o, "evenkeel offsets --study " + ShellWord(o.Study)}
	if out.paste() {
		for _, note := range p.stored() {
			comment(out.W, note)
		}
		pasteShift(out.W, out.Format, shift{values: o.Offsets, classes: o.Classes})
		return nil
	}
	r := result{columns: []column{{name: "study", left: true, hidden: true}, {name: "seeds", hidden: true}, {name: "class", left: true}, {name: "offset", text: sixDigits}}}
	for c, v := range o.Offsets {
		r.rows = append(r.rows, []any{o.Study, o.Models, o.Classes[c], v})
	}
	if out.Format == "json" {
		var change any
		if o.Measured != nil {
			change = o.Measured.Difference
		}
		r = result{columns: []column{
			{name: "study"}, {name: "seeds"}, {name: "classes"}, {name: "offsets"}, {name: "change"},
			{name: "balanced_accuracy_change"}, {name: "balanced_accuracy_low"}, {name: "balanced_accuracy_high"}, {name: "loss_probability"},
		}, rows: [][]any{append([]any{o.Study, o.Models, o.Classes, o.Offsets, change}, accuracyCells(o.Measured)...)}}
	}
	if out.forPeople() {
		for _, note := range p.stored() {
			out.lines(note)
		}
		fmt.Fprintln(out.W)
	}
	return out.write(r)
}

// offsetsPage lays offsets out.
type offsetsPage struct {
	*results.Offsets
	command string
}

// stored says where the offsets of a study come from.
func (p offsetsPage) stored() []string {
	notes := []string{fmt.Sprintf("study %s: offsets for the logits of the unweighted model, the mean over %s of the search", p.Study, count(p.Models, "seed"))}
	if p.Epochs > 0 {
		of := ", the mean over " + count(p.Models, "seed") + " of the search"
		if p.Models == 0 {
			of = ", as they were confirmed; the search has found others since"
		}
		notes = []string{fmt.Sprintf("study %s: offsets for the logits of the unweighted model trained %s%s", p.Study, count(p.Epochs, "epoch"), of)}
	}
	switch {
	case p.Measured != nil && p.Epochs > 0:
		notes = append(notes, "longer training and these offsets together, against the usual epochs: "+measured(p.Measured, p.Score.Tolerance))
	case p.Measured != nil:
		notes = append(notes, measured(p.Measured, p.Score.Tolerance))
	case p.Epochs == 0:
		notes = append(notes, "what they gain and cost: "+p.command)
	}
	return notes
}

// measured says what a confirmation found of something against the unweighted model.
func measured(m *results.MeasuredRow, tolerance float64) string {
	noise := ""
	if m.DifferenceLow <= 0 && m.DifferenceHigh >= 0 {
		noise = ", which cannot be distinguished from noise"
	}
	return fmt.Sprintf("confirmed on %s%s: the spread changes by %s%s, %s", count(m.Seeds, "fresh seed"), ownParts(m.Resplit),
		kept(&m.ConfirmedRow), noise, accuracyOf(&m.ConfirmedRow, tolerance))
}

// accuracyOf says what a confirmation found of the balanced accuracy.
func accuracyOf(c *runs.ConfirmedRow, tolerance float64) string {
	text := fmt.Sprintf("the balanced accuracy by %s points", points(c.AccuracyChange()))
	if !math.IsNaN(c.AccuracyLow) {
		text += " " + range95(c.AccuracyLow, c.AccuracyHigh, points)
	}
	if c.OverTolerance > 0.5 {
		text += fmt.Sprintf(", probably more than your limit of %s", unsigned(tolerance))
	}
	return text
}

// head says what to do, what it gains and what it costs.
func (p offsetsPage) head() []string {
	todo := "Offsets gain nothing beyond noise: keep the model as it is."
	if p.Study != "" {
		todo = fmt.Sprintf("This one set of offsets, for the usual epochs, gains nothing beyond noise. What to use instead: evenkeel recommend %s", ShellWord(p.Study))
	}
	if p.Gains() {
		todo = "Add the offsets below to the logits and predict the largest sum: " + whole(p.command+" --format torch")
		numbers := make([]string, len(p.Offsets.Offsets))
		for c, v := range p.Offsets.Offsets {
			numbers[c] = sixDigits(v)
		}
		if line := "Add offsets to the logits: predicted = (logits + [" + strings.Join(numbers, ", ") + "]).argmax(1)"; len(line) <= pageWidth {
			todo = line
		}
	}
	lines := []string{todo}
	if p.Measured != nil {
		lines = append(lines, "Quote this: "+measured(p.Measured, p.Score.Tolerance)+". On validation:")
	}
	return append(lines, p.gain(), p.cost(), p.worst())
}

// gain says what the offsets do to the spread of new examples.
func (p offsetsPage) gain() string {
	where := "on examples not in the fit"
	if p.Models > 1 {
		where = fmt.Sprintf("on examples and models not in the fit, mean over %d seeds", p.Models)
	}
	text := fmt.Sprintf("%s %s -> %s, change %s %s %s", p.Score.Spread.Text(), decimals(p.Spread, 3), decimals(p.SpreadAfter, 3),
		signed(p.Change.Estimate, 3), range95(p.Change.Low, p.Change.High, func(v float64) string { return signed(v, 3) }), where)
	if p.Gains() {
		return text
	}
	normal := interval.Quantile(interval.TwoSided, math.Inf(1))
	se := (p.Change.High - p.Change.Low) / 2 / normal
	return text + fmt.Sprintf("; a change below %s would probably go unseen with so few", decimals(interval.Detectable(normal, se, math.Inf(1)), 3))
}

// range95 writes an interval.
func range95(low, high float64, text func(float64) string) string {
	return fmt.Sprintf("(95 %% %s to %s)", text(low), text(high))
}

// cost says what the offsets do to the balanced accuracy.
func (p offsetsPage) cost() string {
	verdict, risk := accuracyRisk(p.Score.Tolerance, p.Cost.Estimate, p.Cost.Low, p.LossProbability()), p.LossProbability()
	if risk > 0.5 {
		verdict = fmt.Sprintf("probably more than your limit of %s (risk of more %s)", unsigned(p.Score.Tolerance), probability(risk))
	}
	return fmt.Sprintf("balanced accuracy %s -> %s, %s points %s, %s", percent(p.BalancedAccuracy), percent(p.BalancedAccuracy+p.Cost.Estimate),
		points(p.Cost.Estimate), range95(p.Cost.Low, p.Cost.High, points), verdict)
}

// worst names the worst class before and after.
func (p offsetsPage) worst() string {
	b, a := slices.Index(p.Before, slices.Min(p.Before)), slices.Index(p.After, slices.Min(p.After))
	return fmt.Sprintf("worst class %s %s -> %s %s", p.Classes[b], percent(p.Before[b]), classText(p.Classes[a]), percent(p.After[a]))
}

// classes has a row for each class.
func (p offsetsPage) classes() result {
	r := result{columns: []column{
		{name: "class", left: true}, {name: "examples"}, {name: "offset", text: sixDigits},
		{name: "recall_before", title: "before", text: share}, {name: "recall_after", title: "after", text: share},
		{name: "recall_change", title: "change", text: func(v any) string { return points(v.(float64)) }},
	}}
	for c, v := range p.Offsets.Offsets {
		r.rows = append(r.rows, []any{p.Classes[c], p.Support[c], v, p.Before[c], p.After[c], p.After[c] - p.Before[c]})
	}
	return r
}

// share writes a share in percentage points.
func share(v any) string { return percent(v.(float64)) }

// notes say how to read the figures, and what they do not say.
func (p offsetsPage) notes() []string {
	var total int64
	for _, n := range p.Support {
		total += n
	}
	how := fmt.Sprintf("Each third of the %d examples was measured with offsets fitted to the other two; those above are fitted to all.", total)
	if p.Models > 1 {
		how = fmt.Sprintf("Each third of the %d examples was measured, for each seed, with offsets of the other seeds' models, fitted to the other two thirds; "+
			"those above are the mean over the seeds of offsets fitted to all examples.", total)
	}
	notes := []string{strings.TrimSpace(how + " " + p.spreadNote())}
	if source := p.sources(); source != "" {
		notes = append(notes, source)
	}
	if p.Models > 1 {
		return append(notes, "Not known: what they do on data of another kind, and to models trained in another way.")
	}
	return append(notes, "Not known: what they do on data of another kind, and to another model, also the same one trained "+
		"again with another seed: fit them again for it.")
}

// spreadNote says which spreads these are.
func (p offsetsPage) spreadNote() string {
	if p.Spread == p.PlainSpread && p.SpreadAfter == p.PlainAfter {
		return ""
	}
	return fmt.Sprintf("The spreads are without what the noise of so many examples adds; with it they are %s and %s.",
		decimals(p.PlainSpread, 3), decimals(p.PlainAfter, 3))
}

// sources says what was made of the files.
func (p offsetsPage) sources() string {
	var words []string
	if p.Source == arrays.FromLabels || p.Source == arrays.FromHeader {
		words = append(words, fmt.Sprintf("The columns of the logits are taken to be %s (from %s).", someClasses(p.Classes), p.Source))
	}
	if p.Probabilities {
		words = append(words, fmt.Sprintf("The logits are the log of the probabilities; %d of these were raised to 1e-12 before.", p.Floored))
	}
	return strings.Join(words, " ")
}

// someClasses names the first few classes.
func someClasses(names []string) string {
	if len(names) > 6 {
		return strings.Join(names[:3], ", ") + ", ..., " + names[len(names)-1]
	}
	return strings.Join(names, ", ")
}

// object is the page as one row.
func (p offsetsPage) object() result {
	var study, logits any
	if study = p.Study; p.Study == "" {
		study, logits = nil, p.Logits
	}
	r := result{rows: [][]any{{}}}
	add := func(name string, v any) {
		r.columns = append(r.columns, column{name: name})
		r.rows[0] = append(r.rows[0], v)
	}
	add("study", study)
	add("logits", logits)
	add("models", p.Models)
	add("classes", p.Classes)
	add("offsets", p.Offsets.Offsets)
	add("gains", p.Gains())
	add("examples", p.Support)
	add("recall_before", p.Before)
	add("recall_after", p.After)
	add("spread_of", string(p.Score.Spread))
	add("spread", p.Spread)
	add("spread_after", p.SpreadAfter)
	add("change", p.Change.Estimate)
	add("change_low", p.Change.Low)
	add("change_high", p.Change.High)
	add("plain_spread", p.PlainSpread)
	add("plain_spread_after", p.PlainAfter)
	add("plain_change", p.PlainAfter-p.PlainSpread)
	add("balanced_accuracy", p.BalancedAccuracy)
	add("balanced_accuracy_change", p.Cost.Estimate)
	add("balanced_accuracy_low", p.Cost.Low)
	add("balanced_accuracy_high", p.Cost.High)
	add("tolerance", p.Score.Tolerance)
	add("within_tolerance", string(p.Within()))
	add("probabilities", p.Probabilities)
	add("floored", p.Floored)
	return r
}

// paste prints the offsets as Python.
func (p offsetsPage) paste(w io.Writer, format string) {
	from := "offsets fitted to " + p.Logits
	if p.Study != "" {
		from = fmt.Sprintf("study %s: offsets for the logits of the unweighted model", p.Study)
	}
	comment(w, from)
	if !p.Gains() {
		comment(w, "THEY GAIN NOTHING BEYOND NOISE: keep the model as it is")
	}
	comment(w, p.gain())
	comment(w, p.cost())
	pasteShift(w, format, shift{values: p.Offsets.Offsets, classes: p.Classes, probabilities: p.Probabilities})
}

// comment prints a text as a comment of Python.
func comment(w io.Writer, text string) {
	for _, line := range wrap(text, pageWidth-2) {
		fmt.Fprintln(w, "# "+line)
	}
}

// shift is what to add to the logits of each class.
type shift struct {
	values  []float64
	classes []string
	// probabilities says that the logits were the log of probabilities.
	probabilities bool
}

// pasteShift prints, for one of [PasteFormats], Python that adds a shift to the logits of
// a trained model.
func pasteShift(w io.Writer, format string, s shift) {
	numbers := make([]string, len(s.values))
	for c, v := range s.values {
		numbers[c] = sixDigits(v)
	}
	comment(w, "classes in their order: "+strings.Join(s.classes, ", "))
	if format == "torch" {
		list(w, "offsets = torch.tensor([", numbers, "])")
		fmt.Fprintln(w, "predicted = (logits + offsets.to(logits.device)).argmax(dim=1)")
		return
	}
	list(w, "offsets = numpy.array([", numbers, "])")
	switch {
	case format == "keras":
		comment(w, "of a model that ends in softmax: logits = numpy.log(model.predict(x).clip(1e-12))")
		fmt.Fprintln(w, "logits = model.predict(x)")
		fmt.Fprintln(w, "predicted = (logits + offsets).argmax(axis=1)")
	case s.probabilities || len(s.values) == 2:
		fmt.Fprintln(w, "logits = numpy.log(classifier.predict_proba(X).clip(1e-12))")
		fmt.Fprintln(w, "predicted = classifier.classes_[(logits + offsets).argmax(axis=1)]")
	default:
		comment(w, "where the logits were the log of predict_proba: logits = numpy.log(classifier.predict_proba(X).clip(1e-12))")
		fmt.Fprintln(w, "logits = classifier.decision_function(X)")
		fmt.Fprintln(w, "predicted = classifier.classes_[(logits + offsets).argmax(axis=1)]")
	}
}
