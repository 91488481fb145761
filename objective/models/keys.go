package models

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Type is the declared type of a key, and of its values.
type Type string

// The types.
const (
	Real    Type = "real"   // float64 within Key.Range
	Integer Type = "int"    // int64 within Key.Range
	Word    Type = "word"   // string, one of Key.Words
	Widths  Type = "widths" // []int64: 1 to [MaxLayers] widths of layers
	// The types of keys that say how a trainer is started, which have one value a study.
	CommandLine  Type = "command line" // []string: a program and its arguments
	Environments Type = "environments" // []map[string]string: what is added to each process's environment
	Duration     Type = "duration"     // time.Duration from 0; above 0 with Range.Above
	Size         Type = "size"         // int64 from 0: bytes of memory
)

// Key is one key of the model section of a study file.
type Key struct {
	Name string
	Type Type
	// Doc says in a few words what it is.
	Doc string
	// Range bounds numbers.
	Range Range
	// Words are the values of a key of type Word.
	Words []string
	// Default is used where a study file is silent; its Go type is that of Type.
	Default any
	// Needs says with what the key is used; nil where it always is. All kinds of the
	// same trainer use such a key.
	Needs *Needs

	set func(c *Config, v any)
}

// Needs names an earlier key of type Word, and those of its words with which
// another key is used.
type Needs struct {
	Key   string
	Words []string
}

// Used reports whether the key is used beside the values of other keys.
func (k Key) Used(values map[string]any) bool {
	if k.Needs == nil {
		return true
	}
	word, _ := values[k.Needs.Key].(string)
	return slices.Contains(k.Needs.Words, word)
}

// The optimizers.
const (
	Adam = "adam"
	SGD  = "sgd"
)

// The ways of changing training images, differently in every epoch.
const (
	AugmentNone     = "none"
	AugmentFlip     = "flip"
	AugmentFlipCrop = "flip-crop"
)

// Limits that catch slips; our choice. They are far above what any data set here needs. A
// network near them does not fit into most machines.
const (
	// MaxWidth is the most units of a layer: two layers of so many have 2^32 weights between
	// them, 16 GiB.
	MaxWidth = 1 << 16
	// MaxLayers is the most hidden layers. Without shortcuts, which a multilayer perceptron
	// has not, training fails long before.
	MaxLayers = 16

	// maxEpochs is the most passes over the training part: on a thousand examples already
	// days of training.
	maxEpochs = 1_000_000
	// maxBatch is the most examples of an optimiser step, whose activations are in memory
	// together.
	maxBatch = 65_536
	// maxRate bounds the step size and the decay: far below it every training diverges.
	maxRate = 1000
)

// The same in the words of messages.
const (
	whyEpochs = "more take days even on small data"
	whyBatch  = "a batch is in memory as a whole"
	whyRate   = "far below that training diverges"
)

// keys is every key beside kind, in the order of a study file.
var keys = []Key{
	{
		Name: "epochs", Type: Integer, Doc: "passes over the training part",
		Range: Range{Min: 1, Max: maxEpochs, Why: whyEpochs}, Default: int64(15),
		set: func(c *Config, v any) { c.Epochs = int(v.(int64)) },
	},
	{
		Name: "batch", Type: Integer, Doc: "examples in an optimiser step",
		Range: Range{Min: 1, Max: maxBatch, Why: whyBatch}, Default: int64(128),
		set: func(c *Config, v any) { c.Batch = int(v.(int64)) },
	},
	{
		Name: "optimizer", Type: Word, Doc: "adam is AdamW, sgd as torch.optim.SGD",
		Words: []string{Adam, SGD}, Default: Adam,
		set: func(c *Config, v any) { c.Optimizer = v.(string) },
	},
	{
		Name: "learning_rate", Type: Real, Doc: "step size",
		Range: Range{Max: maxRate, Above: true, Why: whyRate}, Default: 0.001,
		set: func(c *Config, v any) { c.LearningRate = v.(float64) },
	},
	{
		Name: "momentum", Type: Real, Doc: "share of the last step that is kept",
		Range: Range{Max: 1, Below: true}, Default: 0.9, Needs: &Needs{Key: "optimizer", Words: []string{SGD}},
		set: func(c *Config, v any) { c.Momentum = v.(float64) },
	},
	{
		Name: "weight_decay", Type: Real, Doc: "adam: decoupled; sgd: added to the gradient",
		Range: Range{Max: maxRate, Why: whyRate}, Default: 0.0,
		set: func(c *Config, v any) { c.WeightDecay = v.(float64) },
	},
	{
		Name: "dropout", Type: Real, Doc: "share switched off in a step: mlp: of every hidden layer; cnn: of the dense layer's inputs",
		Range: Range{Max: 1, Below: true}, Default: 0.0,
		set: func(c *Config, v any) { c.Dropout = v.(float64) },
	},
	{
		Name: "early_stopping", Type: Integer, Doc: "patience in epochs on the unweighted validation loss, 0 = off",
		Range: Range{Max: maxEpochs, Why: "as many as there may be epochs"}, Default: int64(0),
		set: func(c *Config, v any) { c.EarlyStopping = int(v.(int64)) },
	},
	{
		Name: "augment", Type: Word, Doc: "flip mirrors half of the training images, flip-crop moves them too",
		Words: []string{AugmentNone, AugmentFlip, AugmentFlipCrop}, Default: AugmentNone,
		set: func(c *Config, v any) { c.Augment = v.(string) },
	},
	{
		Name: "hidden", Type: Widths, Doc: "widths of the hidden layers", Default: []int64{128},
		set: func(c *Config, v any) {
			for _, width := range v.([]int64) {
				c.Hidden = append(c.Hidden, int(width))
			}
		},
	},
}

// Keys returns every key that some kind uses, beside kind, in the order of a study
// file.
func Keys() []Key { return slices.Clone(keys) }

// KeysOf returns the keys that a kind uses, in the order of a study file, those
// with [Key.Needs] among them. It is nil for an unknown kind.
func KeysOf(kind string) []Key {
	k, ok := Lookup(kind)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(Keys(), func(key Key) bool { return !slices.Contains(k.Keys, key.Name) })
}

// Want says which values are valid.
func (k Key) Want() string {
	switch k.Type {
	case Word:
		return "one of " + strings.Join(k.Words, ", ")
	case Widths:
		return fmt.Sprintf("a list of 1 to %d integers from 1 to %d", MaxLayers, MaxWidth)
	}
	return k.Range.Want(k.Type == Integer)
}

// value returns a value of a spec as the Go type of the key, and whether it is valid.
// Numbers may have any type that JSON or a caller gives them.
func (k Key) value(v any) (any, bool) {
	switch k.Type {
	case Real:
		x, ok := real(v)
		return x, ok && k.Range.Holds(x)
	case Integer:
		n, ok := integer(v)
		return n, ok && k.Range.Holds(float64(n))
	case Word:
		s, ok := v.(string)
		return s, ok && slices.Contains(k.Words, s)
	case Widths:
		return widths(v)
	}
	return nil, false
}

// integer reads an int64, an int, or a float64 without a fraction (as JSON gives it).
func integer(v any) (n int64, ok bool) {
	switch x := v.(type) {
	case int64:
		return x, true
	case int:
		return int64(x), true
	case float64:
		return int64(x), x == math.Trunc(x) && math.Abs(x) <= 1<<53
	}
	return 0, false
}

// real reads a number.
func real(v any) (x float64, ok bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	}
	return 0, false
}

// widths reads []int64, or the []any that JSON gives.
func widths(v any) (list []int64, ok bool) {
	switch x := v.(type) {
	case []int64:
		list = slices.Clone(x)
	case []any:
		for _, item := range x {
			n, ok := integer(item)
			if !ok {
				return nil, false
			}
			list = append(list, n)
		}
	}
	for _, n := range list {
		if n < 1 || n > MaxWidth {
			return nil, false
		}
	}
	return list, len(list) >= 1 && len(list) <= MaxLayers
}
