package trainers

import (
	"slices"

	"evenkeel/objective/models"
)

// Transport is one way to get models trained: in this process, by a program of the
// user's own, and so on. It says what a study file may ask of such a trainer, and what
// can be done with it.
type Transport struct {
	// Name is what the trainer calls itself (objective.Info.Trainer), and what
	// models.Kind.Trainer names.
	Name string
	// Doc says in a few words what it is.
	Doc string
	// Keys are its own keys of the model section. They have one value a study.
	Keys []Key
	// NewSettings makes the settings of the values of Keys, each under its name and of
	// the key's type.
	NewSettings func(values map[string]any) Settings
	// OwnData says that it brings its data, so that a study file has no data section.
	OwnData bool
	// Params says that it takes parameters of any name, model.params, and passes them
	// on.
	Params bool
	// Started says that something must be started before the trainer can say what it
	// is, which may take long. So the history is asked first whether there is anything
	// left to train.
	Started bool
	// Redraws says that training and validation part can be drawn again. Where they
	// cannot, FixedParts says why, as a clause.
	Redraws    bool
	FixedParts string
}

// Key is a key of a transport.
type Key struct {
	models.Key
	// Identity says that the key changes what a run computes, so that another value is
	// another study. With another value of any other key but one with Outcomes a study continues.
	Identity bool
	// Outcomes says that the key decides which runs fail, so that another value is another
	// study; it changes nothing that a run computes.
	Outcomes bool
	// Example is a value, as in a study file, of a key that must be there; "" where it
	// has a default.
	Example string
}

// Settings are what a study file says of the trainer itself. A search keeps them
// and knows nothing of what they hold but this.
type Settings interface {
	// Transport returns what the settings are for; always the same pointer.
	Transport() *Transport
	// Identity returns the keys that are part of what every run computes, under their
	// names in the model section; nil if there are none. The caller may keep and change
	// it.
	Identity() map[string]any
	// Parallel returns how many trainings go on at once where a study allows so many,
	// 0 for as many as are sensible.
	Parallel(limit int) int
	// Program says what is started, in a folder, such as "python3 train.py in /work"; ""
	// if nothing is.
	Program(folder string) string
}

// transports is every transport, in the order in which they are shown.
var transports = []*Transport{Nets, Command}

// Transports returns every transport.
func Transports() []*Transport { return slices.Clone(transports) }

// Has reports whether the transport has a key of a name.
func (t *Transport) Has(key string) bool {
	return slices.ContainsFunc(t.Keys, func(k Key) bool { return k.Name == key })
}

// Of returns the transport that trains a kind of model; nil for an unknown kind.
func Of(kind string) *Transport {
	k, ok := models.Lookup(kind)
	if !ok {
		return nil
	}
	i := slices.IndexFunc(transports, func(t *Transport) bool { return t.Name == k.Trainer })
	if i < 0 {
		return nil
	}
	return transports[i]
}

// Continues reports whether a study goes on where a key of the model section has
// another value: it is a transport's key that changes no result, nor which runs fail.
func Continues(key string) bool {
	for _, t := range transports {
		for _, k := range t.Keys {
			if k.Name == key {
				return !k.Identity && !k.Outcomes
			}
		}
	}
	return false
}
