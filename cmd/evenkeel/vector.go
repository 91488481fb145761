package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/schemes"
	"evenkeel/search"
)

// pasteFormats are the formats of a vector for the user's own training script.
var pasteFormats = []string{"torch", "keras", "sklearn"}

// vector is the class-weight vector of a trial's arm.
type vector struct {
	trial *runs.Trial
	round int
	plan  objective.Plan
	// recipe is the trial's recipe in a few words.
	recipe string
	// weights are at mean 1, lowest and highest those of single seeds.
	weights, lowest, highest []float64
	// typical and most are by which factor single seeds' weights differ from these,
	// in the root mean square of the logs and at most; 1 for one seed.
	typical, most float64
	// kept is what a confirmation found, nil if there was none.
	kept *runs.Kept
}

// newVector reads the vector of a trial's round, of its best one if round is 0.
func newVector(ctx context.Context, db *runs.DB, study string, number, round int) (*vector, error) {
	t, err := db.Trial(ctx, study, number)
	if err != nil {
		return nil, err
	}
	switch {
	case t.Error != "" && len(t.Replicates) == 0:
		return nil, fmt.Errorf("trial %d of study %s has no weights: it failed with: %s", number, t.Study.Name, t.Error)
	case t.Best == 0 || len(t.Replicates) == 0:
		return nil, fmt.Errorf("trial %d of study %s has no weights yet: it is %s", number, t.Study.Name, t.State)
	case round > len(t.Arms):
		return nil, usagef("--round %d: trial %d has rounds 1 to %d", round, number, len(t.Arms))
	case round == 0:
		round = t.Best
	}
	def, err := readDefinition(ctx, db, t.Study.Name, nil)
	if err != nil {
		return nil, err
	}
	v := &vector{trial: t, round: round}
	if err := v.describe(def); err != nil {
		return nil, err
	}
	if err := v.average(); err != nil {
		return nil, fmt.Errorf("trial %d round %d: %w", number, round, err)
	}
	v.kept, err = db.Kept(ctx, t.Study.Name, number, round)
	return v, err
}

// describe reads what the weights belong to.
func (v *vector) describe(def *search.Definition) (err error) {
	if v.plan, err = def.Plan(v.trial.Point); err != nil {
		return err
	}
	v.recipe, err = recipeText(def, v.trial.Point)
	return err
}

// average takes the mean over seeds, and how far single seeds are from it.
func (v *vector) average() (err error) {
	var all [][]float64
	for _, rep := range v.trial.Replicates {
		all = append(all, rep.Rounds[v.round].Weights)
	}
	if v.weights, err = confirm.GeometricMean(all); err != nil {
		return err
	}
	v.lowest, v.highest = slices.Clone(all[0]), slices.Clone(all[0])
	var squares, most float64
	for _, w := range all {
		for c, x := range w {
			v.lowest[c], v.highest[c] = min(v.lowest[c], x), max(v.highest[c], x)
			d := math.Abs(schemes.Log(x) - schemes.Log(v.weights[c]))
			squares, most = squares+float64(d*d), max(most, d)
		}
	}
	v.typical = schemes.Exp(math.Sqrt(squares / float64(len(all)*len(v.weights))))
	v.most = schemes.Exp(most)
	return nil
}

// class names a class.
func (v *vector) class(c int) string { return className(v.trial, c) }

// result lays the vector out: one row a class, or for JSON one object.
func (v *vector) result(format string) result {
	t := v.trial
	if format == "json" {
		return v.object()
	}
	one := len(t.Replicates) == 1 // then there is no range to show
	r := result{columns: []column{
		{name: "study", left: true, hidden: true}, {name: "trial", hidden: true}, {name: "round", hidden: true}, {name: "seeds", hidden: true},
		{name: "class", left: true}, {name: "weight", text: sixDigits},
		{name: "lowest", title: "lowest seed", text: sixDigits, hidden: one}, {name: "highest", title: "highest seed", text: sixDigits, hidden: one},
	}}
	for c := range v.weights {
		r.rows = append(r.rows, []any{t.Study.Name, t.Number, v.round, len(t.Replicates), v.class(c), v.weights[c], v.lowest[c], v.highest[c]})
	}
	return r
}

// object is the vector as one row.
func (v *vector) object() result {
	t := v.trial
	names := make([]string, len(v.weights))
	for c := range names {
		names[c] = v.class(c)
	}
	var recipe, single any
	if v.kept != nil {
		recipe, single = v.kept.Recipe.Change, v.kept.Vector.Change
	}
	var invalid any
	if t.Invalid != "" {
		invalid = t.Invalid
	}
	return result{columns: []column{
		{name: "study"}, {name: "trial"}, {name: "round"}, {name: "recipe"}, {name: "seeds"}, {name: "classes"}, {name: "weights"},
		{name: "lowest"}, {name: "highest"}, {name: "factor_typical"}, {name: "factor_most"}, {name: "applied_by"}, {name: "weights_from"},
		{name: "confirmed_recipe"}, {name: "confirmed_vector"}, {name: "invalid"},
	}, rows: [][]any{{
		t.Study.Name, t.Number, v.round, v.recipe, len(t.Replicates), names, v.weights,
		v.lowest, v.highest, v.typical, v.most, v.plan.Apply, v.plan.WeightsFrom, recipe, single, invalid,
	}}}
}

// sixDigits writes a weight with six digits that count.
func sixDigits(v any) string { return strconv.FormatFloat(v.(float64), 'g', 6, 64) }

// notes say where the vector comes from and what to expect of it.
func (v *vector) notes() []string {
	t := v.trial
	seeds := len(t.Replicates)
	notes := []string{fmt.Sprintf("study %s, trial %d round %d: %s", t.Study.Name, t.Number, v.round, v.recipe)}
	if t.Invalid != "" {
		notes = append(notes, "THE TRIAL IS INVALID: "+t.Invalid)
	}
	if seeds == 1 {
		notes = append(notes, "the weights of one seed, mean 1; how far those of another would differ is not known")
	} else {
		notes = append(notes, fmt.Sprintf("geometric mean over %d seeds, mean 1; single seeds' weights differ from it by a factor of %.2f typically, of %.2f at most",
			seeds, v.typical, v.most))
	}
	notes = append(notes, v.keeps())
	if note := appliedNote(v.plan.Apply); note != "" {
		notes = append(notes, note)
	}
	if v.plan.WeightsFrom != 0 {
		notes = append(notes, fmt.Sprintf("the study switched them on after %s %% of the epochs; before, all weights were 1", percent(v.plan.WeightsFrom)))
	}
	return notes
}

// appliedNote says what else than weighting the loss was done with the weights.
func appliedNote(apply string) string {
	way, _ := objective.LookupWay(apply)
	without := "train with them"
	switch {
	case apply == objective.ApplyLoss:
		return ""
	case way.Trained:
		without = "weight the loss"
	}
	return fmt.Sprintf("the study did not %s: it %s (weighting.apply: %s); in the loss they do something else", without, way.Doc, apply)
}

// keeps says what part of the gain the vector keeps.
func (v *vector) keeps() string {
	k := v.kept
	found := ""
	if k != nil {
		found = fmt.Sprintf("confirmed on %s%s: the recipe changes the spread by %s, this vector by %s",
			count(k.Seeds, "fresh seed"), ownParts(k.Resplit), kept(k.Recipe), kept(k.Vector))
	}
	switch {
	case k == nil:
		return "one fixed vector keeps only part of what the recipe gains, which measures the weights anew for every seed"
	case k.Recipe.Gain() && k.Vector.Gain():
		return fmt.Sprintf("%s, which is %.0f %% of it", found, 100*k.Vector.Change/k.Recipe.Change)
	case k.Recipe.Gain() && k.Vector.Low > 0:
		return found + ": it keeps nothing of the gain"
	case k.Vector.Gain():
		return found + ": the vector's gain is beyond noise, the recipe's is not"
	case k.Recipe.Gain():
		return found + ": what it keeps of the gain cannot be told from noise"
	}
	return found + ": there is no gain beyond noise to keep"
}

// kept writes a change of the spread with its interval.
func kept(c runs.KeptChange) string {
	if math.IsNaN(c.High) {
		return signed(c.Change, 3)
	}
	return fmt.Sprintf("%s (95 %% %s to %s)", signed(c.Change, 3), signed(c.Low, 3), signed(c.High, 3))
}

// paste prints the vector as Python for one of pasteFormats.
func (v *vector) paste(w io.Writer, format string) {
	comment := func(text string) {
		for _, line := range wrap(text, pageWidth-2) {
			fmt.Fprintln(w, "# "+line)
		}
	}
	for _, note := range v.notes() {
		comment(note)
	}
	numbers, byIndex, byName := make([]string, len(v.weights)), make([]string, len(v.weights)), make([]string, len(v.weights))
	names := make([]string, len(v.weights))
	plain := true // the names are the labels' numbers
	for c, x := range v.weights {
		names[c], numbers[c] = v.class(c), sixDigits(x)
		byIndex[c] = strconv.Itoa(c) + ": " + numbers[c]
		byName[c] = strconv.Quote(names[c]) + ": " + numbers[c]
		plain = plain && names[c] == strconv.Itoa(c)
	}
	order := "classes in their order: " + strings.Join(names, ", ")
	switch format {
	case "torch":
		comment(order)
		list(w, "class_weight = torch.tensor([", numbers, "])")
		fmt.Fprintln(w, "criterion = nn.CrossEntropyLoss(weight=class_weight)")
	case "keras":
		comment(order)
		comment("Keras multiplies the loss by the weights and does not divide by their sum; at mean 1 the loss keeps its scale")
		list(w, "class_weight={", byIndex, "}")
	case "sklearn":
		if plain {
			list(w, "class_weight={", byIndex, "}")
			break
		}
		comment("the keys are the values of y: here the names of the classes; where y holds the numbers 0, 1, ..., in the order below, put these for them")
		list(w, "class_weight={", byName, "}")
	}
}

// list prints items between brackets, on one line if they fit.
func list(w io.Writer, open string, items []string, end string) {
	line := open + strings.Join(items, ", ") + end
	if len([]rune(line)) <= pageWidth {
		fmt.Fprintln(w, line)
		return
	}
	fmt.Fprintln(w, open)
	row := "   "
	for _, item := range items {
		if len([]rune(row))+len([]rune(item))+2 > pageWidth {
			fmt.Fprintln(w, row)
			row = "   "
		}
		row += " " + item + ","
	}
	fmt.Fprintf(w, "%s\n%s\n", row, end)
}
