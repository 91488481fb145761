package objective

// Option names something that a user can do about uneven recalls. The names are stored,
// and are those of the columns what and against of confirmations.
type Option string

// The options. What is measured of one is what is handed over.
const (
	// OptionNothing is the unweighted model, the reference.
	OptionNothing Option = "nothing"
	// OptionOffsetsFixed adds one fixed set of offsets to the logits of the unweighted
	// model: the mean over the seeds of the search of those that were fitted to each.
	OptionOffsetsFixed Option = "offsets-fixed"
	// OptionOffsetsRefitted fits offsets to each unweighted model, on its own validation
	// logits.
	OptionOffsetsRefitted Option = "offsets-refitted"
	// OptionWeightsFixed trains with one fixed set of class weights.
	OptionWeightsFixed Option = "weights-fixed"
	// OptionWeightsThenOffsets adds one fixed set of offsets to the logits of models
	// trained with the fixed set of class weights.
	OptionWeightsThenOffsets Option = "weights-then-offsets"
	// OptionLonger trains the unweighted model twice as many epochs.
	OptionLonger Option = "longer"
	// OptionLongerThenOffsets adds one fixed set of offsets to the logits of the models
	// that were trained longer.
	OptionLongerThenOffsets Option = "longer-then-offsets"
	// OptionWeightsRemeasured follows the recipe: all its rounds, with weights measured
	// anew for every model.
	OptionWeightsRemeasured Option = "weights-remeasured"
)

// LongerFactor is how many times the epochs of the reference an unweighted model is
// trained that is trained longer.
const LongerFactor = 2

// Options returns all options, cheapest first: in trainings for one model, and of equals
// the one with less to do for every further model.
func Options() []Option {
	return []Option{
		OptionNothing, OptionOffsetsFixed, OptionOffsetsRefitted, OptionWeightsFixed,
		OptionWeightsThenOffsets, OptionLonger, OptionLongerThenOffsets, OptionWeightsRemeasured,
	}
}

// Trainings returns how many times the epochs of the reference one model takes that is
// made in this way, with a recipe of so many rounds.
func (o Option) Trainings(rounds int) int {
	switch o {
	case OptionLonger, OptionLongerThenOffsets:
		return LongerFactor
	case OptionWeightsRemeasured:
		return rounds + 1
	}
	return 1
}
