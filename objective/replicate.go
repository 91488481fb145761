package objective

// Round is one training run in a replicate: round 0 is unweighted, round r is
// weighted from what round r-1 measured.
type Round struct {
	Round int
	Run   RunID
	// Raw, Weights and Shown are the class weights as the formula gave them, at
	// mean 1, and on the recipe's normalization; nil in round 0.
	Raw, Weights, Shown []float64
	// Solved is the solved strength parameter in use, if there is one.
	Solved *float64
	// Fallback reports that the formula gave no usable weights.
	Fallback bool
	// Val and Train are the confusion matrices of the run.
	Val, Train *Confusion
	// Spread, BalancedAccuracy and Accuracy are measured on validation.
	Spread, BalancedAccuracy, Accuracy float64
	// Hits says which validation examples the run predicted rightly; nil where that
	// is not known. [Arm.ImageVariance] reads it.
	Hits Hits
	// BalancedVariance is the variance, over the validation images and stratified
	// by class, of this run's balanced accuracy minus the reference's on the
	// same images; 0 for the reference itself.
	BalancedVariance float64
}

// Replicate is everything one training seed measured for one plan: the
// reference, round 0 of the plan's own model, and its rounds 1..R.
type Replicate struct {
	Replicate int
	Seed      int64
	// Reference is the unweighted reference on the same seed.
	Reference Round
	// Rounds holds the plan's own rounds, from round 0.
	Rounds []Round
}
