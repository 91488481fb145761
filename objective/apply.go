package objective

import (
	"fmt"
	"slices"
)

// The ways of applying class weights w to a model: what a plan, a spec and a study
// file have under "apply". [Ways] says what each of them does.
const (
	ApplyLoss    = "loss"
	ApplyLogit   = "logit"
	ApplyPosthoc = "posthoc"
)

// Way is one way of applying class weights.
type Way struct {
	Name string
	// Doc says what happens to the weights, after "it".
	Doc string
	// Trained says that the trainer applies them. A way that is not trained is
	// computed here, from the logits of the unweighted model.
	Trained bool
	// Short is how the way is written in the few words of a recipe; "" for the
	// default, which needs none.
	Short string
}

// ways is every way, the default first.
var ways = []Way{
	{Name: ApplyLoss, Trained: true, Doc: "weighted the loss of each example with its class's weight"},
	{
		Name: ApplyLogit, Trained: true, Short: ApplyLogit,
		Doc: "trained with ln(weight) subtracted from the logits of each class",
	},
	{Name: ApplyPosthoc, Short: ApplyPosthoc, Doc: "added ln(weight) to the logits of the unweighted model"},
}

// Ways returns every way of applying class weights, the default first.
func Ways() []Way { return slices.Clone(ways) }

// WayOf returns the way of a name. It panics if there is none, since a study file and a
// stored plan have no other names.
func WayOf(name string) Way {
	i := slices.IndexFunc(ways, func(w Way) bool { return w.Name == name })
	if i < 0 {
		panic(fmt.Sprintf("objective: unknown way %q of applying weights", name))
	}
	return ways[i]
}

// Trained reports whether the trainer applies weights in the way of a name, which is one
// of [Ways].
func Trained(name string) bool { return WayOf(name).Trained }

// TrainedWays returns the names of the ways that a trainer applies: what
// [Info.Supports] may have beside abilities.
func TrainedWays() []string {
	var names []string
	for _, w := range ways {
		if w.Trained {
			names = append(names, w.Name)
		}
	}
	return names
}

// ProbeFactor is the factor on the weight of one class that shows whether weights affect
// training at all: so large that the recall of the class must follow. The check of a
// trainer and the probes of explain use it.
const ProbeFactor = 20.0

// The abilities that [Info.Supports] may have beside ways of applying weights.
const (
	// SupportsWeightsFrom is the ability to switch the weights on after a share of
	// the epochs.
	SupportsWeightsFrom = "weights_from"
	// SupportsWarmStart is the ability to start from another run's parameters, which
	// nothing asks for yet.
	SupportsWarmStart = "warm_start"
)

// Abilities returns the abilities.
func Abilities() []string { return []string{SupportsWeightsFrom, SupportsWarmStart} }
