package report

import (
	"fmt"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// study is the flag that names the study, "" where the file has no other.
func (p answerPage) study() string {
	if !p.Several {
		return ""
	}
	return " --study " + ShellWord(p.Definition.Name)
}

// epochs returns the number of epochs of the reference, and of it trained longer.
func (p answerPage) epochs() (usual, longer int64) {
	usual, _ = p.Definition.ReferenceModel()["epochs"].(int64)
	return usual, objective.LongerFactor * usual
}

// recipe names the recipe of an arm with its rounds.
func (p answerPage) recipe(a results.Arm) string {
	points := map[results.Arm]search.Point{}
	for _, c := range p.Confirmed { // also of invalid trials
		points[results.Arm{Trial: c.Trial, Round: c.Round}] = c.Point
	}
	for _, row := range p.Board.Rows {
		points[results.Arm{Trial: row.Trial, Round: row.Round}] = row.Point
	}
	if point := points[a]; point != nil {
		if text, err := recipeText(p.Definition, point); err == nil {
			return text + ", " + count(a.Round, "round")
		}
	}
	return fmt.Sprintf("trial %d, %s", a.Trial, count(a.Round, "round"))
}

// name names an option in a line.
func (p answerPage) name(o objective.Option) string {
	switch o {
	case objective.OptionWeightsRemeasured:
		return "weights, " + p.recipe(p.r.Arm)
	case objective.OptionWeightsFixed:
		return "fixed weights, " + p.recipe(p.r.Arm)
	case objective.OptionWeightsThenOffsets:
		return "fixed weights and offsets, " + p.recipe(p.r.Arm)
	}
	return optionName(o, p.epochsText())
}

// epochsText says how many epochs longer training has.
func (p answerPage) epochsText() string {
	if _, longer := p.epochs(); longer > 0 {
		return count(int(longer), "epoch")
	}
	return "twice as long"
}

// optionName names an option; longer is how long training longer is.
func optionName(o objective.Option, longer string) string {
	switch o {
	case objective.OptionNothing:
		return "nothing"
	case objective.OptionOffsetsFixed:
		return "offsets, one fixed set"
	case objective.OptionOffsetsRefitted:
		return "offsets, fitted to each model"
	case objective.OptionWeightsFixed:
		return "weights, one fixed set"
	case objective.OptionWeightsThenOffsets:
		return "fixed weights, then fixed offsets"
	case objective.OptionLonger:
		return "train longer, " + longer
	case objective.OptionLongerThenOffsets:
		return "train longer, then fixed offsets"
	case objective.OptionWeightsRemeasured:
		return "weights, measured anew"
	}
	panic(fmt.Sprintf("report: there is no option %q", o))
}

// advice says in a sentence, without its full stop, what to do.
func (p answerPage) advice(o objective.Option) string {
	usual, longer := p.epochs()
	longerText := fmt.Sprintf("Train longer, %d epochs instead of %d", longer, usual)
	switch o {
	case objective.OptionNothing:
		return "Use the unweighted model as it is"
	case objective.OptionOffsetsFixed:
		return "Add one fixed set of offsets to the unweighted model's logits"
	case objective.OptionOffsetsRefitted:
		return "Fit offsets to each unweighted model's validation logits"
	case objective.OptionWeightsFixed:
		return p.weights("the fixed weights of " + p.recipe(p.r.Arm))
	case objective.OptionWeightsThenOffsets:
		return p.weights("the fixed weights of "+p.recipe(p.r.Arm)) + ", then add one fixed set of offsets to the logits"
	case objective.OptionLonger:
		return longerText
	case objective.OptionLongerThenOffsets:
		return longerText + ", then add one fixed set of offsets to the logits"
	case objective.OptionWeightsRemeasured:
		return p.weights("weights measured anew for each model, " + p.recipe(p.r.Arm))
	}
	panic(fmt.Sprintf("report: there is no option %q", o))
}

// weights says what to do with weights: train, or shift the logits where the study does.
func (p answerPage) weights(of string) string {
	if p.Shifts {
		return "Shift the unweighted model's logits by " + of
	}
	return "Train with " + of
}

// command returns the command that delivers what was measured of an option; "" of nothing.
func (p answerPage) command(o objective.Option) string {
	def := p.Definition
	arm := fmt.Sprintf("evenkeel weights --trial %d --round %d", p.r.Arm.Trial, p.r.Arm.Round)
	torch := p.study() + " --format torch"
	if p.r.Arm.Trial == 0 && !results.OfNoArm(o) {
		return "" // no trial has weights to use
	}
	switch o {
	case objective.OptionOffsetsFixed:
		return "evenkeel weights --offsets" + torch
	case objective.OptionOffsetsRefitted:
		command := "evenkeel offsets LOGITS LABELS --tolerance " + strconv.FormatFloat(def.Objective.Tolerance, 'g', -1, 64)
		if def.Objective.Spread != objective.StdDev {
			command += " --spread " + string(def.Objective.Spread)
		}
		return command + " --format torch"
	case objective.OptionWeightsFixed:
		return arm + torch
	case objective.OptionWeightsThenOffsets:
		return arm + " --then-offsets" + torch
	case objective.OptionLonger:
		return p.searchLonger()
	case objective.OptionLongerThenOffsets:
		return "evenkeel weights --offsets --longer" + torch
	case objective.OptionWeightsRemeasured:
		return fmt.Sprintf("evenkeel show %d/%d%s", p.r.Arm.Trial, p.r.Arm.Round, p.study())
	}
	return ""
}

// searchLonger is the command that searches with models that are trained longer.
func (p answerPage) searchLonger() string {
	_, longer := p.epochs()
	return p.searchEpochs(longer)
}

// LongerCommand is the command that searches a study again with models that are trained
// longer.
func LongerCommand(o *results.Overview) string {
	return answerPage{Overview: o, r: o.Recommendation}.searchLonger()
}

// searchEpochs is the command that searches with so many epochs.
func (p answerPage) searchEpochs(epochs int64) string {
	file := " STUDY.yaml"
	if p.BuiltIn {
		file = ""
	}
	return fmt.Sprintf("evenkeel search%s --set model.epochs=%d --set study=%s", file, epochs, ShellWord(fmt.Sprintf("%s-%d", p.Definition.Name, epochs)))
}

// optionRow is an option with what programs get of it.
type optionRow struct {
	answerPage
	results.MeasuredOption
	results.Figures
}

// optionFigures are the columns of an option for programs.
var optionFigures = []figure[optionRow]{
	{"option", func(o optionRow) any { return string(o.Option) }},
	{"recommended", func(o optionRow) any { return o.r.State != results.NoRecommendation && o.Option == o.r.Use }},
	{"trial", func(o optionRow) any { return o.ofArm(o.r.Arm.Trial) }},
	{"round", func(o optionRow) any { return o.ofArm(o.r.Arm.Round) }},
	{"seeds", func(o optionRow) any { return o.Seeds }},
	{"spread", func(o optionRow) any { return o.measured(o.Spread) }},
	{"change", func(o optionRow) any { return o.measured(o.Change) }},
	{"change_low", func(o optionRow) any { return o.measured(o.ChangeLow) }},
	{"change_high", func(o optionRow) any { return o.measured(o.ChangeHigh) }},
	{"plain_spread", func(o optionRow) any { return o.measured(o.PlainSpread) }},
	{"plain_change", func(o optionRow) any { return o.measured(o.PlainChange) }},
	{"loss_probability", func(o optionRow) any { return o.measured(o.LossProbability) }},
	{"worst_class", func(o optionRow) any { return o.WorstClass }},
	{"worst_recall", func(o optionRow) any { return o.measured(o.WorstRecall) }},
	{"balanced_accuracy", func(o optionRow) any { return o.measured(o.BalancedAccuracy) }},
	{"balanced_accuracy_change", func(o optionRow) any { return o.measured(o.AccuracyChange) }},
	{"balanced_accuracy_low", func(o optionRow) any { return o.measured(o.AccuracyLow) }},
	{"balanced_accuracy_high", func(o optionRow) any { return o.measured(o.AccuracyHigh) }},
	{"trainings", func(o optionRow) any { return o.Trainings }},
	{"test_reads", func(o optionRow) any {
		if o.r.Confirmed == nil {
			return 0
		}
		return o.r.Confirmed.TestReads
	}},
	{"command", func(o optionRow) any {
		if o.r.State == results.NoRecommendation {
			return ""
		}
		return o.command(o.Option)
	}},
	{"reason", func(o optionRow) any { return o.reason() }},
	{"state", func(o optionRow) any { return string(o.r.State) }},
	{"plain_change_low", func(o optionRow) any { return o.measured(o.PlainChangeLow) }},
	{"plain_change_high", func(o optionRow) any { return o.measured(o.PlainChangeHigh) }},
	{"failed_seeds", func(o optionRow) any { return o.leftOut() }},
}

// figures has a row an option.
func (p answerPage) figures() result {
	var rows []optionRow
	for _, o := range p.r.Options {
		rows = append(rows, optionRow{p, o, p.r.Quoted(o)})
	}
	return figuresOf(optionFigures, rows)
}

// measured is a figure, nothing where the option was not measured.
func (o optionRow) measured(v float64) any {
	if o.Seeds == 0 {
		return nil
	}
	return v
}

// ofArm is the trial or round of the weights of an option that has some.
func (o optionRow) ofArm(n int) any {
	switch o.Option {
	case objective.OptionWeightsRemeasured, objective.OptionWeightsFixed, objective.OptionWeightsThenOffsets:
		if n > 0 {
			return n
		}
	}
	return nil
}

// reason says why an option is recommended, or is not measured, or what else it is for.
func (o optionRow) reason() string {
	r := o.r
	switch {
	case r.State == results.NoRecommendation:
		text, command := o.whyNone()
		return strings.TrimSpace(strings.ReplaceAll(text+" "+command, blankInCommand, " "))
	case o.Option == r.Use && o.Option == r.Beyond:
		return string(r.Why) + "; beyond the limit"
	case o.Option == r.Use:
		return string(r.Why)
	case o.Option == r.Beyond:
		return "beyond the limit"
	case o.Option == objective.OptionLonger && r.LongerFirst:
		return "first: the model was not trained enough"
	}
	for _, a := range r.Alternatives {
		switch {
		case a.Option != o.Option:
		case a.GivingUp == 0:
			return "alternative that gives up nothing"
		default:
			return fmt.Sprintf("alternative that gives up at most %s points", unsigned(a.GivingUp))
		}
	}
	if o.Seeds == 0 && o.Reason != "" {
		if o.r.Confirmed != nil {
			return "not measured: " + o.whyMissing(o.MeasuredOption, o.r.Confirmed)
		}
		return "not measured: " + whyNotMeasured(o.Reason)
	}
	return ""
}
