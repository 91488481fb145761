package models

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Config is a checked model of the built-in trainer. Fields that the kind or the
// optimizer does not use are zero.
type Config struct {
	Kind                 string
	Epochs, Batch        int
	Optimizer            string
	LearningRate         float64
	Momentum             float64
	WeightDecay, Dropout float64
	EarlyStopping        int // patience in epochs, 0 = off
	Augment              string
	Hidden               []int
}

// Parse reads the resolved model keys of an objective.Spec for the built-in trainer.
// Every key that the kind and the optimizer use must be there, and no other, so that
// equal computations have equal specs. It reports every fault at once.
func Parse(model map[string]any) (Config, error) {
	name, _ := model["kind"].(string)
	if kind, ok := Lookup(name); !ok || kind.Trainer != TrainerNets {
		return Config{}, unknownKind(model["kind"], TrainedBy(TrainerNets))
	}
	r := reader{model: model, seen: []string{"kind"}}
	c := Config{Kind: name}
	for _, k := range KeysOf(name) {
		if k.Used(model) {
			r.read(k, &c)
		}
	}
	r.unknown()
	return c, errors.Join(r.errs...)
}

// Check reports what is wrong with the model keys of a spec, or nil; see [Parse].
func Check(model map[string]any) error {
	_, err := Parse(model)
	return err
}

// unknownKind is the error for a kind that is none of those given.
func unknownKind(kind any, known []Kind) error {
	return fmt.Errorf("model.kind is %v; want one of %s", kind, strings.Join(Names(known), ", "))
}

// reader collects faults while keys are read.
type reader struct {
	model map[string]any
	seen  []string
	errs  []error
}

func (r *reader) read(k Key, c *Config) {
	r.seen = append(r.seen, k.Name)
	v, ok := r.model[k.Name]
	if !ok {
		r.errs = append(r.errs, fmt.Errorf("model.%s is missing; want %s (default %v)", k.Name, k.Want(), k.Default))
		return
	}
	value, ok := k.value(v)
	if !ok {
		r.errs = append(r.errs, fmt.Errorf("model.%s is %#v; want %s", k.Name, v, k.Want()))
		return
	}
	k.set(c, value)
}

// unknown refuses keys that were not read, in sorted order.
func (r *reader) unknown() {
	for _, name := range slices.Sorted(maps.Keys(r.model)) {
		if !slices.Contains(r.seen, name) {
			r.errs = append(r.errs, fmt.Errorf("model.%s is not used by kind %v with optimizer %v; want only %s",
				name, r.model["kind"], r.model["optimizer"], strings.Join(r.seen, ", ")))
		}
	}
}
