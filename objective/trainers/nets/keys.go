package nets

import (
	"math"
	"slices"
)

// Key is one key of the model section of a study file.
type Key struct {
	Name string
	// Type is string, int, real or ints.
	Type string
	// Doc says in a few words what it is.
	Doc string
	// Range says what values are valid.
	Range string
	// Default is used where a study file is silent: string, int64, float64 or []int64.
	Default any

	kinds     []string // those that use it; nil = all
	optimizer string   // the only one that uses it; "" = all
	set       func(c *Config, v any) bool
}

func (k Key) appliesTo(kind string, optimizer any) bool {
	return (k.kinds == nil || slices.Contains(k.kinds, kind)) && (k.optimizer == "" || k.optimizer == optimizer)
}

// Limits that catch slips; our choice.
const (
	maxEpochs, maxBatch, maxWidth, maxLayers = 1_000_000, 65_536, 65_536, 16
	maxRate                                  = 1000
)

// keyTable is every key but kind, in the order of a study file.
var keyTable = []Key{
	{
		Name: "epochs", Type: "int", Doc: "passes over the training part", Range: "an integer from 1 to 1000000", Default: int64(15),
		set: func(c *Config, v any) bool { return integer(&c.Epochs, v, 1, maxEpochs) },
	},
	{
		Name: "batch", Type: "int", Doc: "examples in an optimiser step", Range: "an integer from 1 to 65536", Default: int64(128),
		set: func(c *Config, v any) bool { return integer(&c.Batch, v, 1, maxBatch) },
	},
	{
		Name: "optimizer", Type: "string", Doc: "adam is AdamW, sgd as torch.optim.SGD", Range: "adam or sgd", Default: adam,
		set: func(c *Config, v any) bool {
			c.Optimizer, _ = v.(string)
			return c.Optimizer == adam || c.Optimizer == sgd
		},
	},
	{
		Name: "learning_rate", Type: "real", Doc: "step size", Range: "a number above 0 and at most 1000", Default: 0.001,
		set: func(c *Config, v any) bool { return real(&c.LearningRate, v, math.SmallestNonzeroFloat64, maxRate) },
	},
	{
		Name: "momentum", Type: "real", Doc: "share of the last step that is kept", Range: "a number from 0 to below 1", Default: 0.9,
		optimizer: sgd,
		set:       func(c *Config, v any) bool { return real(&c.Momentum, v, 0, belowOne) },
	},
	{
		Name: "weight_decay", Type: "real", Doc: "adam: decoupled; sgd: added to the gradient", Range: "a number from 0 to 1000", Default: 0.0,
		set: func(c *Config, v any) bool { return real(&c.WeightDecay, v, 0, maxRate) },
	},
	{
		Name: "dropout", Type: "real", Doc: "share switched off in a step: mlp: of every hidden layer; cnn: of the dense layer's inputs",
		Range: "a number from 0 to below 1", Default: 0.0, kinds: []string{kindMLP, kindCNN},
		set: func(c *Config, v any) bool { return real(&c.Dropout, v, 0, belowOne) },
	},
	{
		Name: "early_stopping", Type: "int", Doc: "patience in epochs on the unweighted validation loss, 0 = off",
		Range: "an integer from 0 to 1000000", Default: int64(0),
		set: func(c *Config, v any) bool { return integer(&c.EarlyStopping, v, 0, maxEpochs) },
	},
	{
		Name: "augment", Type: "string", Doc: "flip mirrors half of the training images, flip-crop moves them too",
		Range: "none, flip or flip-crop", Default: augmentNone, kinds: imageKinds,
		set: func(c *Config, v any) bool {
			c.Augment, _ = v.(string)
			return c.Augment == augmentNone || c.Augment == augmentFlip || c.Augment == augmentFlipCrop
		},
	},
	{
		Name: "hidden", Type: "ints", Doc: "widths of the hidden layers", Range: "a list of 1 to 16 integers from 1 to 65536",
		Default: []int64{128}, kinds: []string{kindMLP},
		set: func(c *Config, v any) bool { return widths(&c.Hidden, v) },
	},
}

// belowOne is the largest number below 1.
var belowOne = math.Nextafter(1, 0)

// Kinds returns the kinds of models this package trains.
func Kinds() []string { return []string{kindSoftmax, kindMLP, kindCNN, kindResNet8} }

// imageKinds are the kinds that take images only.
var imageKinds = []string{kindCNN, kindResNet8}

// Keys returns the keys that a kind uses with any optimizer, in the order of a
// study file; momentum is among them, though only sgd uses it. It is nil for an
// unknown kind.
func Keys(kind string) []Key {
	if !slices.Contains(Kinds(), kind) {
		return nil
	}
	var keys []Key
	for _, k := range keyTable {
		if k.kinds == nil || slices.Contains(k.kinds, kind) {
			keys = append(keys, k)
		}
	}
	return keys
}

// integer sets dst from an int64, an int, or a float64 without a fraction (as
// JSON gives it), if it is in range.
func integer(dst *int, v any, low, high int64) bool {
	var n int64
	switch x := v.(type) {
	case int64:
		n = x
	case int:
		n = int64(x)
	case float64:
		if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
			return false
		}
		n = int64(x)
	default:
		return false
	}
	*dst = int(n)
	return n >= low && n <= high
}

// real sets dst from a number in range; NaN is in no range.
func real(dst *float64, v any, low, high float64) bool {
	switch x := v.(type) {
	case float64:
		*dst = x
	case int64:
		*dst = float64(x)
	case int:
		*dst = float64(x)
	default:
		return false
	}
	return *dst >= low && *dst <= high
}

// widths sets dst from []int64, or from the []any that JSON gives.
func widths(dst *[]int, v any) bool {
	var list []any
	switch x := v.(type) {
	case []int64:
		for _, n := range x {
			list = append(list, n)
		}
	case []any:
		list = x
	}
	*dst = make([]int, len(list))
	for i, n := range list {
		if !integer(&(*dst)[i], n, 1, maxWidth) {
			return false
		}
	}
	return len(list) >= 1 && len(list) <= maxLayers
}
