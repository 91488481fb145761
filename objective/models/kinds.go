package models

import (
	"fmt"
	"slices"
)

// The kinds of models: the words of model.kind in a study file.
const (
	Softmax = "softmax"
	MLP     = "mlp"
	CNN     = "cnn"
	ResNet8 = "resnet8"
	Command = "command"
)

// The trainers of models, by the name that they give themselves
// (objective.Info.Trainer).
const (
	// TrainerNets trains the built-in models, in this process.
	TrainerNets = "nets"
	// TrainerCommand is the user's own program.
	TrainerCommand = "command"
)

// Default is the kind where a study file names none.
const Default = MLP

// Kind is one kind of model.
type Kind struct {
	Name string
	// Doc says in a few words what it is.
	Doc string
	// Trainer is the name of what trains it.
	Trainer string
	// LeastPixels is the least height and width of the images that it takes; 0 where
	// it takes examples of any shape, tables included.
	LeastPixels int
	// Keys are the names of the keys that it uses, beside kind; one with [Key.Needs]
	// not always. [KeysOf] has them in their order.
	Keys []string
}

// Images reports whether the kind takes images only.
func (k Kind) Images() bool { return k.LeastPixels > 0 }

// kinds is every kind, in the order in which they are shown.
var kinds = []Kind{
	{Name: Softmax, Doc: "softmax regression", Trainer: TrainerNets, Keys: trainedByNets()},
	{Name: MLP, Doc: "a multilayer perceptron", Trainer: TrainerNets, Keys: trainedByNets("dropout", "hidden")},
	{
		// At 8x8 pixels the dense layer behind its two blocks still sees 2x2.
		Name: CNN, Doc: "two convolution blocks and a dense layer", Trainer: TrainerNets, LeastPixels: 8,
		Keys: trainedByNets("dropout", "augment"),
	},
	{
		Name: ResNet8, Doc: "a convolution, three residual blocks and a dense layer", Trainer: TrainerNets, LeastPixels: 8,
		Keys: trainedByNets("augment"),
	},
	{Name: Command, Doc: "a training program of your own", Trainer: TrainerCommand, Keys: []string{"epochs"}},
}

// trainedByNets returns the keys that every kind of that trainer uses, and further ones.
func trainedByNets(further ...string) []string {
	return append([]string{"epochs", "batch", "optimizer", "learning_rate", "momentum", "weight_decay", "early_stopping"}, further...)
}

// Kinds returns every kind, in the order in which they are shown.
func Kinds() []Kind { return slices.Clone(kinds) }

// TrainedBy returns the kinds that the trainer of a name trains.
func TrainedBy(trainer string) []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return k.Trainer != trainer })
}

// Lookup returns the kind of a name.
func Lookup(name string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// Names returns the names of kinds.
func Names(kinds []Kind) []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return names
}

// OnImages reports whether there is a kind of that name and it takes images only.
func OnImages(name string) bool {
	k, _ := Lookup(name)
	return k.Images()
}

// CheckShape reports whether a kind of model takes examples of a shape (see
// data.Dataset): those with [Kind.LeastPixels] want images of at least that size, the
// others take all. A kind that does not exist is an error.
func CheckShape(name string, shape []int) error {
	k, ok := Lookup(name)
	switch least := k.LeastPixels; {
	case !ok:
		return unknownKind(name, Kinds())
	case least == 0:
		return nil
	case len(shape) != 3:
		return fmt.Errorf("kind %s wants images of at least %dx%d pixels; the data is a table with %d numbers an example",
			name, least, least, shape[0])
	case shape[1] < least || shape[2] < least:
		return fmt.Errorf("kind %s wants images of at least %dx%d pixels; the data has %dx%d",
			name, least, least, shape[1], shape[2])
	}
	return nil
}
