package nets

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The kinds of models and the optimizers.
const (
	kindSoftmax = "softmax"
	kindMLP     = "mlp"
	kindCNN     = "cnn"
	kindResNet8 = "resnet8"
	adam        = "adam"
	sgd         = "sgd"
)

// Config is a checked model section of a spec.
type Config struct {
	Kind                 string
	Epochs, Batch        int
	Optimizer            string
	LearningRate         float64
	Momentum             float64 // sgd
	WeightDecay, Dropout float64
	EarlyStopping        int    // patience in epochs, 0 = off
	Augment              string // cnn, resnet8
	Hidden               []int
}

// ParseConfig reads the resolved model keys of an [objective.Spec]. Every key
// that the kind and the optimizer use must be there, and no other, so that equal
// computations have equal specs. It reports every fault at once.
func ParseConfig(model map[string]any) (Config, error) {
	kind, ok := model["kind"].(string)
	if !ok || !slices.Contains(Kinds(), kind) {
		return Config{}, fmt.Errorf("model.kind is %v; want one of %s", model["kind"], strings.Join(Kinds(), ", "))
	}
	r := reader{model: model}
	c := Config{Kind: kind}
	r.used("kind")
	for _, k := range keyTable {
		if k.appliesTo(kind, model["optimizer"]) {
			r.read(k, &c)
		}
	}
	r.unknown()
	return c, errors.Join(r.errs...)
}

// Check reports what is wrong with the model keys of a spec, or nil; see [ParseConfig].
func Check(model map[string]any) error {
	_, err := ParseConfig(model)
	return err
}

// reader collects faults while keys are read.
type reader struct {
	model map[string]any
	seen  []string
	errs  []error
}

func (r *reader) used(name string) { r.seen = append(r.seen, name) }

func (r *reader) read(k Key, c *Config) {
	r.used(k.Name)
	v, ok := r.model[k.Name]
	if !ok {
		r.errs = append(r.errs, fmt.Errorf("model.%s is missing; want %s (default %v)", k.Name, k.Range, k.Default))
		return
	}
	if !k.set(c, v) {
		r.errs = append(r.errs, fmt.Errorf("model.%s is %#v; want %s", k.Name, v, k.Range))
	}
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
