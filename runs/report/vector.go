package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs"
	"evenkeel/runs/results"
)

// PasteFormats are the formats of weights that are Python to paste.
func PasteFormats() []string { return []string{"torch", "keras", "sklearn"} }

// Weights prints the weights of a trial.
func Weights(out Out, w *results.Weights) error {
	recipe, err := recipeText(w.Definition, w.Trial.Point)
	if err != nil {
		return err
	}
	v := vector{w, recipe}
	if out.paste() {
		v.paste(out.W, out.Format)
		return nil
	}
	if out.forPeople() {
		for _, note := range v.notes() {
			out.lines(note)
		}
		fmt.Fprintln(out.W)
	}
	return out.write(v.result(out.Format))
}

// Calculated prints weights that were calculated from recalls.
func Calculated(out Out, recalls, weights []float64) error {
	r := result{columns: []column{{name: "class"}, {name: "recall", text: shortest}, {name: "weight", text: shortest}}}
	for c := range recalls {
		r.rows = append(r.rows, []any{c, recalls[c], weights[c]})
	}
	return out.write(r)
}

// vector lays the weights of a trial's round out; recipe is the trial's in a few words.
type vector struct {
	*results.Weights
	recipe string
}

// class names a class.
func (v vector) class(c int) string { return v.Trial.Study.Class(c) }

// result lays the vector out: one row a class, or for JSON one object.
func (v vector) result(format string) result {
	t := v.Trial
	if format == "json" {
		return v.object()
	}
	one := len(t.Replicates) == 1 // then there is no range to show
	r := result{columns: []column{
		{name: "study", left: true, hidden: true}, {name: "trial", hidden: true}, {name: "round", hidden: true}, {name: "seeds", hidden: true},
		{name: "class", left: true}, {name: "weight", text: sixDigits},
		{name: "lowest", title: "lowest seed", text: sixDigits, hidden: one}, {name: "highest", title: "highest seed", text: sixDigits, hidden: one},
	}}
	for c := range v.Vector.Weights {
		r.rows = append(r.rows, []any{t.Study.Name, t.Number, v.Round, len(t.Replicates), v.class(c), v.Vector.Weights[c], v.Lowest[c], v.Highest[c]})
	}
	if v.Offsets != nil {
		r.columns = append(r.columns, column{name: "offset", text: sixDigits})
		for c := range r.rows {
			r.rows[c] = append(r.rows[c], v.Offsets[c])
		}
	}
	return r
}

// object is the vector as one row.
func (v vector) object() result {
	t := v.Trial
	names := make([]string, len(v.Vector.Weights))
	for c := range names {
		names[c] = v.class(c)
	}
	var recipe, single any
	if ofRecipe, ofVector := v.confirmed(); ofVector != nil {
		recipe, single = ofRecipe.Difference, ofVector.Difference
	}
	var invalid any
	if t.Invalid != "" {
		invalid = t.Invalid
	}
	r := result{columns: []column{
		{name: "study"}, {name: "trial"}, {name: "round"}, {name: "recipe"}, {name: "seeds"}, {name: "classes"}, {name: "weights"},
		{name: "lowest"}, {name: "highest"}, {name: "factor_typical"}, {name: "factor_most"}, {name: "applied_by"}, {name: "weights_from"},
		{name: "confirmed_recipe"}, {name: "confirmed_vector"}, {name: "invalid"},
		{name: "balanced_accuracy_change"}, {name: "balanced_accuracy_low"}, {name: "balanced_accuracy_high"}, {name: "loss_probability"},
	}, rows: [][]any{{
		t.Study.Name, t.Number, v.Round, v.recipe, len(t.Replicates), names, v.Vector.Weights,
		v.Lowest, v.Highest, v.Typical, v.Most, v.Plan.Apply, v.Plan.WeightsFrom, recipe, single, invalid,
	}}}
	r.rows[0] = append(r.rows[0], accuracyCells(v.measured())...)
	if v.Offsets != nil {
		r.columns, r.rows[0] = append(r.columns, column{name: "offsets"}), append(r.rows[0], v.Offsets)
	}
	return r
}

// measured returns what the confirmation found of exactly what is printed, the weights or the
// weights with the offsets after them; nil without one.
func (v vector) measured() *results.MeasuredRow {
	switch {
	case v.Confirmed == nil:
		return nil
	case v.Offsets != nil:
		return v.Confirmed.MeasuredOf(objective.OptionWeightsThenOffsets)
	}
	return v.Confirmed.MeasuredOf(objective.OptionWeightsFixed)
}

// accuracyCells are the change of the balanced accuracy against nothing, its 95 % interval, and
// the probability that more than the tolerance is lost; nothing where none was measured.
func accuracyCells(m *results.MeasuredRow) []any {
	if m == nil {
		return []any{nil, nil, nil, nil}
	}
	return []any{m.AccuracyChange(), m.AccuracyLow, m.AccuracyHigh, m.OverTolerance}
}

// sixDigits writes a weight with six digits that count.
func sixDigits(v any) string { return strconv.FormatFloat(v.(float64), 'g', 6, 64) }

// notes say where the vector comes from and what to expect of it.
func (v vector) notes() []string {
	t := v.Trial
	seeds := len(t.Replicates)
	notes := []string{fmt.Sprintf("study %s, %s: %s", t.Study.Name, armName(t.Number, v.Round), v.recipe)}
	if t.Invalid != "" {
		notes = append(notes, "THE TRIAL IS INVALID: "+t.Invalid)
	}
	if seeds == 1 {
		notes = append(notes, "the weights of one seed, mean 1; how far those of another would differ is not known")
	} else {
		notes = append(notes, fmt.Sprintf("geometric mean over %d seeds, mean 1; single seeds' weights differ from it by a factor of %.2f typically, of %.2f at most",
			seeds, v.Typical, v.Most))
	}
	notes = append(notes, v.keeps())
	if _, single := v.confirmed(); single != nil {
		notes = append(notes, "this vector changes "+accuracyOf(single, v.Definition.Objective.Tolerance))
	}
	if v.Offsets != nil {
		if m := v.measured(); m != nil {
			notes = append(notes, "with the offsets below after it, "+measured(m, v.Definition.Objective.Tolerance))
		}
	}
	if note := appliedNote(v.Plan.Apply); note != "" {
		notes = append(notes, note)
	}
	if v.Plan.WeightsFrom != 0 {
		notes = append(notes, fmt.Sprintf("the study switched them on after %s %% of the epochs; before, all weights were 1", percent(v.Plan.WeightsFrom)))
	}
	return notes
}

// appliedNote says what else than weighting the loss was done with the weights.
func appliedNote(apply string) string {
	way := objective.WayOf(apply)
	without := "train with them"
	switch {
	case apply == objective.ApplyLoss:
		return ""
	case way.Trained:
		without = "weight the loss"
	}
	return fmt.Sprintf("the study did not %s: it %s (weighting.apply: %s); as weights of the loss they do something else", without, way.Doc, apply)
}

// keeps says what part of the gain the vector keeps.
func (v vector) keeps() string {
	found := ""
	if recipe, single := v.confirmed(); single != nil {
		found = fmt.Sprintf("confirmed on %s%s: the recipe, with weights measured anew for each model, changes the spread by %s, this vector by %s",
			count(v.Confirmed.Seeds, "fresh seed"), ownParts(v.Confirmed.Resplit), kept(recipe), kept(single))
		if v.Confirmed.Family > 1 {
			found += fmt.Sprintf(", judged with Holm's correction for the %d arms that were confirmed", v.Confirmed.Family)
		}
	}
	answer, share := v.Keeps()
	switch answer {
	case results.NotConfirmed:
		text := "pasted, these weights are the same for every model; the trial measured new ones for every seed, which usually gains more. "
		if v.Trial.Invalid != "" {
			return text + "No confirmation counts, since the trial is declared invalid: " + v.Trial.Invalid
		}
		command := fmt.Sprintf("evenkeel confirm %d/%d", v.Trial.Number, v.Round)
		if v.Several {
			command += " --study " + ShellWord(v.Trial.Study.Name)
		}
		return text + "Not confirmed yet: " + whole(command)
	case results.KeepsShare:
		return fmt.Sprintf("%s, which is %.0f %% of it", found, 100*share)
	case results.KeepsNothing:
		return found + ": it keeps nothing of the gain"
	case results.OnlyVectorGain:
		return found + ": the vector's gain is beyond noise, the recipe's is not"
	case results.ShareUnknown:
		return found + ": what it keeps of the gain cannot be distinguished from noise"
	}
	return found + ": there is no gain beyond noise to keep"
}

// kept writes a change of the spread with its interval.
func kept(c *runs.ConfirmedRow) string {
	if math.IsNaN(c.DifferenceHigh) {
		return signed(c.Difference, 3)
	}
	return fmt.Sprintf("%s (95 %% %s to %s)", signed(c.Difference, 3), signed(c.DifferenceLow, 3), signed(c.DifferenceHigh, 3))
}

// confirmed returns what the confirmation found of the recipe and of its one vector, nil
// without one of both.
func (v vector) confirmed() (recipe, single *runs.ConfirmedRow) {
	if v.Confirmed == nil {
		return nil, nil
	}
	recipe, _ = v.Confirmed.Row(objective.OptionWeightsRemeasured, objective.OptionNothing)
	single, _ = v.Confirmed.Row(objective.OptionWeightsFixed, objective.OptionNothing)
	if recipe == nil || single == nil {
		return nil, nil
	}
	return recipe, single
}

// paste prints the vector as Python for one of [PasteFormats], in the way in which the
// study applies it.
func (v vector) paste(w io.Writer, format string) {
	for _, note := range v.notes() {
		comment(w, note)
	}
	names := make([]string, len(v.Vector.Weights))
	for c := range names {
		names[c] = v.class(c)
	}
	switch v.Plan.Apply {
	case objective.ApplyPosthoc:
		comment(w, "offsets: ln(weight), with mean 0")
		pasteShift(w, format, shift{values: posthoc.FromWeights(v.Vector.Weights), classes: names})
	case objective.ApplyLogit:
		v.pasteLogit(w, format, names)
	default:
		v.pasteLoss(w, format, names)
	}
	if v.Offsets != nil {
		fmt.Fprintln(w)
		comment(w, "then, to predict with a model that was trained with these weights:")
		pasteShift(w, format, shift{values: v.Offsets, classes: names})
	}
}

// pasteLogit prints a training with ln(weight) subtracted from the logits.
func (v vector) pasteLogit(w io.Writer, format string, names []string) {
	numbers := make([]string, len(names))
	for c, x := range posthoc.FromWeights(v.Vector.Weights) {
		numbers[c] = sixDigits(x)
	}
	comment(w, "log_weight: ln(weight), with mean 0; it is subtracted in training only, predictions are made with the logits as they are")
	comment(w, "classes in their order: "+strings.Join(names, ", "))
	switch format {
	case "torch":
		list(w, "log_weight = torch.tensor([", numbers, "])")
		fmt.Fprintln(w, "criterion = nn.CrossEntropyLoss()")
		fmt.Fprintln(w, "loss = criterion(logits - log_weight.to(logits.device), labels)")
	case "keras":
		list(w, "log_weight = keras.ops.array([", numbers, "])")
		fmt.Fprintln(w, "def loss(labels, logits):")
		fmt.Fprintln(w, "    return keras.losses.sparse_categorical_crossentropy(labels, logits - log_weight, from_logits=True)")
	case "sklearn":
		comment(w, "scikit-learn's own classifiers cannot subtract it; in a training loop of your own the loss takes training_logits")
		list(w, "log_weight = numpy.array([", numbers, "])")
		fmt.Fprintln(w, "training_logits = logits - log_weight")
	}
}

// pasteLoss prints weights of the loss.
func (v vector) pasteLoss(w io.Writer, format string, names []string) {
	numbers, byIndex, byName := make([]string, len(names)), make([]string, len(names)), make([]string, len(names))
	plain := true // the names are the labels' numbers
	for c, x := range v.Vector.Weights {
		numbers[c] = sixDigits(x)
		byIndex[c] = strconv.Itoa(c) + ": " + numbers[c]
		byName[c] = strconv.Quote(names[c]) + ": " + numbers[c]
		plain = plain && names[c] == strconv.Itoa(c)
	}
	order := "classes in their order: " + strings.Join(names, ", ")
	switch format {
	case "torch":
		comment(w, order)
		list(w, "class_weight = torch.tensor([", numbers, "])")
		fmt.Fprintln(w, "criterion = nn.CrossEntropyLoss(weight=class_weight)")
	case "keras":
		comment(w, order)
		comment(w, "Keras multiplies the loss by the weights and does not divide by their sum; at mean 1 the loss keeps its scale")
		list(w, "class_weight={", byIndex, "}")
	case "sklearn":
		if plain {
			list(w, "class_weight={", byIndex, "}")
			break
		}
		comment(w, "the keys are the values of y: here the names of the classes; where y holds the numbers 0, 1, ..., in the order below, put these for them")
		list(w, "class_weight={", byName, "}")
	}
}

// list prints items between brackets, on one line if they fit.
func list(w io.Writer, open string, items []string, end string) {
	line := open + strings.Join(items, ", ") + end
	if columns(line) <= pageWidth {
		fmt.Fprintln(w, line)
		return
	}
	fmt.Fprintln(w, open)
	row := "   "
	for _, item := range items {
		if columns(row)+columns(item)+2 > pageWidth {
			fmt.Fprintln(w, row)
			row = "   "
		}
		row += " " + item + ","
	}
	fmt.Fprintf(w, "%s\n%s\n", row, end)
}
