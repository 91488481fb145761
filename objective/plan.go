package objective

import "evenkeel/schemes"

// Plan is what a trial does for every seed: train its model unweighted, then
// Rounds times derive class weights from the last round and train again.
type Plan struct {
	// Model holds the resolved model keys that go into every [Spec].
	Model  map[string]any
	Recipe schemes.Recipe
	// Rounds is the number of weighted rounds, at least 1.
	Rounds int
	// Apply and WeightsFrom say how (see [Ways]), and from which share of the epochs
	// on, the weights act.
	Apply       string
	WeightsFrom float64
}

// Trained reports whether the trainer applies the plan's weights, see [Trained].
func (p Plan) Trained() bool { return Trained(p.Apply) }
